"""Which enterprise belongs to which."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from openliaison.accounts.models import Role
from openliaison.core import journal

from .. import rules
from ..errors import AlreadyDone, Incomplete
from ..models import Enterprise, GroupTie


@transaction.atomic
def add_tie(
    *,
    parent: Enterprise,
    child: Enterprise,
    by: Role | None,
    at: datetime,
    share: Decimal | None = None,
    starts_on: date | None = None,
) -> GroupTie:
    """Note that `child` belongs to `parent`, with its share where known (0–1).

    Raises:
        Incomplete: the tie would make a loop, or the shares would exceed the whole.
        AlreadyDone: the tie stands. NotAllowed: neither lies in the coordinator's area.
    """
    for enterprise in (parent, child):
        rules.need_unmerged(enterprise)
    if by is not None and not any(rules.may_steer(by, e) for e in (parent, child)):
        rules.need_steer(by, child)
    if GroupTie.objects.filter(parent=parent, child=child, ends_on=None).exists():
        raise AlreadyDone(_("%(child)s belongs to %(parent)s already.") % _names(parent, child))
    if parent.pk == child.pk or parent.pk in ids_beneath(child.pk):
        raise Incomplete(
            _("%(parent)s already belongs to %(child)s, directly or through others: that would be a loop.")
            % _names(parent, child)
        )
    _need_room(child, share)
    tie = GroupTie.objects.create(parent=parent, child=child, share=share, starts_on=starts_on)
    journal.record(child, "tie_added", by=by, at=at, parent=parent, share=share)
    return tie


@transaction.atomic
def end_tie(*, tie: GroupTie, on: date, by: Role, at: datetime) -> GroupTie:
    """The one no longer belongs to the other; the row stays as history."""
    row = GroupTie.objects.select_for_update(of=("self",)).select_related("parent", "child").get(pk=tie.pk)
    if not any(rules.may_steer(by, e) for e in (row.parent, row.child)):
        rules.need_steer(by, row.child)
    if row.ends_on:
        raise AlreadyDone(_("This ended on %(day)s.") % {"day": row.ends_on})
    if row.starts_on and on < row.starts_on:
        raise Incomplete(_("It began only on %(day)s; the end must not be earlier.") % {"day": row.starts_on})
    row.ends_on = on
    row.save(update_fields=["ends_on"])
    journal.record(row.child, "tie_ended", by=by, at=at, parent=row.parent, on=on)
    return row


def ids_beneath(enterprise_id: int) -> set[int]:
    """All that belong to an enterprise today, directly or through others."""
    found: set[int] = set()
    edge = {enterprise_id}
    while edge:
        ties = GroupTie.objects.filter(parent_id__in=edge, ends_on=None)
        edge = set(ties.values_list("child_id", flat=True)) - found
        found |= edge
    return found


def _need_room(child: Enterprise, share: Decimal | None) -> None:
    if share is None:
        return
    if not 0 < share <= 1:
        raise Incomplete(_("The share lies above 0 % and up to 100 %."))
    others = GroupTie.objects.filter(child=child, ends_on=None).exclude(share=None)
    held = sum((share or Decimal(0) for share in others.values_list("share", flat=True)), Decimal(0))
    if held + share > 1:
        raise Incomplete(
            _("%(name)s would be held to %(sum)s %%; %(held)s %% stand on file. End or correct a tie first.")
            % {"name": child.label, "sum": _percent(held + share), "held": _percent(held)}
        )


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"


def _names(parent: Enterprise, child: Enterprise) -> dict[str, str]:
    return {"parent": parent.label, "child": child.label}
