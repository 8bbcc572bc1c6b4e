"""Random people using random verbs: no state that may not be, no minute lost, no wall in the way."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openliaison.accounts.models import Role
from openliaison.cases import clock, rules
from openliaison.cases.models import Case
from openliaison.core.calendars import calendar
from openliaison.core.errors import Refused
from openliaison.core.scope import acting_as
from openliaison.engine.clock import lines
from tests.cases.cells import Cells, calls
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
PEOPLE = ["officer", "coordinator", "lead", "co", "enterprise", "leader"]
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(set(rules.VERBS) - {"attach"})), st.sampled_from(PEOPLE), st.integers(1, 60)),
    min_size=4,
    max_size=14,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.booleans(), st.sampled_from(["submitted", "assigned", "in_hand", "replied", "planned"]))
def test_whatever_people_do(steps, is_confidential, start):
    with transaction.atomic():
        world = Cells()
        world.first = world.case()
        case, at = world.in_status(start, is_confidential=is_confidential), NOON
        for verb, name, hours in steps:
            at += timedelta(hours=hours)
            by = world.people()[name]
            before = Case.objects.get(pk=case.pk)
            allowed = verb in rules.allowed(before, by, at)
            done = _use(calls(world, before)[verb], by, at)
            after = Case.objects.get(pk=case.pk)
            assert allowed or not done, f"{name} used {verb} in {before.status}"
            _check_state(before, after, by)
            _check_clock(after, at)
        transaction.set_rollback(True)


def _use(call, by, at):
    """Whether it was done; a refusal is a sentence, anything else an error."""
    try:
        with transaction.atomic(), acting_as(by.scope(at)):
            call(by, at)
    except (Refused, Case.DoesNotExist):
        return False
    return True


def _check_state(before, after, by):
    assert (after.status == "closed") == bool(after.outcome) == (after.closed_at is not None)
    if before.status != "closed" and by.kind in (Role.Kind.HANDLER, Role.Kind.OFFICER, Role.Kind.LEADER):
        assert after.status != "closed"
    if after.status in ("assigned", "in_hand", "waiting_enterprise", "replied", "planned", "referred_up"):
        assert after.handlings.filter(part="lead", ends_at=None, organisation=after.lead).count() == 1
    if after.is_confidential:
        assert not after.handlings.filter(user=None).exists()
    assert after.due_at is None or after.status not in ("closed", "draft", "waiting_enterprise")


def _check_clock(case, at):
    """Every working minute since the start ran, was paused or was the enterprise's, and the lines tell them all."""
    days = calendar(case.place)
    for name, state in clock.clocks(case, at).items():
        until = state.stopped_at or at
        told = {"ran": 0, "paused": 0, "replied": 0}
        for line in lines(days, state):
            told[line.kind] = told.get(line.kind, 0) + line.seconds
        assert sum(told.values()) == days.working_between(state.started_at, until), name
        assert (told["ran"], told["paused"]) == (state.used_seconds, state.paused_seconds), name
