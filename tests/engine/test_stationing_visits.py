"""Whom to see next and why; and which visits go together."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openliaison.engine.stationing import VISIT_REASONS, Counts, Request, VisitWeights, joint, next_visits

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def run(*rows, **weights):
    return next_visits(rows, today=TODAY, every_days=30, visits_a_week=2, weights=VisitWeights(**weights))


def seen(days, **counts):
    return Counts(1, last_on=TODAY - timedelta(days=days), **counts)


def keys(found):
    return [(r["key"], r["weight"], r["n"]) for r in found[0].reasons]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Counts(1), [("never", 4, 1)]),
        (seen(29), []),
        (seen(30), [("silent", 3, 30)]),
        (seen(59), [("silent", 3, 59)]),
        (seen(60), [("silent_long", 4, 60)]),
        (seen(-3), []),
        (seen(0, promises_due=2), [("promise_due", 4, 2)]),
        (seen(0, promises_due=2, promises_late=1), [("promise_late", 5, 3)]),
        (seen(0, cases_overdue=1, cases_due_soon=2), [("overdue", 5, 1), ("due_soon", 4, 2)]),
        (seen(0, cases_open=2), []),
        (seen(0, cases_open=3), [("many_open", 2, 3)]),
        (seen(0, warning=3), [("warning", 6, 3)]),
        (
            seen(0, questions=1, to_confirm=4, policies_unused=9, booked_today=1),
            [("booked_today", 7, 1), ("questions", 3, 1), ("to_confirm", 2, 4), ("policies", 1, 9)],
        ),
    ],
)
def test_each_reason_has_its_weight_and_its_number(row, expected):
    assert keys(run(row)) == expected


def test_late_promises_are_told_beside_those_that_are_due():
    assert run(seen(0, promises_due=2, promises_late=1))[0].reasons[0]["late"] == 1


def test_who_needs_it_most_comes_first_then_by_name():
    rows = [
        Counts(1, "Crane", last_on=TODAY),
        Counts(2, "Bolt"),
        Counts(3, "Anvil"),
        Counts(4, "Dredge", cases_overdue=1),
    ]
    assert [(v.id, v.weight, v.group) for v in run(*rows)] == [
        (4, 9, "now"), (3, 4, "now"), (2, 4, "now"), (1, 0, "quiet"),
    ]  # fmt: skip


def test_who_is_visited_too_often_is_put_aside_unless_something_is_urgent():
    often = seen(0, seen_this_week=2, cases_overdue=1)
    assert [(v.group, v.is_too_often, v.is_urgent) for v in run(often)] == [("spare", True, False)]
    assert run(seen(0, seen_this_week=2, booked_today=1))[0].group == "now"
    assert run(seen(0, seen_this_week=2, warning=3))[0].group == "now"
    assert run(seen(0, seen_this_week=2, warning=2))[0].group == "spare"
    assert run(seen(0, seen_this_week=1, cases_overdue=1))[0].group == "now"
    assert run(seen(0, seen_this_week=5))[0].group == "quiet"


def test_those_put_aside_stand_after_those_to_see_however_heavy():
    rows = [seen(0, seen_this_week=2, cases_overdue=1, questions=1), Counts(2, last_on=TODAY, to_confirm=1)]
    assert [v.id for v in run(*rows)] == [2, 1]


def test_a_weight_of_nought_leaves_the_reason_out():
    assert keys(run(Counts(1, policies_unused=1), never=0)) == [("policies", 1, 1)]


counts = st.builds(
    Counts,
    st.integers(0, 30),
    st.sampled_from(["", "A", "B"]),
    st.none() | st.integers(0, 90).map(lambda n: TODAY - timedelta(days=n)),
    *[st.integers(0, 3)] * 11,
)


@given(st.lists(counts, unique_by=lambda row: row.id), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_rows_changes_nothing_and_all_come_back(rows, random):
    found = run(*rows)

    assert found == run(*random.sample(rows, len(rows)))
    assert sorted(v.id for v in found) == sorted(row.id for row in rows)
    assert all(v.weight == sum(r["weight"] for r in v.reasons) for v in found)
    assert {r["key"] for v in found for r in v.reasons} <= set(VISIT_REASONS)
    assert all((v.group == "quiet") == (not v.reasons) for v in found)


@given(counts, st.sampled_from(["cases_overdue", "questions", "to_confirm", "policies_unused", "booked_today"]))
@settings(max_examples=100, deadline=None)
def test_one_more_thing_never_makes_an_enterprise_less_needy(row, more):
    assert run(replace(row, **{more: getattr(row, more) + 1}))[0].weight >= run(row)[0].weight


def test_bad_counts_and_weights_are_told_in_a_sentence():
    for row, told in (
        (Counts(1, questions=-1), "questions of 1 is -1"),
        (Counts(1, warning=4), "the gravest is 3"),
    ):
        with pytest.raises(ValueError, match=told):
            run(row)
    with pytest.raises(ValueError, match="an enterprise 1 twice"):
        run(Counts(1), Counts(1))
    with pytest.raises(ValueError, match="every_days"):
        next_visits([], today=TODAY, every_days=0, visits_a_week=2)
    with pytest.raises(ValueError, match="no weight “promise”"):
        VisitWeights.from_mapping({"promise": 1})
    assert VisitWeights.from_mapping({"urgent_from": 99}) == VisitWeights(urgent_from=99)


def test_the_documented_weights_are_those_of_the_code():
    text = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "stationing.md").read_text(encoding="utf-8")
    section = text.split("## Whom to see next")[1].split("## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", section, flags=re.M) + re.findall(r"`(\w+)`, (\d+),", section)
    weights = VisitWeights()
    assert {name: int(n) for name, n in rows} == {name: getattr(weights, name) for name in VISIT_REASONS}
    assert (weights.many, weights.urgent_from) == (3, 6)


# Joint visits


def wanted(n, days=0.0, minutes=60, **more):
    return Request(n, NOW + timedelta(days=days), minutes, organisation=n, **more)


def test_near_requests_make_one_visit_at_the_start_that_moves_least():
    (found,) = joint([wanted(3, 2), wanted(1, 0), wanted(2, 1)], days=3)

    assert found.requests == (1, 2, 3) and found.host == 2 and found.starts_at == NOW + timedelta(days=1)
    assert (found.minutes, found.saved, found.moved_minutes, found.organisations) == (180, 2, 2 * 24 * 60, 3)


def test_requests_too_far_or_too_long_stay_apart():
    assert joint([wanted(1, 0), wanted(2, 3.5)], days=3) == []
    assert joint([wanted(1, 0, 100), wanted(2, 0, 100)], most_minutes=180) == []
    assert joint([wanted(1, 0, 400)]) == joint([]) == []


def test_an_accepted_time_stays_and_two_of_them_are_not_merged():
    (found,) = joint([wanted(1, 0), wanted(2, 1), wanted(3, 2, is_fixed=True)])
    assert found.host == 3 and found.starts_at == NOW + timedelta(days=2)
    assert joint([wanted(1, 0, is_fixed=True), wanted(2, 1, is_fixed=True)]) == []


def test_kinds_that_must_not_meet_do_not():
    rows = [wanted(1, 0, kind="inspection"), wanted(2, 1, kind="study"), wanted(3, 2, kind="inspection")]
    assert joint(rows, apart=[("inspection", "study")]) == []
    assert [j.requests for j in joint(rows, apart=[("inspection",)])] == [(1, 2)]
    assert [j.requests for j in joint(rows)] == [(1, 2, 3)]


def test_of_equal_savings_the_one_that_moves_less_is_taken():
    # Three of an hour, but only two fit: the nearer pair.
    rows = [wanted(1, 0), wanted(2, 3), wanted(3, 4)]
    assert [j.requests for j in joint(rows, most_minutes=120)] == [(2, 3)]


requests = st.lists(
    st.builds(
        Request,
        st.integers(0, 20),
        st.integers(0, 20 * 24).map(lambda hours: NOW + timedelta(hours=hours)),
        st.integers(1, 120),
        organisation=st.integers(1, 3),
        is_fixed=st.booleans(),
    ),
    unique_by=lambda r: r.id,
    max_size=8,
)


@given(requests, st.integers(1, 10), st.integers(1, 240), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_every_joint_visit_keeps_the_rules_and_no_cut_into_neighbours_spares_more(rows, days, most, random):
    found = joint(rows, days=days, most_minutes=most)
    by_id, together = {r.id: r for r in rows}, [id_ for j in found for id_ in j.requests]

    assert found == joint(random.sample(rows, len(rows)), days=days, most_minutes=most)
    assert len(together) == len(set(together))
    for one in found:
        group = [by_id[id_] for id_ in one.requests]
        starts = [r.starts_at for r in group]
        assert len(group) > 1 and sum(r.is_fixed for r in group) <= 1
        assert max(starts) - min(starts) <= timedelta(days=days)
        assert one.minutes == sum(r.minutes for r in group) <= most
        assert one.starts_at == by_id[one.host].starts_at
        assert all(r.id == one.host for r in group if r.is_fixed)
    assert sum(j.saved for j in found) == _most_saved(sorted(rows, key=lambda r: (r.starts_at, r.id)), days, most)


def _most_saved(rows, days, most):
    """By trying every set of cuts."""
    best = 0
    for k in range(max(len(rows), 1)):
        for cuts in combinations(range(1, len(rows)), k):
            edges = [0, *cuts, len(rows)]
            groups = [rows[a:b] for a, b in pairwise(edges)]
            fits = all(
                len(g) < 2
                or (
                    g[-1].starts_at - g[0].starts_at <= timedelta(days=days)
                    and sum(r.minutes for r in g) <= most
                    and sum(r.is_fixed for r in g) < 2
                )
                for g in groups
            )
            if fits:
                best = max(best, len(rows) - len(groups))
    return best


def test_bad_requests_are_told_in_a_sentence():
    with pytest.raises(ValueError, match="request 1 has no time zone"):
        joint([Request(1, datetime(2026, 11, 23, 9), 60)])
    with pytest.raises(ValueError, match="takes 0 minutes"):
        joint([wanted(1, minutes=0)])
    with pytest.raises(ValueError, match="a request 1 twice"):
        joint([wanted(1), wanted(1)])
    with pytest.raises(ValueError, match="days and most_minutes"):
        joint([], days=0)
