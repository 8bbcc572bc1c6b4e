"""What was learned at a visit goes into the facts; where the register learned otherwise meanwhile, a person chooses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.core import journal, tasks
from openliaison.register import facts, rules
from openliaison.register import services as register
from openliaison.register.models import Fact, FactDefinition
from openliaison.visits.errors import AlreadyDone
from openliaison.visits.models import FactConflict, Visit


def learn(*, visit: Visit, told: Mapping[str, Any], read: Mapping[str, Any] | None, by: Role, at: datetime) -> None:
    """Write down the facts told at a visit.

    Args:
        read: what the phone had of each fact when it was told; None where the form was filled in here and now.
    """
    for key, value in told.items():
        definition = facts.definition(visit.place_id, key)
        theirs = _standing(visit, definition)
        clean = facts.read(definition, value, visit.place, today=visit.place.day(at))
        if read is None or not _learned_otherwise(theirs, read.get(key), visit):
            _record(visit, key, value, by, at)
        elif theirs is not None and theirs.value == clean:
            _confirm(theirs, visit, by, at)
        else:
            _open_conflict(visit, definition, clean, read.get(key), theirs, by, at)


def _standing(visit: Visit, definition: FactDefinition) -> Fact | None:
    rows = Fact.objects.current().select_for_update(of=["self"])
    return rows.filter(enterprise_id=visit.enterprise_id, key=definition.key).first()


def _learned_otherwise(theirs: Fact | None, read: Any, visit: Visit) -> bool:
    """Whether somebody else's word was recorded since. One's own from another visit is ordered by its day."""
    if (theirs.value if theirs else None) == read:
        return False
    is_own = theirs is not None and theirs.source == Fact.Source.VISIT and theirs.recorded_by_id == visit.officer_id
    return not is_own


def _confirm(theirs: Fact, visit: Visit, by: Role, at: datetime) -> None:
    """Both say the same: the word on file is fresh again."""
    if theirs.source != Fact.Source.DERIVED and rules.may_write(by, visit.enterprise, visit.place.day(at)):
        register.confirm_fact(fact=theirs, by=by, at=at)


def _record(visit: Visit, key: str, value: Any, by: Role, at: datetime) -> None:
    day = visit.place.day(visit.at)
    register.record_fact(
        enterprise=visit.enterprise,
        key=key,
        value=value,
        source=Fact.Source.VISIT,
        source_ref=register.visit_reference(visit.place, visit.at),
        as_of=day,
        told_on=day,
        by=by,
        at=at,
    )


def _open_conflict(
    visit: Visit,
    definition: FactDefinition,
    mine: Any,
    read: Any,
    theirs: Fact | None,
    by: Role,
    at: datetime,
) -> None:
    row = FactConflict.objects.create(
        visit=visit,
        enterprise=visit.enterprise,
        locality_path=visit.locality_path,
        key=definition.key,
        read=read,
        mine=mine,
        theirs=theirs.value if theirs else None,
        found_at=at,
    )
    journal.record(row, "fact_conflict_found", by=by, at=at, visit=visit, key=definition.key)
    tasks.ask(
        _choosers(visit, by, at),
        row,
        N_("%(fact)s of %(enterprise)s: the visit and the register say two things"),
        why=N_("Neither was overwritten: choose which is right"),
        url="/visits/conflicts/",
        at=at,
        fact={"zh": definition.label_zh, "en": definition.label_en},
        enterprise={"zh": visit.enterprise.name, "en": visit.enterprise.name_en or visit.enterprise.name},
    )


def _choosers(visit: Visit, by: Role, at: datetime) -> list[int]:
    """Who was there, while they serve the enterprise; else those who do now."""
    today = visit.place.day(at)
    if rules.serves(visit.enterprise, by, today):
        return [by.user_id]
    links = visit.enterprise.links.active(today).serving()
    return list(links.exclude(user=None).values_list("user_id", flat=True))


@transaction.atomic
def settle_conflict(*, conflict: FactConflict, take: str, by: Role, at: datetime) -> FactConflict:
    """Choose the visit's word ("mine") or the one on file ("theirs"). The same choice twice is one.

    Where the register has learned a third word since, nothing is chosen: the conflict stays open with that word.

    Raises:
        AlreadyDone: it was settled the other way.
    """
    row = _locked(conflict)
    rules.need_write(by, row.enterprise, row.enterprise.place.day(at))
    if row.state != FactConflict.State.OPEN:
        if row.state != take:
            raise AlreadyDone(_("This was settled before: %(state)s.") % {"state": row.get_state_display()})
        return row
    standing = Fact.objects.current().select_for_update().filter(enterprise=row.enterprise, key=row.key).first()
    now_on_file = standing.value if standing else None
    if now_on_file != row.theirs and now_on_file != row.mine:
        row.theirs = now_on_file
        row.save(update_fields=["theirs"])
        return row
    if take == FactConflict.State.MINE and now_on_file != row.mine:
        _record_chosen(row, standing, by, at)
    row.state, row.settled_by, row.settled_at = take, by.user, at
    row.save(update_fields=["state", "settled_by", "settled_at"])
    journal.record(row, "fact_conflict_settled", by=by, at=at, take=take, key=row.key)
    tasks.settle(row, at=at)
    return row


def _locked(conflict: FactConflict) -> FactConflict:
    rows = FactConflict.objects.select_for_update(of=["self"]).select_related("enterprise__place", "visit")
    return rows.get(pk=conflict.pk)


def _record_chosen(row: FactConflict, standing: Fact | None, by: Role, at: datetime) -> None:
    """As of the visit's day where that is the later one; else of today, on which a person chose it."""
    place = row.enterprise.place
    is_later = standing is None or standing.as_of < place.day(row.visit.at)
    told_at = row.visit.at if is_later else at
    register.record_fact(
        enterprise=row.enterprise,
        key=row.key,
        value=row.mine,
        source=Fact.Source.VISIT,
        source_ref=register.visit_reference(place, told_at),
        as_of=place.day(told_at),
        by=by,
        at=at,
    )
