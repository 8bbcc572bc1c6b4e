"""Every cell of status × person × verb, behind the walls of the person who acts."""

import pytest
from django.db import DatabaseError, transaction

from openliaison.cases import rules
from openliaison.cases.errors import AlreadyDone, NotAllowed, TooEarly
from openliaison.cases.models import Case
from openliaison.core.errors import Refused
from openliaison.core.scope import acting_as
from tests.cases.cells import Cells, calls
from tests.conftest import NOON

pytestmark = pytest.mark.django_db

# Allowed by the table, and refused for a further reason: nothing to rule on, too early, not of this kind.
FURTHER = {
    "rule": (AlreadyDone, "no open objection"),
    "rule_extension": (AlreadyDone, "no open request"),
    "refer_up": (NotAllowed, "did not ask"),
    "refuse_referral": (NotAllowed, "did not ask"),
    "close_silent": (TooEarly, "ten working days"),
    "confirm_withdrawal": (NotAllowed, "has not asked"),
    "drop_withdrawal": (AlreadyDone, "Nobody asks"),
    "name_person": (NotAllowed, "confidential cases only"),
    "lift_confidentiality": (AlreadyDone, "not confidential"),
}
PEOPLE = [
    "officer", "coordinator", "lead", "co", "enterprise", "leader",
    "stranger", "other office", "other officer", "analyst", "inspector",
]  # fmt: skip


class Undo(Exception):
    pass


def _use(call, by):
    """What became of it: "done" or the refusal. Nothing is kept."""
    try:
        with transaction.atomic():
            with acting_as(by.scope(NOON)):
                call(by, NOON)
            raise Undo
    except Undo:
        return "done"
    except (Refused, Case.DoesNotExist, DatabaseError) as refusal:
        return refusal


FURTHER_CONFIDENTIAL = FURTHER | {"add_co": (NotAllowed, "only the desk names")}
for _verb in ("name_person", "lift_confidentiality"):
    del FURTHER_CONFIDENTIAL[_verb]


@pytest.mark.parametrize("is_confidential", [False, True])
@pytest.mark.parametrize("status", Case.Status.values)
def test_every_cell_of_the_table(status, is_confidential):
    world = Cells()
    world.first = world.case()
    case = world.in_status(status, is_confidential=is_confidential)
    verbs = calls(world, case)
    assert set(verbs) == set(rules.VERBS)
    wrong = []
    for name in PEOPLE:
        by = world.people()[name]
        held = rules.capacities(case, by, NOON)
        for verb, row in rules.VERBS.items():
            found = _use(verbs[verb], by)
            if bool(row.who & held) and case.status in row.when:
                is_right = found == "done" or _is_further(verb, found, case)
            else:
                is_right = _is_refusal(found, by)
            if not is_right:
                wrong.append(f"{status}, {name}, {verb}: {found!r}")
    assert not wrong, "\n".join(wrong)


def _is_further(verb, found, case):
    kind, words = (FURTHER_CONFIDENTIAL if case.is_confidential else FURTHER).get(verb, (None, ""))
    return kind is not None and isinstance(found, kind) and words in str(found)


def _is_refusal(found, by):
    """Whoever sees the case is told what is possible; who does not see it learns nothing."""
    if isinstance(found, Case.DoesNotExist):
        return not isinstance(found, str)
    return isinstance(found, NotAllowed) and ("What you can do" in str(found) or "for others to act" in str(found))


def test_nobody_without_a_part_in_the_case_holds_a_capacity():
    world = Cells()
    case = world.in_status("in_hand")
    assert {name: rules.capacities(case, by, NOON) for name, by in world.outsiders.items()} == dict.fromkeys(
        world.outsiders, frozenset()
    )


def test_every_status_lets_somebody_act():
    for status in Case.Status.values:
        movers = [v for v, row in rules.VERBS.items() if status in row.when and v not in ("message", "note", "attach")]
        assert movers, status


def test_a_handler_has_no_verb_that_closes():
    closing = {"decline", "mark_duplicate", "confirm", "close_silent", "confirm_withdrawal"}
    for verb in closing:
        assert not rules.VERBS[verb].who & {rules.LEAD, rules.CO, rules.OFFICER}
