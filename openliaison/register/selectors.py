"""Named reads of the register."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.postgres.search import SearchRank
from django.db.models import Count, F, Q, QuerySet

from openliaison.accounts.models import Role
from openliaison.core.models import Locality, Place
from openliaison.core.places import setting
from openliaison.core.scope import ENTERPRISE, Scope

from . import facts, search
from .models import Contact, Enterprise, Fact, FactDefinition, GroupTie, Link, Site
from .models.enterprises import WITH_TERM, in_area

# ── Facts ────────────────────────────────────────────────────


@dataclass(frozen=True)
class HeldFact:
    """One fact as the page shows it."""

    key: str
    fact: Fact
    label: str
    value: str
    is_fresh: bool
    fresh_until: date | None = None

    @property
    def is_derived(self) -> bool:
        return self.fact.source == Fact.Source.DERIVED


@dataclass
class Topic:
    """Facts under one heading, and those the catalogue knows but nobody has said."""

    label: str
    held: list[HeldFact] = field(default_factory=list)
    missing: list[FactDefinition] = field(default_factory=list)


def held_facts(enterprise: Enterprise, scope: Scope, today: date) -> list[HeldFact]:
    """What is held of an enterprise, as far as this person may see it, by label."""
    return _held(enterprise, scope, today, _definitions(enterprise.place_id))


def facts_by_topic(enterprise: Enterprise, scope: Scope, today: date) -> list[Topic]:
    """The facts of an enterprise under their headings, with what is missing under each."""
    definitions = _definitions(enterprise.place_id)
    topics = {key: Topic(str(label)) for key, label in facts.TOPICS.items()}
    held = _held(enterprise, scope, today, definitions)
    for one in held:
        topics[facts.topic(one.key)].held.append(one)
    known = {one.key for one in held}
    for key, entry in definitions.items():
        if entry.subject == "enterprise" and not entry.same_as and key not in known:
            topics[facts.topic(key)].missing.append(entry)
    return [t for t in topics.values() if t.held or t.missing]


def fact_history(enterprise: Enterprise, key: str, scope: Scope, today: date) -> list[HeldFact]:
    """Every value of one key that this person may see, the newest first, taken back ones among them."""
    definitions = _definitions(enterprise.place_id)
    rows = Fact.objects.visible_to(scope).filter(enterprise=enterprise, key=key)
    rows = rows.select_related("recorded_by", "confirmed_by", "retracted_by").order_by("-as_of", "-recorded_at", "-pk")
    return [_one(row, enterprise, definitions, today) for row in _with_place(rows, enterprise)]


def _definitions(place_id: int) -> dict[str, FactDefinition]:
    return {d.key: d for d in FactDefinition.objects.filter(place_id=place_id)}


def _held(enterprise: Enterprise, scope: Scope, today: date, definitions: dict[str, FactDefinition]) -> list[HeldFact]:
    rows = Fact.objects.visible_to(scope).current().filter(enterprise=enterprise)
    rows = rows.select_related("recorded_by", "confirmed_by")
    found = [_one(row, enterprise, definitions, today) for row in _with_place(rows, enterprise)]
    return sorted(found, key=lambda f: f.label)


def _with_place(rows: Iterable[Fact], enterprise: Enterprise) -> list[Fact]:
    found = list(rows)
    for row in found:
        row.enterprise = enterprise  # its place is loaded once, not per row
    return found


def _one(row: Fact, enterprise: Enterprise, definitions: dict[str, FactDefinition], today: date) -> HeldFact:
    entry = definitions.get(row.key)
    places: dict[str, str] = {}
    if entry and entry.type == "code:locality":
        found = Locality.objects.filter(place_id=enterprise.place_id, code=str(row.value)).first()
        places = {str(row.value): found.label} if found else {}
    return HeldFact(
        key=row.key,
        fact=row,
        label=entry.label if entry else row.key,
        value=facts.show(entry, row, enterprise, places),
        is_fresh=facts.is_fresh(entry, row, today),
        fresh_until=facts.fresh_until(entry, row),
    )


# ── Who serves whom ──────────────────────────────────────────


def is_of_team(scope: Scope, enterprise: Enterprise) -> bool:
    """Whether the person belongs to the enterprise or serves it: their reads are not logged."""
    if scope.role == ENTERPRISE:
        return True
    links = Link.objects.visible_to(scope).active(scope.today or date.min).serving()
    return links.filter(enterprise=enterprise, user_id=scope.user_id).exists()


def my_enterprises(scope: Scope) -> list[int]:
    """Ids of the enterprises this person serves today."""
    links = Link.objects.active(scope.today or date.min).serving().filter(user_id=scope.user_id)
    return list(links.values_list("enterprise_id", flat=True))


def led_enterprises(scope: Scope) -> QuerySet:
    """Ids of the enterprises for which this person is the leader responsible today."""
    links = Link.objects.active(scope.today or date.min).filter(user_id=scope.user_id, kind=Link.Kind.LEADER)
    return links.values("enterprise_id")


@dataclass
class Team:
    """Who serves an enterprise, and which leader is responsible: today, from a later day on, and before."""

    now: list[Link]
    coming: list[Link]
    former: list[Link]


def team(enterprise: Enterprise, scope: Scope, today: date) -> Team:
    """Officer, cover, deputy, leader responsible; organisations that handle cases are no service."""
    rows = Link.objects.visible_to(scope).filter(enterprise=enterprise).exclude(kind=Link.Kind.HANDLER)
    found, soon = Team([], [], []), listed_until(enterprise.place, today)
    order = {Link.Kind.OFFICER: 0, Link.Kind.COVER: 1, Link.Kind.DEPUTY: 2, Link.Kind.LEADER: 3}
    for link in sorted(rows.select_related("user"), key=lambda k: (order[Link.Kind(k.kind)], k.starts_on)):
        if link.ends_on and link.ends_on < link.starts_on:
            continue  # replaced before its first day
        link.term_ends_soon = link.ends_on is None and link.term_until is not None and link.term_until <= soon  # type: ignore[attr-defined]
        group = found.former if link.ends_on and link.ends_on < today else found.now
        (found.coming if link.starts_on > today else group).append(link)
    return found


def listed_until(place: Place, today: date) -> date:
    """Terms that end by this day stand in the list of those ending."""
    return today + timedelta(days=int(setting(place, "term_notice_days", today)["listed"]))


def terms_ending(scope: Scope, place: Place) -> QuerySet:
    """Officers and deputies in the area whose term ends soon or is over, and who go on serving."""
    today = scope.today or date.min
    rows = Link.objects.visible_to(scope).filter(place=place, ends_on=None, kind__in=WITH_TERM, starts_on__lte=today)
    return rows.filter(in_area(scope), term_until__lte=listed_until(place, today))


MOST_OFFERED = 50


@dataclass(frozen=True)
class Offered:
    """Officers to choose from.

    Args:
        is_cut: there are more than can be offered; a search narrows them.
    """

    roles: list[Role]
    is_cut: bool


def offered_officers(place: Place, today: date, text: str = "", also: str = "") -> Offered:
    """The liaison officers of a place, each with how many enterprises they serve (`load`).

    The least loaded first; where they are too many to offer, the first by name. The one chosen already is among them.

    Args:
        text: part of a name, an office or a place.
        also: the number of a role that is offered in any case.
    """
    rows = _officers(place, today)
    found = list(_named(rows, text).order_by("user__display_name", "pk")[: MOST_OFFERED + 1])
    offered, is_cut = found[:MOST_OFFERED], len(found) > MOST_OFFERED
    if _is_id(also) and all(role.pk != int(also) for role in offered):
        offered = [*rows.filter(pk=int(also)), *offered]
    loads = _loads(place, today, [role.user_id for role in offered])
    for role in offered:
        role.load = loads.get(role.user_id, 0)  # type: ignore[attr-defined]
    return Offered(offered if is_cut else sorted(offered, key=lambda r: (r.load, r.user.label)), is_cut)  # type: ignore[attr-defined]


def officer_choices(place: Place, today: date, asked: str = "") -> list[tuple[str, str]]:
    """Officers to filter by, by name; where they are too many for a list, only the one who is asked for."""
    rows = _officers(place, today)
    if rows[: MOST_OFFERED + 1].count() > MOST_OFFERED:
        rows = rows.filter(user_id=int(asked) if _is_id(asked) else 0)
    return [(str(role.user_id), role.user.label) for role in rows.order_by("user__display_name", "pk")]


def leaders(place: Place, today: date) -> list[Role]:
    """The leaders at work, by name."""
    rows = Role.objects.in_office(today).filter(place=place, kind=Role.Kind.LEADER)
    return list(rows.select_related("user", "locality").order_by("user__display_name", "pk")[: 10 * MOST_OFFERED])


def _officers(place: Place, today: date) -> QuerySet:
    rows = Role.objects.in_office(today).filter(place=place, kind=Role.Kind.OFFICER)
    return rows.select_related("user", "locality", "organisation")


def _named(rows: QuerySet, text: str) -> QuerySet:
    """Each word of the text is part of a name, of an office's or of a place's."""
    names = ("user__display_name", "user__display_name_en", "organisation__name", "locality__name", "locality__name_en")
    for word in text.split()[:5]:
        hit = Q()
        for name in names:
            hit |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(hit)
    return rows


def _loads(place: Place, today: date, user_ids: list[int]) -> dict[int, int]:
    active = Link.objects.active(today).filter(place=place, kind=Link.Kind.OFFICER, user_id__in=user_ids)
    return dict(active.order_by().values_list("user_id").annotate(n=Count("id")))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


# ── Group ────────────────────────────────────────────────────

DEEPEST, WIDEST = 6, 200


@dataclass(frozen=True)
class Branch:
    """One enterprise of a group, seen from another: its depth, and the tie that leads to it."""

    enterprise: Enterprise
    tie: GroupTie
    depth: int

    @property
    def percent(self) -> str:
        return f"{(self.tie.share * 100).normalize():f}" if self.tie.share else ""


def group_above(enterprise: Enterprise, scope: Scope) -> list[Branch]:
    """To whom the enterprise belongs, the nearest first."""
    return _branches(enterprise, scope, near="child", far="parent")


def group_beneath(enterprise: Enterprise, scope: Scope) -> list[Branch]:
    """What belongs to the enterprise, each under its parent."""
    return _branches(enterprise, scope, near="parent", far="child")


def _branches(enterprise: Enterprise, scope: Scope, near: str, far: str) -> list[Branch]:
    ties: dict[int, list[GroupTie]] = {}
    edge, seen = {enterprise.pk}, {enterprise.pk}
    for _level in range(DEEPEST):
        rows = GroupTie.objects.visible_to(scope).filter(ends_on=None, **{f"{near}_id__in": edge})
        edge = set()
        for tie in rows.select_related(far, f"{far}__locality").order_by(f"{far}__name")[:WIDEST]:
            ties.setdefault(getattr(tie, f"{near}_id"), []).append(tie)
            edge.add(getattr(tie, f"{far}_id"))
        edge -= seen
        seen |= edge
        if not edge:
            break
    return list(_walk(enterprise.pk, ties, far, 0, set()))


def _walk(pk: int, ties: dict[int, list[GroupTie]], far: str, depth: int, seen: set[int]) -> Iterable[Branch]:
    for tie in ties.get(pk, []):
        other = getattr(tie, far)
        yield Branch(other, tie, depth)
        if other.pk not in seen:
            seen.add(other.pk)
            yield from _walk(other.pk, ties, far, depth + 1, seen)


# ── Look-alikes ──────────────────────────────────────────────

ALIKE_FROM, MOST_ALIKE, CANDIDATES = 0.6, 5, 60
_FORMS = (
    *("股份有限公司", "有限责任公司", "有限公司", "集团", "总公司", "分公司", "公司", "合作社", "厂"),
    *("ltd", "co", "inc", "llc", "company", "limited"),
)


@dataclass(frozen=True)
class Alike:
    """An enterprise on file whose name is nearly the one asked for."""

    enterprise: Enterprise
    likeness: float  # 0–1


def look_alikes(place: Place, scope: Scope, *names: str, but: int | None = None) -> list[Alike]:
    """Enterprises whose names share most pairs of characters (or words) with one of `names`, the likest first.

    Legal forms and the names of the place's own localities say nothing and are left out of the comparison.
    """
    silent = _silent_words(place)
    wanted = [w for w in (_grams(name, silent) for name in names) if w]
    if not wanted:
        return []
    asked = search.Asked(" | ".join(f"'{g}'" for g in sorted(set().union(*wanted))[:40]))
    rows = Enterprise.objects.visible_to(scope).filter(place=place, merged_into=None, search=asked)
    rows = rows.exclude(pk=but or 0).select_related("locality").order_by(SearchRank(F("search"), asked).desc(), "pk")
    found = [Alike(e, max(_likeness(w, e, silent) for w in wanted)) for e in rows[:CANDIDATES]]
    return sorted((f for f in found if f.likeness >= ALIKE_FROM), key=lambda f: -f.likeness)[:MOST_ALIKE]


def _silent_words(place: Place) -> tuple[str, ...]:
    names = [search.normal(n) for n in Locality.objects.filter(place=place).values_list("name", flat=True)]
    stems = [n[:-1] for n in names if len(n) > 2 and n[-1] in "省市县区"]  # 铁岭县 is 铁岭 in a name
    return tuple(sorted({*names, *stems, *_FORMS}, key=len, reverse=True))


def _grams(name: str, silent: tuple[str, ...]) -> frozenset[str]:
    text = search.normal(name)
    for word in silent:
        text = text.replace(word, "") if not word.isascii() else " ".join(w for w in text.split() if w != word)
    return frozenset(w for w in search.words(text) if not w.startswith("@") and (len(w) > 1 or w.isdigit()))


def _likeness(wanted: frozenset[str], other: Enterprise, silent: tuple[str, ...]) -> float:
    """Twice the shared pairs by all pairs (Dice), against the nearer of its names."""
    theirs = [_grams(name, silent) for name in (other.name, other.name_en) if name]
    return max(2 * len(wanted & t) / (len(wanted) + len(t)) for t in theirs if wanted or t)


# ── What hangs on an enterprise ──────────────────────────────


def counts(enterprise: Enterprise, scope: Scope) -> dict[str, int]:
    """How many rows of the register hang on an enterprise, as far as this person may see."""
    held = {"facts": Fact, "contacts": Contact, "sites": Site}
    found = {k: m.objects.visible_to(scope).filter(enterprise=enterprise).count() for k, m in held.items()}
    found["links"] = Link.objects.visible_to(scope).filter(enterprise=enterprise).count()
    ties = GroupTie.objects.visible_to(scope).filter(Q(parent=enterprise) | Q(child=enterprise))
    return found | {"ties": ties.count()}
