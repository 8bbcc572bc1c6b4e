"""Who is to be served and who serves, as plain values, and what a load or a cost weighs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from .ids import Id, check_whole, named, unique

Point = tuple[float, float]  # latitude and longitude in degrees
NO_ONE: frozenset[Id] = frozenset()
HEAVIEST = 100_000  # weights stay far from where sums of them would overflow


@dataclass(frozen=True)
class Enterprise:
    """One enterprise to be served by one officer."""

    id: Id
    path: str = ""  # of its locality, from the root down: "place/county/township/"
    point: Point | None = None
    sector: str = ""  # e.g. the first figures of its industry code; equal means the same trade
    language: str = ""
    current: Id | None = None  # who serves it today
    term_until: date | None = None
    wants_change: bool = False
    pinned: Id | None = None  # a person has decided
    barred: frozenset[Id] = NO_ONE  # officers who may not
    barred_organisations: frozenset[Id] = NO_ONE
    history: Mapping[Id, int] = field(default_factory=dict)  # officer → visits made there


@dataclass(frozen=True)
class Officer:
    """One who may serve; no languages means that they are not known, not that there are none."""

    id: Id
    path: str = ""
    point: Point | None = None
    organisation: Id | None = None
    sectors: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    room: int | None = None  # fewer than the most of all; 0 for one who is away
    held: int = 0  # enterprises served outside this calculation


@dataclass(frozen=True)
class Loads:
    """How many enterprises an officer usually serves, and how many at most."""

    usual: int = 3
    most: int = 5

    def __post_init__(self) -> None:
        check_whole(self)
        if not 1 <= self.usual <= self.most:
            raise ValueError(f"Loads must be 1 ≤ usual ≤ most; they are {self.usual} and {self.most}.")

    def limit(self, officer: Officer) -> int:
        """How many this officer may serve in all."""
        return self.most if officer.room is None else min(self.most, officer.room)


@dataclass(frozen=True)
class Weights:
    """Points of cost; ten are as bad as one kilometre. 0 leaves a thing out of account."""

    near: int = 10  # each kilometre
    step: int = 80  # each step up or down the tree of localities, where a point is not known
    far: int = 600  # the way costs no more than this
    sector: int = 60  # an officer who does not know the trade
    language: int = 200  # an officer known not to speak the enterprise's language
    history: int = 80  # an officer who was never there, though others were; ten visits cost nothing
    change: int = 200  # leaving an officer whose term runs
    asked: int = 5_000  # keeping an officer though the enterprise asked for another
    even: int = 10  # the second enterprise of an officer, twice for the third and so on
    over: int = 150  # the first beyond the usual load, twice for the second and so on

    @classmethod
    def from_mapping(cls, given: Mapping[str, int]) -> Weights:
        """Weights by name, the others as they stand.

        Raises:
            ValueError: a name that is none, or a weight that is no whole number from 0 to 100,000.
        """
        return cls(**named(cls, given))

    def __post_init__(self) -> None:
        check_whole(self)
        for f in fields(self):
            if getattr(self, f.name) > HEAVIEST:
                raise ValueError(f"The weight “{f.name}” is {getattr(self, f.name)}; at most {HEAVIEST:,} are allowed.")

    def of_load(self, n: int, loads: Loads) -> int:
        """What the nth enterprise of an officer costs; it never falls as n grows."""
        return self.even * (n - 1) + self.over * max(n - loads.usual, 0)


LOADS, WEIGHTS = Loads(), Weights()


def checked(
    enterprises: Iterable[Enterprise], officers: Iterable[Officer], loads: Loads
) -> tuple[list[Enterprise], list[Officer]]:
    """Both in order of their ids.

    Raises:
        ValueError: an id twice, a point off the globe, a number below zero, or a pin that cannot hold.
    """
    rows, people = unique(enterprises, "an enterprise"), unique(officers, "an officer")
    both: list[Enterprise | Officer] = [*rows, *people]
    for one in both:
        _check_point(one)
    for officer in people:
        if officer.held < 0 or (officer.room is not None and officer.room < 0):
            raise ValueError(f"Officer {officer.id} holds {officer.held} and has room for {officer.room}: below zero.")
    for row in rows:
        if any(n < 0 for n in row.history.values()):
            raise ValueError(f"The history of enterprise {row.id} has a number of visits below zero.")
    _check_pins(rows, people, loads)
    return rows, people


def _check_point(row: Enterprise | Officer) -> None:
    if row.point is None:
        return
    lat, lon = row.point
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(f"The point of {row.id} is ({lat}, {lon}); it must be latitude and longitude in degrees.")


def _check_pins(rows: Sequence[Enterprise], people: Sequence[Officer], loads: Loads) -> None:
    by_id = {officer.id: officer for officer in people}
    pinned: dict[Id, int] = {}
    for row in rows:
        if row.pinned is None:
            continue
        if row.pinned not in by_id:
            raise ValueError(f"Enterprise {row.id} is pinned to {row.pinned}, who is not among the officers.")
        if is_barred(row, by_id[row.pinned]):
            raise ValueError(f"Enterprise {row.id} is pinned to {row.pinned}, who may not serve it.")
        pinned[row.pinned] = pinned.get(row.pinned, 0) + 1
    for id_, n in pinned.items():
        officer = by_id[id_]
        if n + officer.held > loads.limit(officer):
            raise ValueError(
                f"{n + officer.held} enterprises are pinned to or held by {id_}, who may serve {loads.limit(officer)}."
            )


def is_barred(row: Enterprise, officer: Officer) -> bool:
    return officer.id in row.barred or (
        officer.organisation is not None and officer.organisation in row.barred_organisations
    )
