"""Named reads of stationing: where it stands, officers with what they carry, suggestions, terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from openliaison.accounts.models import Role, User
from openliaison.cases.models import Promise
from openliaison.core.models import Locality, Place
from openliaison.core.places import setting
from openliaison.core.scope import Scope, within
from openliaison.register import search
from openliaison.register.models import Enterprise, Link
from openliaison.register.selectors import terms_ending

from ..models import Proposal, Suggestion, Visit


@dataclass(frozen=True)
class Loads:
    """How many enterprises an officer usually serves, and at most."""

    usual: int
    most: int


def loads(place: Place, today: date) -> Loads:
    found = setting(place, "officer_load", today)
    return Loads(int(found["usual"]), int(found["most"]))


# ── Where it stands ──────────────────────────────────────────


@dataclass(frozen=True)
class Standing:
    """Stationing in an area today.

    Args:
        by_load: enterprises served → officers who serve so many, every number from 0 to the most among them.
    """

    enterprises: int
    served: int
    officers: int
    over: int
    above_usual: int
    idle: int
    by_load: list[tuple[int, int]]
    ending: int
    loads: Loads

    @property
    def unserved(self) -> int:
        return self.enterprises - self.served

    @property
    def mean(self) -> float:
        return sum(load * n for load, n in self.by_load) / self.officers if self.officers else 0.0


def standing(scope: Scope, place: Place) -> Standing:
    """Counts of the area as this person may see it; an officer counts with what they serve there."""
    today, found = scope.today or date.min, loads(place, scope.today or date.min)
    enterprises = Enterprise.objects.visible_to(scope).standing().filter(within(scope, "locality_path"), place=place)
    links = Link.objects.visible_to(scope).active(today).filter(place=place, kind=Link.Kind.OFFICER)  # type: ignore[attr-defined]
    links = links.filter(enterprise__in=enterprises).order_by()
    served = dict(links.values_list("user_id").annotate(n=Count("enterprise_id", distinct=True)))
    at_home = Role.objects.in_office(today).filter(within(scope, "locality__path"), place=place, kind="officer")
    everybody = {*served, *at_home.values_list("user_id", flat=True)}
    spread = Counter(served.get(user_id, 0) for user_id in everybody)
    return Standing(
        enterprises=enterprises.count(),
        served=links.aggregate(n=Count("enterprise_id", distinct=True))["n"],
        officers=len(everybody),
        over=sum(n for load, n in spread.items() if load > found.most),
        above_usual=sum(n for load, n in spread.items() if load > found.usual),
        idle=spread[0],
        by_load=[(load, spread[load]) for load in range(max([*spread, found.usual], default=0) + 1)],
        ending=terms_ending(scope, place).count(),
        loads=found,
    )


# ── Officers ─────────────────────────────────────────────────

COVERED = "enterprise__links__ends_on"


def officers(scope: Scope, place: Place, wanted: dict[str, Any]) -> QuerySet:
    """The officers of the area, each with what they carry: `served`, `deputy`, `cover`, `last_at`, `promises`, `away`.

    Args:
        wanted: q, load (over, above, free, none), served (exactly so many), away; each may be absent or empty.
    """
    today = scope.today or date.min
    rows = Role.objects.in_office(today).filter(place=place, kind=Role.Kind.OFFICER)
    rows = rows.filter(_at_home_or_serving(scope, today)).select_related("user", "organisation", "locality")
    if text := wanted.get("q"):
        rows = _named(rows, text)
    rows = rows.annotate(served=_links(scope, today, Link.Kind.OFFICER))
    rows = _by_load(rows, wanted, loads(place, today))
    if wanted.get("away"):
        rows = rows.filter(Exists(_covers_of(today)))
    return rows.annotate(
        deputy=_links(scope, today, Link.Kind.DEPUTY),
        cover=_links(scope, today, Link.Kind.COVER),
        last_at=Subquery(_visits(scope).values("at")[:1]),
        promises=_promises(scope),
        away=Subquery(_covers_of(today).order_by(f"-{COVERED}").values(COVERED)[:1]),
    )


def _at_home_or_serving(scope: Scope, today: date) -> Q:
    links = Link.objects.active(today).filter(user_id=OuterRef("user_id"), kind=Link.Kind.OFFICER)
    return within(scope, "locality__path") | Q(Exists(links.filter(within(scope, "enterprise__locality_path"))))


def _named(rows: QuerySet, text: str) -> QuerySet:
    hit = Q()
    for name in ("user__display_name", "user__display_name_en", "organisation__name", "locality__name"):
        hit |= Q(**{f"{name}__icontains": text})
    return rows.filter(hit)


def _links(scope: Scope, today: date, kind: str) -> Any:
    """How many standing enterprises the officer serves so; wherever they lie, for the load is the person's."""
    rows = Link.objects.active(today).filter(user_id=OuterRef("user_id"), kind=kind, enterprise__merged_into=None)
    rows = rows.exclude(enterprise__status=Enterprise.Status.CLOSED).order_by()
    counted = rows.values("user_id").annotate(n=Count("enterprise_id", distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _by_load(rows: QuerySet, wanted: dict[str, Any], found: Loads) -> QuerySet:
    narrowed = {
        "over": Q(served__gt=found.most),
        "above": Q(served__gt=found.usual),
        "free": Q(served__lt=found.usual),
        "none": Q(served=0),
    }
    if load := wanted.get("load"):
        rows = rows.filter(narrowed[load])
    return rows.filter(served=wanted["served"]) if wanted.get("served") is not None else rows


def _visits(scope: Scope) -> QuerySet:
    return Visit.objects.visible_to(scope).standing().filter(officer_id=OuterRef("user_id")).order_by("-at")  # type: ignore[attr-defined]


def _promises(scope: Scope) -> Any:
    rows = Promise.objects.visible_to(scope).open().filter(made_by_id=OuterRef("user_id"), is_confidential=False)
    counted = rows.order_by().values("made_by_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _covers_of(today: date) -> QuerySet:
    """Own links of a row's officer where somebody covers today; read from the person on, for few links are covers."""
    own = Link.objects.active(today).filter(kind=Link.Kind.OFFICER, user_id=OuterRef("user_id"))
    return own.filter(
        enterprise__links__kind=Link.Kind.COVER,
        enterprise__links__starts_on__lte=today,
        enterprise__links__ends_on__gte=today,
    )


# ── Proposals ────────────────────────────────────────────────

# What a person looks at first: nobody free, then what changes, then what stays.
RANK = Case(
    *(When(change=change, then=Value(n)) for n, change in enumerate(("nobody", "new", "move", "keep"))),
    output_field=IntegerField(),
)


def proposals(scope: Scope) -> QuerySet:
    rows = Proposal.objects.visible_to(scope).select_related("locality", "made_by", "place")
    return rows.order_by("-made_at", "-pk")


def suggestions(scope: Scope, proposal: Proposal, wanted: dict[str, Any]) -> QuerySet:
    """What a proposal says of each enterprise, narrowed by the page's filters."""
    rows = Suggestion.objects.visible_to(scope).filter(proposal=proposal)
    rows = rows.select_related("enterprise__locality", "officer", "current").annotate(rank=RANK)
    if text := wanted.get("q"):
        rows = rows.filter(enterprise__in=search.matching(Enterprise.objects.visible_to(scope), text))
    if wanted.get("change"):
        rows = rows.filter(change__in=("new", "move") if wanted["change"] == "changes" else (wanted["change"],))
    if wanted.get("state"):
        rows = rows.filter(state=wanted["state"])
    if place := wanted.get("place"):
        rows = rows.filter(locality_path__gte=place, locality_path__lt=place[:-1] + "0")
    if officer := wanted.get("officer"):
        rows = rows.filter(Q(officer_id=officer) | Q(current_id=officer))
    return rows.filter(pk__in=wanted["pick"]) if wanted.get("pick") else rows


def people_named(rows: Iterable[Suggestion]) -> dict[int, str]:
    """The names that the reasons of some suggestions need."""
    ids = {r["officer"] for row in rows for r in row.reasons if "officer" in r}
    return {user.pk: user.label for user in User.objects.filter(pk__in=ids)}


def change_counts(scope: Scope, proposal: Proposal) -> dict[str, int]:
    """How many suggestions there are of each kind, and how many wait for a word."""
    rows = Suggestion.objects.visible_to(scope).filter(proposal=proposal).order_by()
    found = dict(rows.values_list("change").annotate(n=Count("pk")))
    by_state = dict(rows.values_list("state").annotate(n=Count("pk")))
    return {**found, **by_state, "to_decide": rows.to_decide().count()}  # type: ignore[attr-defined]


def localities_of(scope: Scope, proposal: Proposal) -> list[Locality]:
    """The localities in which the proposal's enterprises lie."""
    used = Suggestion.objects.visible_to(scope).filter(proposal=proposal).values("locality_path")
    return list(Locality.objects.filter(place_id=proposal.place_id, path__in=used).order_by("path"))


# ── Terms ────────────────────────────────────────────────────


def ending(scope: Scope, place: Place, wanted: dict[str, Any]) -> QuerySet:
    """Terms that end soon or are over, with the last contact of officer and enterprise."""
    rows = terms_ending(scope, place).select_related("user", "enterprise__locality", "place")
    if text := wanted.get("q"):
        of_enterprise = search.matching(Enterprise.objects.visible_to(scope), text)
        rows = rows.filter(Q(enterprise__in=of_enterprise) | Q(user__display_name__icontains=text))
    if wanted.get("officer"):
        rows = rows.filter(user_id=wanted["officer"])
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if days := wanted.get("within"):
        rows = rows.filter(term_until__lte=(scope.today or date.min) + timedelta(days=int(days)))
    visits: Any = Visit.objects.visible_to(scope)
    last = visits.standing().filter(enterprise=OuterRef("enterprise"), officer=OuterRef("user"))
    return rows.annotate(last_at=Subquery(last.order_by("-at").values("at")[:1]))
