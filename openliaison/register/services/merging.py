"""Two enterprises that are one: merged, with a note of what moved, and taken apart again."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from openliaison.accounts.models import Role
from openliaison.core import journal

from .. import rules
from ..errors import AlreadyDone, NotAllowed
from ..models import (
    Booking,
    BurdenEntry,
    Contact,
    DiaryMark,
    Enterprise,
    Fact,
    GroupTie,
    Link,
    Merge,
    Refusal,
    Site,
)
from .enterprises import index
from .ties import ids_beneath

# What a kept enterprise takes over where it has nothing of its own.
FILLED = ("number", "name_en", "street", "industry")
DIARY = (Booking, BurdenEntry, DiaryMark, Refusal)
MODELS: dict[str, Any] = {m._meta.label_lower: m for m in (Contact, Enterprise, Fact, GroupTie, Link, Site, *DIARY)}


@transaction.atomic
def merge_enterprises(*, kept: Enterprise, taken: Enterprise, by: Role, at: datetime) -> Merge:
    """Take one enterprise into another. What hangs on it moves; what would stand twice stays where it is.

    Rows of other rooms follow in a job of the house, because some lie behind walls of this person.

    Raises:
        NotAllowed: not both in the coordinator's area, or of two places. AlreadyDone: one was merged before.
    """
    kept, taken = _lock(kept, taken)
    _need_mergeable(kept, taken, by)
    move = _Move(kept, taken)
    move.facts()
    move.contacts()
    for model in (Site, *DIARY):
        move.all_of(model, "enterprise_id")
    move.links(at)
    move.ties()
    move.all_of(Enterprise, "merged_into_id")
    taken.merged_into = kept
    taken.save(update_fields=["merged_into"])
    move.identity()
    settle_facts(kept.pk, move.keys, at)
    merge = Merge.objects.create(
        place_id=kept.place_id,
        locality_path=kept.locality_path,
        kept=kept,
        taken=taken,
        moved=dict(move.moved),
        before=dict(move.changed),
        merged_by=by.user,
        merged_at=at,
    )
    journal.record(kept, "merged", by=by, at=at, taken=taken, name=taken.name)
    _carry(merge)
    return merge


@transaction.atomic
def unmerge(*, merge: Merge, by: Role, at: datetime) -> Merge:
    """Take a merged enterprise out again: all that moved goes back; what came since stays with the kept one.

    Raises:
        AlreadyDone: it was taken apart before.
        NotAllowed: a later merge stands in the way, or its number has been given to another since.
    """
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    kept, taken = _lock(merge.kept, merge.taken)
    _need_separable(merge, kept, taken, by)
    _restore_identity(kept, merge)
    taken.merged_into = None
    taken.save(update_fields=["merged_into"])
    keys = set(Fact.objects.filter(pk__in=merge.moved.get("register.fact:enterprise_id", [])).values_list("key"))
    _park_current(merge, at)
    for name, ids in merge.moved.items():
        label, column = name.split(":")
        if label in MODELS:
            MODELS[label].objects.filter(pk__in=ids, **{column: kept.pk}).update(**{column: taken.pk})
    _restore_rows(merge)
    for enterprise in (kept, taken):
        settle_facts(enterprise.pk, {k for (k,) in keys}, at)
        Enterprise.objects.filter(pk=enterprise.pk).update(search=index(enterprise))
    merge.undone_at = at
    merge.save(update_fields=["undone_at"])
    journal.record(kept, "unmerged", by=by, at=at, taken=taken, name=taken.name)
    _carry(merge)
    return merge


def settle_facts(enterprise_id: int, keys: set[str], at: datetime) -> None:
    """Of each key the latest value that was not taken back stands; the others are superseded."""
    rows = Fact.objects.filter(enterprise_id=enterprise_id, key__in=keys, retracted_at=None)
    latest: dict[str, Fact] = {f.key: f for f in rows.order_by("as_of", "recorded_at", "pk")}
    ids = [f.pk for f in latest.values()]
    rows.filter(superseded_at=None).exclude(pk__in=ids).update(superseded_at=at)
    rows.filter(pk__in=ids).exclude(superseded_at=None).update(superseded_at=None)


class _Move:
    """What moves from one enterprise to another, and what changed on the way: [before, after]."""

    def __init__(self, kept: Enterprise, taken: Enterprise) -> None:
        self.kept, self.taken = kept, taken
        self.moved: dict[str, list[int]] = {}
        self.changed: dict[str, dict[str, dict[str, list[Any]]]] = defaultdict(dict)
        self.keys: set[str] = set()

    def all_of(self, model: Any, column: str) -> None:
        self.some_of(model, column, model.objects.filter(**{column: self.taken.pk}))

    def some_of(self, model: Any, column: str, rows: models.QuerySet | list[Any]) -> None:
        ids = sorted(row.pk for row in rows)
        model.objects.filter(pk__in=ids).update(**{column: self.kept.pk})
        if ids:
            self.moved[f"{model._meta.label_lower}:{column}"] = ids

    def change(self, row: models.Model, field: str, value: Any) -> None:
        noted = self.changed[row._meta.label_lower].setdefault(str(row.pk), {})
        noted[field] = [getattr(row, field), value]
        setattr(row, field, value)
        row.save(update_fields=[field])

    def facts(self) -> None:
        rows = Fact.objects.filter(enterprise=self.taken)
        self.keys = set(rows.values_list("key", flat=True))
        standing = Fact.objects.current().filter(enterprise=self.kept, key__in=self.keys)
        # Two current values of one key cannot stand side by side even for a moment.
        rows.filter(key__in=list(standing.values_list("key", flat=True)), superseded_at=None, retracted_at=None).update(
            superseded_at=models.F("recorded_at")
        )
        self.all_of(Fact, "enterprise_id")

    def contacts(self) -> None:
        current = Contact.objects.current()
        main = current.filter(enterprise=self.taken, is_main=True).first()
        if main and current.filter(enterprise=self.kept, is_main=True).exists():
            self.change(main, "is_main", False)
        self.all_of(Contact, "enterprise_id")

    def links(self, at: datetime) -> None:
        today = self.kept.place.day(at)
        there = list(Link.objects.filter(enterprise=self.kept))
        has_officer = any(link.kind == Link.Kind.OFFICER and _runs(link, today) for link in there)
        has_leader = any(link.kind == Link.Kind.LEADER and _runs(link, today) for link in there)
        here, going = list(Link.objects.filter(enterprise=self.taken).order_by("pk")), []
        for link in here:
            if has_leader and link.kind == Link.Kind.LEADER and _runs(link, today):
                continue  # one leader an enterprise
            demoted = has_officer and link.kind == Link.Kind.OFFICER and _runs(link, today)
            kind = Link.Kind.DEPUTY if demoted else link.kind
            if any(_same(link, k, other) for other in there for k in {kind, link.kind}):
                continue
            if demoted and any(_same(link, kind, other) for other in here):
                continue  # a deputy already
            if demoted:  # one officer an enterprise; nobody loses sight of it
                self.change(link, "kind", str(kind))
            going.append(link)
            there.append(link)
        self.some_of(Link, "enterprise_id", going)

    def ties(self) -> None:
        for column, other in (("parent_id", "child_id"), ("child_id", "parent_id")):
            rows = GroupTie.objects.filter(**{column: self.taken.pk}).order_by("pk")
            going = [tie for tie in rows if self._may_go(tie, column, getattr(tie, other))]
            self.some_of(GroupTie, column, going)

    def _may_go(self, tie: GroupTie, column: str, other: int) -> bool:
        if other == self.kept.pk:
            return False
        if tie.ends_on:
            return True
        ends = {column: self.kept.pk, ("child_id" if column == "parent_id" else "parent_id"): other}
        if GroupTie.objects.filter(ends_on=None, **ends).exists():
            return False
        return ends["parent_id"] not in ids_beneath(ends["child_id"])

    def identity(self) -> None:
        for field in FILLED:
            if not getattr(self.kept, field) and getattr(self.taken, field):
                self.change(self.kept, field, getattr(self.taken, field))
        Enterprise.objects.filter(pk=self.kept.pk).update(search=index(self.kept))


def _runs(link: Link, today: Any) -> bool:
    return link.ends_on is None or link.ends_on >= today


def _same(link: Link, kind: str, other: Link) -> bool:
    """Whether the two could not stand on one enterprise."""
    if other.kind != kind or (other.user_id, other.organisation_id) != (link.user_id, link.organisation_id):
        return False
    return kind == Link.Kind.HANDLER or (link.ends_on is None and other.ends_on is None)


def _lock(kept: Enterprise, taken: Enterprise) -> tuple[Enterprise, Enterprise]:
    rows = Enterprise.objects.select_for_update().filter(pk__in=[kept.pk, taken.pk]).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[kept.pk], found[taken.pk]


def _need_mergeable(kept: Enterprise, taken: Enterprise, by: Role) -> None:
    if kept.pk == taken.pk:
        raise NotAllowed(_("This is one and the same enterprise; choose another one."))
    if kept.place_id != taken.place_id:
        raise NotAllowed(_("The two belong to different places and cannot be merged."))
    for enterprise in (kept, taken):
        if enterprise.merged_into_id:
            raise AlreadyDone(_("%(name)s was merged before.") % {"name": enterprise.label})
        rules.need_steer(by, enterprise)


def _need_separable(merge: Merge, kept: Enterprise, taken: Enterprise, by: Role) -> None:
    rules.need_steer(by, kept)
    if merge.undone_at:
        raise AlreadyDone(_("This merge was taken apart before."))
    later = Merge.objects.filter(undone_at=None).filter(Q(kept=kept) | Q(taken=kept)).filter(pk__gt=merge.pk)
    if other := later.order_by("-pk").first():
        raise NotAllowed(
            _("First take apart the later merge of %(taken)s into %(kept)s.")
            % {"taken": other.taken.label, "kept": other.kept.label}
        )
    standing = Enterprise.objects.filter(place_id=taken.place_id, merged_into=None).exclude(pk=kept.pk)
    same_number = Q(number=taken.number) & ~Q(number="")
    same_key = Q(source=taken.source, source_key=taken.source_key) & ~Q(source_key="")
    if other_one := standing.filter(same_number | same_key).first():
        raise NotAllowed(
            _("%(number)s stands for %(name)s by now. Merge the two, or correct the number first.")
            % {"number": taken.number or taken.source_key, "name": other_one.label}
        )


def _restore_identity(kept: Enterprise, merge: Merge) -> None:
    for field, (before, after) in merge.before.get("register.enterprise", {}).get(str(kept.pk), {}).items():
        if getattr(kept, field) == after:
            setattr(kept, field, before)
    kept.save(update_fields=list(FILLED))


def _park_current(merge: Merge, at: datetime) -> None:
    """No moved value is current while it moves; which one stands is settled afterwards."""
    moved = merge.moved.get("register.fact:enterprise_id", [])
    Fact.objects.filter(pk__in=moved, superseded_at=None, retracted_at=None).update(superseded_at=at)


def _restore_rows(merge: Merge) -> None:
    for label, rows in merge.before.items():
        if label == "register.enterprise":
            continue
        for pk, fields in rows.items():
            row = MODELS[label].objects.filter(pk=pk).first()
            back = {f: before for f, (before, after) in fields.items() if row and getattr(row, f) == after}
            if back.get("is_main") and row.ends_on:
                continue
            MODELS[label].objects.filter(pk=pk).update(**back)


def _carry(merge: Merge) -> None:
    app.configure_task("register.carry_followers").defer(merge_id=merge.pk)
