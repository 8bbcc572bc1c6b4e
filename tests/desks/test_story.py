"""The example's story: whole, and told relative to any day of loading."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from openliaison.cases.models import Case, Promise
from openliaison.core.models import Task
from openliaison.core.now import frozen
from openliaison.desks import story
from openliaison.register.models import Enterprise
from openliaison.visits.models import Visit

pytestmark = pytest.mark.django_db
TIELING = ZoneInfo("Asia/Shanghai")
AT_LEAST = 3


@pytest.mark.parametrize(
    "day",
    [
        datetime(2026, 11, 23, 9, 0, tzinfo=TIELING),  # a Monday morning
        datetime(2027, 2, 7, 3, 30, tzinfo=TIELING),  # the night to a Sunday, in the Spring Festival
    ],
    ids=["monday", "festival-night"],
)
def test_the_story_holds_every_state_whenever_it_is_loaded(day):
    with frozen(day):
        story.load_if_empty(say=lambda text: None)

    assert Enterprise.objects.filter(is_example=True).count() == 60
    assert Case.objects.count() >= 150
    for field, choices in (("status", Case.Status), ("outcome", Case.Outcome), ("reply_kind", Case.ReplyKind)):
        for value in choices.values:
            assert Case.objects.filter(**{field: value}).count() >= AT_LEAST, f"{field} {value}"
    assert set(Promise.objects.values_list("state", flat=True)) == set(Promise.State.values)
    assert Visit.objects.count() > 300
    for rows, field in ((Case.objects, "created_at"), (Visit.objects, "at"), (Task.objects, "created_at")):
        assert not rows.filter(**{f"{field}__gt": day}).exists(), f"{rows.model.__name__} of the future"

    before = Case.objects.count()
    assert story.load_if_empty(say=lambda text: None) is None, "a second start loads it again"
    assert Case.objects.count() == before
