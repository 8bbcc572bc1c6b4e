"""An area as the engine sees it: its enterprises and those who may serve them, as plain values."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from openliaison.accounts.models import Role
from openliaison.core.models import Locality, Place
from openliaison.core.scope import Scope, area
from openliaison.engine import stationing
from openliaison.register.models import Enterprise, Link, Site

from ..models import Visit

COUNTY = "county"
SECTOR_FIGURES = 2  # of an industry's code: its division
OFTEN = 2  # visits from which an officer knows the trade
Point = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """What one calculation works on."""

    enterprises: list[stationing.Enterprise]
    officers: list[stationing.Officer]

    @property
    def pairs(self) -> int:
        return len(self.enterprises) * len(self.officers)


def parts(locality: Locality) -> list[str]:
    """The paths that are computed each by itself: the counties of a larger area, else the area alone."""
    if locality.level == COUNTY:
        return [locality.path]
    start, end = area(locality.path)
    inside = Locality.objects.filter(place_id=locality.place_id, path__gte=start, path__lt=end, level=COUNTY)
    return list(inside.order_by("path").values_list("path", flat=True)) or [locality.path]


def frame(scope: Scope, place: Place, part: str, of: Iterable[str]) -> Frame:
    """The enterprises of a part, and the officers who may serve there.

    Args:
        of: all parts of the calculation; an officer of the whole area takes part in one of them only.
    """
    today = scope.today or date.min
    rows = inside(Enterprise.objects.visible_to(scope).standing().filter(place=place), part)
    found = list(rows.order_by("pk").values_list("pk", "locality_path", "industry", "locality__lat", "locality__lon"))
    ids = [row[0] for row in found]
    current = _current(scope, place, part, today)
    history = _history(scope, part)
    points = _site_points(scope, part)
    enterprises = [
        stationing.Enterprise(
            id=pk,
            path=path,
            point=points.get(pk) or _point(lat, lon),
            sector=industry[:SECTOR_FIGURES],
            current=current[pk][0] if pk in current else None,
            term_until=current[pk][1] if pk in current else None,
            history=history.get(pk, {}),
        )
        for pk, path, industry, lat, lon in found
    ]
    return Frame(enterprises, _officers(place, part, list(of), today, enterprises, set(ids)))


def inside(rows: QuerySet, path: str, field: str = "locality_path") -> QuerySet:
    start, end = area(path)
    return rows.filter(**{f"{field}__gte": start, f"{field}__lt": end})


def _current(scope: Scope, place: Place, part: str, today: date) -> dict[int, tuple[int, date | None]]:
    """Enterprise → its officer of today and the end of the term; of two the later one."""
    links = Link.objects.visible_to(scope).active(today).filter(place=place, kind=Link.Kind.OFFICER)  # type: ignore[attr-defined]
    links = inside(links, part, "enterprise__locality_path").order_by("starts_on", "pk")
    return {e: (u, until) for e, u, until in links.values_list("enterprise_id", "user_id", "term_until")}


def _history(scope: Scope, part: str) -> dict[int, dict[int, int]]:
    """Enterprise → officer → how many contacts."""
    rows = inside(Visit.objects.visible_to(scope).standing(), part).order_by()  # type: ignore[attr-defined]
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for enterprise, officer, n in rows.values_list("enterprise_id", "officer_id").annotate(n=Count("pk")):
        found[enterprise][officer] = n
    return found


def _site_points(scope: Scope, part: str) -> dict[int, Point]:
    """Where the enterprise works, if a site says so: the first that is open."""
    rows = Site.objects.visible_to(scope).filter(closed_on=None, lat__isnull=False, lon__isnull=False)
    rows = inside(rows, part, "locality__path").order_by("-pk")
    return {e: (float(lat), float(lon)) for e, lat, lon in rows.values_list("enterprise_id", "lat", "lon")}


def _point(lat: Decimal | None, lon: Decimal | None) -> Point | None:
    return (float(lat), float(lon)) if lat is not None and lon is not None else None


# ── Officers ─────────────────────────────────────────────────


def _officers(
    place: Place, part: str, of: list[str], today: date, enterprises: list[stationing.Enterprise], ids: set[int]
) -> list[stationing.Officer]:
    roles = _roles(place, part, of, today, {e.current for e in enterprises})
    held = _held(place, today, list(roles), ids)
    homes, sectors = _homes(enterprises), _sectors(enterprises)
    found = []
    for user_id, role in sorted(roles.items()):
        path, point = homes.get(user_id, ("", None)) if _is_wide(role, part) else _home(role)
        found.append(
            stationing.Officer(
                id=user_id,
                path=path or _home(role)[0],
                point=point,
                organisation=role.organisation_id,
                sectors=frozenset(sectors.get(user_id, ())),
                held=held.get(user_id, 0),
            )
        )
    return found


def _roles(place: Place, part: str, of: list[str], today: date, serving: set[object]) -> dict[int, Role]:
    """User → role: those of the part, those of the whole area whose part this is, and whoever serves there today."""
    rows = Role.objects.in_office(today).filter(place=place, kind=Role.Kind.OFFICER)
    above = [part[: n + 1] for n, letter in enumerate(part) if letter == "/" and part[: n + 1] != part]
    start, end = area(part)
    fitting = Q(locality__path__gte=start, locality__path__lt=end) | Q(user_id__in=[u for u in serving if u])
    wide = _of_this_part(place, part, of, today, above) if len(of) > 1 else Q(locality__path__in=above)
    listed = rows.filter(fitting | wide).select_related("locality", "organisation__locality").order_by("-pk")
    return {role.user_id: role for role in listed}


def _of_this_part(place: Place, part: str, of: list[str], today: date, above: list[str]) -> Q:
    """Officers of the whole area go where they serve most; those who serve nobody are dealt out in turn."""
    rows = Role.objects.in_office(today).filter(place=place, kind=Role.Kind.OFFICER, locality__path__in=above)
    users = sorted(rows.values_list("user_id", flat=True))
    links = Link.objects.active(today).filter(place=place, kind=Link.Kind.OFFICER, user_id__in=users)
    serve: dict[int, Counter[str]] = defaultdict(Counter)
    for user_id, path in links.values_list("user_id", "enterprise__locality_path"):
        serve[user_id][next((p for p in of if path.startswith(p)), "")] += 1
    mine = [u for n, u in enumerate(users) if (_most(serve[u]) or of[n % len(of)]) == part]
    return Q(user_id__in=mine)


def _most(found: Counter[str]) -> str:
    return max(sorted(found), key=lambda path: found[path]) if found else ""


def _held(place: Place, today: date, users: list[int], but: set[int]) -> dict[int, int]:
    """How many enterprises each serves outside of the calculation."""
    links = Link.objects.active(today).filter(place=place, kind=Link.Kind.OFFICER, user_id__in=users)
    links = links.filter(enterprise__merged_into=None).exclude(enterprise__status=Enterprise.Status.CLOSED)
    pairs = links.values_list("user_id", "enterprise_id").distinct()
    return Counter(user_id for user_id, enterprise_id in pairs if enterprise_id not in but)


def _is_wide(role: Role, part: str) -> bool:
    """Their own locality is the whole area: then where they serve says where they are at home."""
    return role.locality is None or part.startswith(role.locality.path)


def _home(role: Role) -> tuple[str, Point | None]:
    office = role.organisation.locality if role.organisation else None
    found = office or role.locality
    return (found.path, _point(found.lat, found.lon)) if found else ("", None)


def _homes(enterprises: list[stationing.Enterprise]) -> dict[int, tuple[str, Point | None]]:
    """Officer → the locality in which most of their enterprises lie, and the first of them there."""
    where: dict[int, Counter[str]] = defaultdict(Counter)
    points: dict[tuple[int, str], Point | None] = {}
    for e in enterprises:
        if isinstance(e.current, int):
            where[e.current][e.path] += 1
            points.setdefault((e.current, e.path), e.point)
    best = {user_id: _most(paths) for user_id, paths in where.items()}
    return {user_id: (path, points[user_id, path]) for user_id, path in best.items()}


def _sectors(enterprises: list[stationing.Enterprise]) -> dict[int, set[str]]:
    """Officer → the trades they know: of enterprises they serve, or went to more than once."""
    found: dict[int, set[str]] = defaultdict(set)
    for e in enterprises:
        known = [user_id for user_id, n in e.history.items() if n >= OFTEN]
        for user_id in {*known, *([e.current] if e.current else [])}:
            if e.sector:
                found[user_id].add(e.sector)  # type: ignore[index]
    return found
