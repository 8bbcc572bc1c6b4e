"""Facts: recorded, confirmed, taken back. Nothing is overwritten."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from openliaison.accounts.models import Role
from openliaison.core import journal
from openliaison.core.models import Place

from .. import facts, rules
from ..errors import AlreadyDone, Incomplete, NotAllowed
from ..models import Enterprise, Fact, FactDefinition

_TIMED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")  # as `visit_reference` writes it


@transaction.atomic
def record_fact(
    *,
    enterprise: Enterprise,
    key: str,
    value: Any,
    source: str,
    as_of: date,
    by: Role | None,
    at: datetime,
    source_ref: str = "",
    unit: str = "",
    told_on: date | None = None,
) -> Fact:
    """Write down what is known of an enterprise. Nothing is overwritten: the newer value supersedes.

    A key that is the same as another is kept under that other. The same value from the same source
    and day, sent twice, is one row. Of visits the later one counts, in whatever order they are written down.

    Args:
        told_on: the day on which an officer heard it, where it is written down later: who served then may.

    Raises:
        Incomplete: the key is not in the catalogue, the value is not of its type, or a day lies ahead.
        NotAllowed: the person may not write in this file.
    """
    definition = facts.definition(enterprise.place_id, key)
    today = enterprise.place.day(at)
    facts.need_as_of(as_of, today)
    rules.need_write(by, enterprise, today, told_on)
    clean = facts.read(definition, value, enterprise.place, today=today)
    current = Fact.objects.current().select_for_update().filter(enterprise=enterprise, key=definition.key).first()
    told = {"source": source, "source_ref": source_ref, "as_of": as_of, "value": clean}
    if current is not None and all(getattr(current, k) == v for k, v in told.items()):
        return current
    is_older = current is not None and _is_later(current, source, as_of, source_ref)
    if current is not None and not is_older:
        current.superseded_at = at
        current.save(update_fields=["superseded_at"])
    fact = Fact.objects.create(
        enterprise=enterprise,
        key=definition.key,
        unit=unit or definition.unit,
        sensitivity=definition.sensitivity,
        recorded_by=by.user if by else None,
        recorded_at=at,
        superseded_at=at if is_older else None,
        **told,
    )
    journal.record(enterprise, "fact_recorded", by=by, at=at, key=definition.key, source=source, as_of=as_of)
    return fact


def _is_later(current: Fact, source: str, as_of: date, source_ref: str) -> bool:
    """Of a later day; of two visits on one day the later."""
    if current.as_of != as_of:
        return current.as_of > as_of
    is_by_visits = current.source == source == Fact.Source.VISIT
    are_timed = all(_TIMED.fullmatch(ref) for ref in (current.source_ref, source_ref))
    return is_by_visits and are_timed and current.source_ref > source_ref


def visit_reference(place: Place, at: datetime) -> str:
    """How a fact names the visit at which it was told: by its time, which also says which visit was later."""
    return f"{at.astimezone(place.zone):%Y-%m-%d %H:%M}"


@transaction.atomic
def confirm_fact(*, fact: Fact, by: Role, at: datetime) -> Fact:
    """Say that a value is right today: it is fresh again.

    Raises:
        AlreadyDone: a newer value stands. NotAllowed: not in this file, or a rule works the value out.
    """
    fact = _current(fact, by, at)
    if fact.source == Fact.Source.DERIVED:
        raise NotAllowed(_("This value is worked out by a rule; correct what it is worked out from."))
    fact.confirmed_by, fact.confirmed_at = by.user, at
    fact.save(update_fields=["confirmed_by", "confirmed_at"])
    journal.record(fact.enterprise, "fact_confirmed", by=by, at=at, key=fact.key)
    return fact


@transaction.atomic
def retract_fact(*, fact: Fact, reason: str, by: Role, at: datetime) -> Fact:
    """Take a wrong value back. It stays in the history with the reason; the value before it stands again.

    Raises:
        Incomplete: no reason. AlreadyDone: a newer value stands. NotAllowed: not in this file.
    """
    if not reason.strip():
        raise Incomplete(_("Say in a few words why the value is wrong."))
    fact = _current(fact, by, at)
    fact.retracted_at, fact.retracted_by, fact.retract_reason = at, by.user, reason.strip()
    fact.save(update_fields=["retracted_at", "retracted_by", "retract_reason"])
    older = Fact.objects.filter(enterprise=fact.enterprise, key=fact.key, retracted_at=None)
    before = older.exclude(pk=fact.pk).order_by("-as_of", "-recorded_at").first()
    if before:
        before.superseded_at = None
        before.save(update_fields=["superseded_at"])
    journal.record(fact.enterprise, "fact_retracted", by=by, at=at, key=fact.key, reason=fact.retract_reason)
    return fact


def _current(fact: Fact, by: Role, at: datetime) -> Fact:
    row = Fact.objects.select_for_update().get(pk=fact.pk)
    rules.need_write(by, row.enterprise, row.enterprise.place.day(at))
    if row.superseded_at or row.retracted_at:
        raise AlreadyDone(_("A newer value is on file; look at that one."))
    return row


def seed_fact_definitions(place: Place, rows: Iterable[Any]) -> int:
    """Load the fact catalogue of a place; returns how many there are."""
    listed = [FactDefinition(place=place, **asdict(row)) for row in rows]
    names = [f.name for f in fields(next(iter(rows)))] if listed else []  # type: ignore[call-overload]
    FactDefinition.objects.bulk_create(
        listed,
        update_conflicts=True,
        unique_fields=["place", "key"],
        update_fields=[n for n in names if n != "key"],
    )
    return len(listed)
