"""What hangs on one person: links, cases, promises, tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

from openliaison.accounts.models import Role, User
from openliaison.cases.models import Case, Handling, Promise
from openliaison.core.models import Place, Task
from openliaison.core.scope import AREA, OFFICER, Scope, acting_as, area, within
from openliaison.register.models import Enterprise, Link

from .models import Handover


@dataclass(frozen=True)
class OpenWork:
    """Everything open of one person that one reader may see."""

    links: list[Link] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)  # that came through them
    confidential: list[Case] = field(default_factory=list)  # through them, or naming them
    promises: list[Promise] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    hidden_tasks: int = 0  # about things the reader may not see

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in ("links", "cases", "confidential", "promises", "tasks")}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def enterprises(self) -> list[Enterprise]:
        found = {row.enterprise_id: row.enterprise for row in (*self.links, *self.cases, *self.promises)}
        return sorted(found.values(), key=lambda e: e.name)


def open_work(person: User, scope: Scope, at: datetime) -> OpenWork:
    """What hangs on a person, as far as the reader may see it."""
    through = Q(officer=person)
    naming = Exists(Handling.objects.visible_to(scope).filter(case_id=OuterRef("id"), user=person, ends_at=None))
    cases = Case.objects.visible_to(scope).open().select_related("enterprise", "lead").order_by("due_at", "id")
    promises = _promises(person, scope).select_related("enterprise__place")
    tasks = _tasks(person, scope)
    seen = _about_visible(tasks, scope)
    return OpenWork(
        links=list(open_links(person, scope)),
        cases=list(cases.filter(through, is_confidential=False)),
        confidential=list(cases.filter(through | Q(naming) | Q(arbiter=person), is_confidential=True)),
        promises=list(promises),
        tasks=seen,
        hidden_tasks=len(tasks) - len(seen),
    )


def _promises(person: User, scope: Scope) -> QuerySet:
    """Those a person gave or took over, unless they have handed them on."""
    moves = Handover.objects.filter(Q(person=person) | Q(successor=person), kind=Handover.Kind.LEAVE)
    taken, given = set(), set()
    for move in moves.filter(place_id=scope.place_id).order_by("made_at", "id"):
        gains, loses = (taken, given) if move.successor_id == person.pk else (given, taken)
        gains.update(move.promises)
        loses.difference_update(move.promises)
    rows = Promise.objects.visible_to(scope).open().filter(Q(made_by=person) | Q(pk__in=taken))
    return rows.exclude(pk__in=given)


def open_links(person: User, scope: Scope) -> QuerySet:
    """The enterprises a person serves or will serve, in the reader's area."""
    rows = Link.objects.visible_to(scope).filter(user=person).select_related("enterprise__locality")
    inside = within(scope, "enterprise__locality_path") if scope.path_from else Q()
    today = scope.today or date.max
    return rows.filter(inside, Q(ends_on=None) | Q(ends_on__gte=today)).order_by("enterprise__name", "kind")


def of_person(person: User, place: Place) -> Scope:
    """The scope in which a person's own list of tasks is read; nobody else's role reaches it."""
    return Scope(role=OFFICER, user_id=person.pk, place_id=place.pk)


def _tasks(person: User, scope: Scope) -> list[Task]:
    place = Place.objects.get(pk=scope.place_id)
    with acting_as(of_person(person, place)):
        return list(Task.objects.filter(person=person, place=place, done_at=None, kind=Task.Kind.TASK))


def _about_visible(tasks: Iterable[Task], scope: Scope) -> list[Task]:
    """The tasks about rows that the reader may see."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for task in tasks:
        label, _colon, pk = task.subject.rpartition(":")
        wanted[label].add(pk)
    seen = {f"{label}:{pk}" for label, pks in wanted.items() for pk in _visible(label, pks, scope)}
    return [task for task in tasks if task.subject in seen]


def _visible(label: str, pks: set[str], scope: Scope) -> list[object]:
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return []
    if not hasattr(model, "rule"):
        return []
    return list(model.objects.visible_to(scope).filter(pk__in=pks).values_list("pk", flat=True))


def counts_for_administrator(person: User, place: Place, at: datetime) -> dict[str, int]:
    """How much hangs on a person, in numbers alone: the administrator sees no business rows."""
    path_from, path_to = area(place.root_path)
    today = place.day(at)
    house = Scope(AREA, user_id=0, place_id=place.pk, path_from=path_from, path_to=path_to, today=today)
    with acting_as(house):
        return open_work(person, house, at).counts


def successors(person: User, place: Place, today: date) -> QuerySet:
    """Who could take over: active people who act as the same kind, handlers in the same organisation."""
    fitting = Q(pk__in=[])
    for role in person.roles.filter(place=place):
        same = Q(kind=role.kind, place=place)
        fitting |= same & Q(organisation_id=role.organisation_id) if role.kind == Role.Kind.HANDLER else same
    held = Role.objects.valid(today).filter(fitting, user_id=OuterRef("id")).exclude(kind=Role.Kind.ENTERPRISE)
    return User.objects.active().filter(Exists(held)).exclude(pk=person.pk).order_by("display_name")
