"""Everything that reading, planning and writing a batch needs, from its row and its file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from openliaison.core.codes import canonical
from openliaison.core.models import Locality, Place
from openliaison.register.models import FactDefinition, ImportBatch, ImportMapping

from . import storing
from .book import Book
from .head import Head, find_head, head_at
from .localities import Localities, Spot
from .mapping import Mapper, Proposal, unit_in_heading
from .names import Cores
from .on_file import OnFile
from .planning import Planner
from .problems import Unreadable
from .rows import Column, Reading, RowReader, Setup
from .spool import Spool
from .targets import Catalogue, catalogue
from .twice import Twice

SAMPLES = 40


def catalogue_of(place: Place) -> Catalogue:
    return catalogue(FactDefinition.objects.filter(place=place))


def localities_of(place: Place, area: str) -> Localities:
    rows = Locality.objects.filter(place=place).values_list("id", "code", "name", "name_en", "path")
    return Localities([Spot(*row) for row in rows], area)


@dataclass(frozen=True)
class ProposedColumn:
    """A column as the mapping page and the command show it."""

    at: int
    label: str
    samples: list[str]
    proposal: Proposal
    unit: int | None


class Table:
    """A sheet with its head and what is proposed for its columns.

    Raises (when made):
        Unreadable: the file, the sheet or its head cannot be read.
    """

    def __init__(self, batch: ImportBatch, *, sheet: str | None = None, head: tuple[int, int] | None = None) -> None:
        self.batch, self.place = batch, batch.place
        self.book = Book(storing.path(batch.sha256))
        self.sheets = self.book.sheets
        self.catalogue = catalogue_of(self.place)
        self.mapper = Mapper(self.catalogue, self.place.number_scheme)
        self.sheet, self.top, self.head = self._choose(sheet, head)

    def _choose(self, sheet: str | None, wanted: tuple[int, int] | None) -> tuple[str, list[list[object]], Head]:
        """The sheet asked for, or the first one that has a head and rows."""
        if sheet is not None and sheet not in self.sheets:
            raise Unreadable("no_sheet", sheet=sheet)
        for name in [sheet] if sheet is not None else self.sheets:
            top, merges = self.book.top(name), self.book.merges(name)
            if wanted and 0 <= wanted[0] <= wanted[1] < len(top):
                return name, top, head_at(top, merges, *wanted)
            if head := find_head(top, merges, self.mapper.is_known):
                return name, top, head
        raise Unreadable("no_head")

    @cached_property
    def remembered(self) -> ImportMapping | None:
        return ImportMapping.objects.filter(place=self.place, signature=self.head.signature).first()

    def columns(self) -> list[ProposedColumn]:
        """A proposal for every column that has a heading or cells."""
        rows = [r for r in self.top[self.head.last + 1 :] if any(c not in ("", None) for c in r)][:SAMPLES]
        known = self.remembered.mapping if self.remembered else {}
        units = self.remembered.units if self.remembered else {}
        found = []
        for at, proposal in enumerate(self.mapper.propose(self.head, rows, known)):
            label = self.head.labels[at]
            target = self.catalogue.targets.get(proposal.target)
            unit = units.get(label) or (unit_in_heading(label, target) if target and target.money else None)
            samples = list(dict.fromkeys(_shown(r[at]) for r in rows if at < len(r) and r[at] not in ("", None)))[:3]
            if label:
                found.append(ProposedColumn(at, label, samples, proposal, unit))
        return found


class Prepared:
    """A batch ready to be checked or taken in."""

    def __init__(self, batch: ImportBatch, at: datetime) -> None:
        self.batch, self.place = batch, batch.place
        self.book = Book(storing.path(batch.sha256))
        top, merges = self.book.top(batch.sheet), self.book.merges(batch.sheet)
        self.head = head_at(top, merges, batch.head_first, batch.head_last)
        self.localities = localities_of(self.place, batch.locality_path)
        setup = Setup(
            scheme=self.place.number_scheme,
            currency=self.place.currency,
            today=self.place.day(at),
            localities=self.localities,
            industry=lambda text: canonical(self.place.industry_scheme, text),
        )
        self.reader = RowReader(setup, self._columns(), len(self.head.labels))
        self.definitions = {d.key: d for d in FactDefinition.objects.filter(place=self.place)}
        self.spool = Spool(self.reader.read_all(self.book.rows(batch.sheet), self.head.last + 1))
        self.twice = Twice(self.spool.fill())
        if not self.twice.total:
            raise Unreadable("no_rows")

    def readings(self) -> Iterator[Reading]:
        return iter(self.spool)

    def planner(self) -> Planner:
        names = Locality.objects.filter(place=self.place, level__in=["city", "county"]).values_list("name", flat=True)
        on_file = OnFile(self.batch, Cores(names))
        return Planner(self.batch, on_file, self.definitions, self.twice, self.batch.locality_path)

    def _columns(self) -> list[Column]:
        targets = catalogue_of(self.place).targets
        return [
            Column(int(at), self.head.labels[int(at)], targets[key], self.batch.units.get(at))
            for at, key in self.batch.mapping.items()
            if key in targets and int(at) < len(self.head.labels)
        ]


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.5E}" if abs(cell) >= 1e15 else f"{cell:g}" if cell != int(cell) else str(int(cell))
    return " ".join(str(cell).split())[:60]
