"""The arithmetic of the cockpit, written out."""

from __future__ import annotations

import doctest
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openliaison.desks import charts
from openliaison.engine import caseload


@pytest.mark.parametrize("module", [caseload, charts])
def test_the_examples_in_the_text_are_true(module):
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


def test_declined_and_duplicate_are_left_out_of_the_whole_and_silent_ones_stay():
    outcomes = {"solved": 3, "partly": 1, "silent": 2, "declined": 5, "duplicate": 4}
    assert caseload.solved_share(outcomes) == caseload.Share(3, 6)
    assert caseload.solved_share({"declined": 5}).value is None


@pytest.mark.parametrize("counts", [(2, 1), (-1, 3)])
def test_a_part_larger_than_its_whole_is_refused(counts):
    with pytest.raises(ValueError, match="cannot be a part"):
        caseload.share(*counts)


def test_the_slowest_of_ten_is_not_hidden_by_the_middle():
    days = [3] * 9 + [60]
    assert caseload.spread(days) == caseload.Spread(10, 3, 3)
    assert caseload.spread([*days, 61]) == caseload.Spread(11, 3, 60)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_nine_tenths_lie_within_the_worst_tenth_and_fewer_within_any_smaller_value(values):
    found = caseload.spread(values)
    within = sum(v <= found.worst_tenth for v in values)
    below = sum(v < found.worst_tenth for v in values)
    assert within * 10 >= 9 * len(values)
    assert below * 10 < 9 * len(values)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_as_many_lie_below_the_middle_as_above(values):
    middle = caseload.spread(values).median
    assert sum(v < middle for v in values) <= len(values) / 2
    assert sum(v > middle for v in values) <= len(values) / 2


def test_a_month_without_rows_has_no_median_and_rows_outside_are_left_out():
    months = caseload.months_until(date(2026, 3, 31), 2)
    found = caseload.trend([(date(2026, 3, 1), 4, 1), (date(2026, 3, 31), 6, 1), (date(2026, 1, 31), 99, 1)], months)
    assert [(m.first.month, m.spread.median) for m in found] == [(2, None), (3, 5.0)]


def test_working_days_do_not_count_the_weekend():
    numbers = caseload.working_day_numbers(date(2026, 11, 19), date(2026, 11, 24), lambda d: d.weekday() < 5)
    assert numbers[date(2026, 11, 24)] - numbers[date(2026, 11, 20)] == 2  # Friday to Tuesday


def test_a_line_breaks_where_a_month_has_no_value():
    chart = charts.line_chart([("a", [1, 2, None, 3, 4])], list("abcde"))
    assert len(chart.lines[0].pieces) == 2
    assert len(chart.lines[0].dots) == 4


def test_an_empty_chart_has_no_line():
    assert charts.line_chart([("a", [None, None])], ["", ""]).lines[0].dots == []


def test_names_of_lines_that_end_together_stand_apart():
    upper, lower = charts.line_chart([("a", [1, 9]), ("b", [2, 9])], ["", ""]).lines

    assert abs(upper.name_y - lower.name_y) >= charts.NAME_HEIGHT
    assert upper.end == lower.end
