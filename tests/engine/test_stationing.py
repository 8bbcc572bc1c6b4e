"""Who serves whom: as many as possible, never forbidden, never too many, and nothing cheaper."""

import doctest
import re
from dataclasses import asdict, replace
from datetime import date
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openliaison.engine.stationing import REASONS, Enterprise, Loads, Officer, Weights, flow, propose
from openliaison.engine.stationing.costs import Costs
from openliaison.engine.stationing.measures import gini

TODAY = date(2026, 11, 23)
NOTHING = Weights(near=0, step=0, far=0, sector=0, language=0, history=0, change=0, asked=0, even=0, over=0)
OFFICERS = ("Chen", "Li", "Sun", "Wu")
PATHS = ("", "p/c/a/", "p/c/b/", "p/c/b/x/", "p/d/")


def served(found):
    return {a.enterprise: a.officer for a in found.assignments}


def reasons(found, enterprise):
    return {r["key"]: r for a in found.assignments if a.enterprise == enterprise for r in a.reasons}


def run(enterprises, officers, **given):
    return propose(enterprises, officers, today=TODAY, **given)


# Anything that may come

points = st.none() | st.tuples(
    st.integers(-2, 2).map(lambda n: 42 + n / 5), st.integers(-2, 2).map(lambda n: 124 + n / 5)
)
names = st.sampled_from([*OFFICERS, "gone"])


@st.composite
def enterprises(draw, most=6):
    return [
        Enterprise(
            n,
            path=draw(st.sampled_from(PATHS)),
            point=draw(points),
            sector=draw(st.sampled_from(["", "13", "33"])),
            language=draw(st.sampled_from(["", "zh", "ko"])),
            current=draw(st.none() | names),
            term_until=draw(st.sampled_from([None, date(2026, 1, 1), date(2027, 1, 1)])),
            wants_change=draw(st.booleans()),
            barred=draw(st.frozensets(names, max_size=2)),
            barred_organisations=draw(st.frozensets(st.sampled_from([1, 2]), max_size=1)),
            history=draw(st.dictionaries(names, st.integers(0, 15), max_size=2)),
        )
        for n in range(draw(st.integers(0, most)))
    ]


@st.composite
def officers(draw):
    chosen = draw(st.lists(st.sampled_from(OFFICERS), unique=True))
    return [
        Officer(
            name,
            path=draw(st.sampled_from(PATHS)),
            point=draw(points),
            organisation=draw(st.sampled_from([None, 1, 2])),
            sectors=draw(st.frozensets(st.sampled_from(["13", "33"]))),
            languages=draw(st.frozensets(st.sampled_from(["zh", "ko"]))),
            room=draw(st.none() | st.integers(0, 3)),
            held=draw(st.integers(0, 2)),
        )
        for name in chosen
    ]


loads = st.tuples(st.integers(1, 3), st.integers(0, 2)).map(lambda pair: Loads(pair[0], sum(pair)))
weights = st.just(Weights()) | st.builds(
    Weights, near=st.integers(0, 20), change=st.integers(0, 500), even=st.integers(0, 50), over=st.integers(0, 300)
)


def least(rows, people, loads, weights):
    """(unserved, points) of the best of all assignments, by trying every load of every officer."""
    rows, people = sorted(rows, key=lambda r: r.id), sorted(people, key=lambda p: p.id)
    costs = Costs(rows, people, weights, TODAY)
    ways = {tuple(p.held for p in people): (0, 0)}
    for n in range(len(rows)):
        further = {}
        for load, (unserved, points) in ways.items():
            left_out = weights.change if costs.stays[n] else 0  # the wish to keep it, where nobody can serve
            options = [(load, (unserved + 1, points + left_out))]
            for o, officer in enumerate(people):
                if costs.allowed[n, o] and load[o] < loads.limit(officer):
                    then = (*load[:o], load[o] + 1, *load[o + 1 :])
                    pair = int(costs.matrix[n, o]) + weights.of_load(then[o], loads)
                    options.append((then, (unserved, points + pair)))
            for then, value in options:
                further[then] = min(further.get(then, value), value)
        ways = further
    return min(ways.values())


def value(found, rows, people, weights):
    """What the flow makes least: points, and the wish to keep of those left out."""
    costs = Costs(sorted(rows, key=lambda r: r.id), sorted(people, key=lambda p: p.id), weights, TODAY)
    left_out = sum(weights.change for n, a in enumerate(found.assignments) if a.officer is None and costs.stays[n])
    return found.proposed.unserved, found.proposed.cost + left_out


@given(enterprises(), officers(), loads, weights)
@settings(max_examples=200, deadline=None)
def test_nothing_is_cheaper_among_all_assignments(rows, people, loads, weights):
    found = run(rows, people, loads=loads, weights=weights)

    assert value(found, rows, people, weights) == least(rows, people, loads, weights)
    assert found.is_proven


@given(enterprises(), officers(), loads)
@settings(max_examples=150, deadline=None)
def test_nobody_serves_too_many_or_where_they_may_not(rows, people, loads):
    found, by_name = run(rows, people, loads=loads), {p.id: p for p in people}

    assert [a.enterprise for a in found.assignments] == [r.id for r in rows]
    chosen = [a.officer for a in found.assignments if a.officer]
    for name, officer in by_name.items():
        assert chosen.count(name) + min(officer.held, loads.limit(officer)) <= loads.limit(officer)
    for row, a in zip(rows, found.assignments, strict=True):
        assert a.officer not in row.barred
        assert a.officer is None or by_name[a.officer].organisation not in row.barred_organisations
    assert found.proposed.forbidden == 0


@given(enterprises(), officers(), loads, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_rows_changes_nothing(rows, people, loads, random):
    mixed, others = random.sample(rows, len(rows)), random.sample(people, len(people))

    assert run(mixed, others, loads=loads) == run(rows, people, loads=loads)


@given(enterprises(), officers(), loads)
@settings(max_examples=100, deadline=None)
def test_more_room_never_makes_it_worse(rows, people, loads):
    wider = replace(loads, most=loads.most + 1)
    more = [*people, Officer("Zhao")]
    before = value(run(rows, people, loads=loads), rows, people, Weights())

    assert value(run(rows, people, loads=wider), rows, people, Weights()) <= before
    assert value(run(rows, more, loads=loads), rows, more, Weights()) <= before


@given(enterprises(), officers(), loads)
@settings(max_examples=100, deadline=None)
def test_it_is_never_worse_than_today_where_today_may_be(rows, people, loads):
    found = run(rows, people, loads=loads)

    assert found.proposed.unserved <= found.today.unserved or found.today.over_most or found.today.forbidden
    if not found.today.over_most and not found.today.forbidden and found.today.unserved == found.proposed.unserved:
        assert value(found, rows, people, Weights())[1] <= found.today.cost + 200 * found.today.unserved


@given(enterprises(), officers(), loads)
@settings(max_examples=100, deadline=None)
def test_every_reason_is_one_of_those_named_and_everybody_has_one(rows, people, loads):
    for a in run(rows, people, loads=loads).assignments:
        assert a.reasons and {r["key"] for r in a.reasons} <= set(REASONS)
        assert (a.change == "nobody") == (a.officer is None)
        assert (a.change == "keep") == (a.officer is not None and a.officer == a.current)


def county(rows=60, people=40, seed=7):
    rng = np.random.default_rng(seed)
    firms = [
        Enterprise(n, point=(42 + rng.random(), 124 + rng.random()), sector=str(rng.integers(6)),
                   current=int(rng.integers(people)))
        for n in range(rows)
    ]  # fmt: skip
    return firms, [
        Officer(n, point=(42 + rng.random(), 124 + rng.random()), sectors=frozenset({str(rng.integers(6))}))
        for n in range(people)
    ]


@pytest.mark.parametrize("most", [1, 2, 5])
@pytest.mark.parametrize("first", [1, 2, 5])
def test_few_pairs_give_the_same_as_all_pairs(monkeypatch, first, most):
    firms, people = county()
    monkeypatch.setattr(flow, "FIRST_PAIRS", 1_000)
    whole = run(firms, people, loads=Loads(1, most))
    monkeypatch.setattr(flow, "FIRST_PAIRS", first)
    few = run(firms, people, loads=Loads(1, most))

    assert (few.proposed.unserved, few.proposed.cost) == (whole.proposed.unserved, whole.proposed.cost)
    assert few.is_proven and whole.is_proven
    assert few.pairs < whole.pairs == 60 * 40


def test_pairs_left_out_come_in_at_last_even_if_no_round_is_enough(monkeypatch):
    firms, people = county()
    whole = run(firms, people, loads=Loads(1, 2))
    monkeypatch.setattr(flow, "FIRST_PAIRS", 1)
    monkeypatch.setattr(flow, "MOST_ROUNDS", 1)
    found = run(firms, people, loads=Loads(1, 2))

    assert (found.rounds, found.pairs, found.is_proven) == (2, 60 * 40, True)
    assert found.proposed.cost == whole.proposed.cost


# One thing at a time


def test_each_kilometre_counts_and_the_way_is_told():
    # A degree of latitude is 111.2 km.
    found = run([Enterprise(1, point=(42.1, 124.0))], [Officer("far", point=(42.5, 124.0)),
                                                         Officer("near", point=(42.0, 124.0))])  # fmt: skip

    assert served(found) == {1: "near"}
    assert found.assignments[0].cost == 111
    assert reasons(found, 1)["near"] == {"key": "near", "km": 11.1}
    assert reasons(found, 1)["runner_up"] == {"key": "runner_up", "officer": "far", "by": "near", "points": 334}
    assert found.proposed.travel_km == 11.1 and found.proposed.travel_known == 1


def test_without_a_point_the_steps_between_localities_count():
    people = [Officer("cousin", path="p/c/a/"), Officer("same", path="p/c/b/"), Officer("above", path="p/c/")]

    found = run([Enterprise(1, path="p/c/b/")], people)
    assert served(found) == {1: "same"} and reasons(found, 1)["same_locality"] == {"key": "same_locality"}
    found = run([Enterprise(1, path="p/c/b/")], people[::2])
    assert served(found) == {1: "above"} and found.assignments[0].cost == 80
    assert reasons(found, 1)["near"] == {"key": "near", "steps": 1}
    assert run([Enterprise(1, path="p/c/b/")], people[:1]).assignments[0].cost == 160


def test_a_way_that_is_not_known_costs_half_of_the_farthest_and_is_not_told():
    found = run([Enterprise(1)], [Officer("Li", path="p/c/")])
    assert found.assignments[0].cost == 300
    assert set(reasons(found, 1)) == {"load", "no_other"}


def test_the_way_never_costs_more_than_the_farthest():
    found = run([Enterprise(1, point=(42.0, 124.0))], [Officer("Li", point=(-42.0, -56.0))])
    assert found.assignments[0].cost == 600 and reasons(found, 1)["far"]["km"] == 20015.1


def test_the_trade_is_known_by_declaration_or_from_another_enterprise_but_not_from_the_same():
    rows = [Enterprise(1, sector="33", current="Li", term_until=date(2026, 1, 1)), Enterprise(2, sector="33")]
    only = replace(NOTHING, sector=60)
    found = run(rows, [Officer("Li"), Officer("Wu")], weights=only, loads=Loads(1, 1))

    # Li knows the trade from enterprise 1, which helps with 2 and not with 1 itself.
    assert served(found) == {1: "Wu", 2: "Li"}
    assert found.proposed.cost == 60
    assert "same_sector" in reasons(found, 2) and "same_sector" not in reasons(found, 1)
    found = run(rows[1:], [Officer("Li"), Officer("Wu", sectors=frozenset({"33"}))], weights=only)
    assert served(found) == {2: "Wu"}


def test_a_language_counts_only_where_it_is_known_what_the_officer_speaks():
    people = [Officer("Chen", languages=frozenset({"zh"})), Officer("Li"), Officer("Wu", languages=frozenset({"ko"}))]
    costs = Costs([Enterprise(1, language="ko"), Enterprise(2)], people, replace(NOTHING, language=200), TODAY)
    assert costs.matrix.tolist() == [[200, 0, 0], [0, 0, 0]]


def test_history_counts_up_to_ten_visits():
    row = Enterprise(1, history={"Chen": 5, "Li": 25, "gone": 3})
    people = [Officer("Chen"), Officer("Li"), Officer("Wu")]
    costs = Costs([row, Enterprise(2)], people, replace(NOTHING, history=80), TODAY)
    assert costs.matrix.tolist() == [[40, 0, 80], [0, 0, 0]]
    assert reasons(run([row], people), 1)["served_before"]["visits"] == 25


def test_what_works_is_kept_until_it_is_clearly_worse():
    near, far = Officer("near", point=(42.0, 124.0)), Officer("far", point=(42.1, 124.0))
    row = Enterprise(1, point=(42.0, 124.0), current="far")

    found = run([row], [near, far])
    assert found.assignments[0].change == "keep" and "stays" in reasons(found, 1)
    found = run([row], [near, replace(far, point=(42.3, 124.0))])
    assert found.assignments[0].change == "move"
    assert reasons(found, 1)["better"] == {"key": "better", "by": "near", "points": 134}


def test_a_term_that_is_over_binds_nobody():
    near, far = Officer("near", point=(42.0, 124.0)), Officer("far", point=(42.1, 124.0))
    row = Enterprise(1, point=(42.0, 124.0), current="far", term_until=date(2026, 11, 22))

    assert reasons(run([row], [near, far]), 1)["term_over"] == {"key": "term_over", "on": "2026-11-22"}
    assert served(run([row], [near, far])) == {1: "near"}
    assert served(run([replace(row, term_until=TODAY)], [near, far])) == {1: "far"}


def test_an_enterprise_that_asked_for_another_officer_gets_one_if_there_is_any():
    row = Enterprise(1, current="Li", wants_change=True)
    found = run([row], [Officer("Li"), Officer("Wu", held=4)])
    assert served(found) == {1: "Wu"} and "asked_for_change" in reasons(found, 1)
    found = run([row], [Officer("Li")])
    assert served(found) == {1: "Li"} and "change_not_possible" in reasons(found, 1)


def test_places_beyond_the_usual_are_used_last():
    rows = [Enterprise(n, point=(42.0, 124.0)) for n in range(5)]
    people = [Officer("Li", point=(42.0, 124.0)), Officer("Wu", point=(42.1, 124.0))]

    found = run(rows, people, loads=Loads(3, 5))
    # With 11.1 km a pair at Wu costs 111; Li's fourth place 30 + 150.
    assert sorted(served(found).values()) == ["Li", "Li", "Li", "Wu", "Wu"]
    assert found.proposed.by_load == {2: 1, 3: 1} and found.proposed.over_usual == 0
    assert found.proposed.cost == 0 + 10 + 20 + 111 + 111 + 10
    of_li = next(n for n, officer in served(found).items() if officer == "Li")
    assert reasons(found, of_li)["load"] == {"key": "load", "n": 3, "over": 0}


def test_when_there_are_too_many_the_dearest_stay_without_and_are_told_why():
    rows = [Enterprise(n, point=(42.0 + n / 10, 124.0)) for n in range(3)]
    found = run(rows, [Officer("Li", point=(42.0, 124.0))], loads=Loads(1, 2))

    assert served(found) == {0: "Li", 1: "Li", 2: None}
    assert reasons(found, 2) == {"no_room": {"key": "no_room", "officers": 1, "most": 2}}


def test_of_two_equals_the_one_who_has_an_officer_keeps_it():
    rows = [Enterprise(1), Enterprise(2, current="Li")]
    assert served(run(rows, [Officer("Li")], loads=Loads(1, 1))) == {1: None, 2: "Li"}


def test_serving_one_more_comes_before_any_cost():
    # Only Li may serve 1; serving both sends Li away from 2, whom Li serves well, to 1 at the far end.
    rows = [
        Enterprise(1, point=(10.0, 10.0), barred=frozenset({"Wu"}), language="ko"),
        Enterprise(2, point=(42.0, 124.0), current="Li", language="zh", history={"Li": 10}),
    ]
    people = [Officer("Li", point=(42.0, 124.0), languages=frozenset({"zh"})), Officer("Wu", point=(10.0, 10.0))]
    assert served(run(rows, people, loads=Loads(1, 1))) == {1: "Li", 2: "Wu"}


def test_whom_nobody_may_serve_is_told_so():
    row = Enterprise(1, barred_organisations=frozenset({7}), current="Li")
    found = run([row], [Officer("Li", organisation=7)])
    assert served(found) == {1: None} and "all_barred" in reasons(found, 1)
    assert found.today.forbidden == 1
    found = run([row], [Officer("Li", organisation=7), Officer("Wu")])
    assert served(found) == {1: "Wu"} and "current_barred" in reasons(found, 1)


def test_a_pin_holds_whatever_it_costs_and_takes_a_place():
    rows = [Enterprise(n, point=(42.0, 124.0), pinned="far" if n == 1 else None) for n in range(3)]
    people = [Officer("far", point=(10.0, 10.0)), Officer("near", point=(42.0, 124.0))]
    found = run(rows, people, loads=Loads(1, 2))

    assert served(found) == {0: "near", 1: "far", 2: "near"}
    assert "pinned" in reasons(found, 1) and "runner_up" not in reasons(found, 1)


def test_who_is_away_serves_nobody_and_counts_as_no_officer():
    found = run([Enterprise(1, current="Li")], [Officer("Li", room=0), Officer("Wu")])
    assert served(found) == {1: "Wu"}
    assert (found.proposed.officers, found.proposed.idle) == (1, 0)
    assert found.today.over_most == 1 and reasons(found, 1)["over_most"] == {"key": "over_most", "n": 1, "most": 0}


def test_an_officer_who_is_not_there_any_more_leaves_the_enterprise_unserved_today():
    found = run([Enterprise(1, current="gone")], [Officer("Li")])
    assert found.assignments[0].change == "move" and "officer_left" in reasons(found, 1)
    assert (found.today.served, found.today.unserved, found.proposed.served) == (0, 1, 1)
    assert found.proposed.kept_share is None


def test_what_is_held_elsewhere_counts():
    found = run([Enterprise(1), Enterprise(2)], [Officer("Li", held=4), Officer("Wu", held=3)], loads=Loads(3, 5))
    assert sorted(served(found).values()) == ["Li", "Wu"] or set(served(found).values()) == {"Wu"}
    assert found.proposed.by_load in ({4: 1, 5: 1}, {4: 2})
    assert run([Enterprise(1)], [Officer("Li", held=9)], loads=Loads(3, 5)).proposed.unserved == 1


def test_the_current_officers_place_may_be_needed_by_another():
    # Only Li may serve 2; so 1, which is Li's today, goes to Wu.
    rows = [Enterprise(1, current="Li"), Enterprise(2, barred=frozenset({"Wu"}))]
    found = run(rows, [Officer("Li"), Officer("Wu")], loads=Loads(1, 1))
    assert served(found) == {1: "Wu", 2: "Li"} and "makes_room" in reasons(found, 1)


@pytest.mark.parametrize("firms", [0, 3])
@pytest.mark.parametrize("people", [0, 2])
def test_nothing_to_do_is_no_fault(firms, people):
    found = run([Enterprise(n) for n in range(firms)], [Officer(n) for n in range(people)])
    assert found.proposed.served == (firms if people else 0)
    assert found.proposed.enterprises == firms and found.is_proven
    if firms and not people:
        assert reasons(found, 0) == {"no_officers": {"key": "no_officers"}}


def test_the_measures_of_today_are_counted_as_it_stands():
    rows = [Enterprise(n, point=(42.0, 124.0), current="Li" if n < 6 else None) for n in range(8)]
    people = [Officer("Li", point=(42.0, 124.0)), Officer("Wu", point=(42.0, 124.0))]
    today = run(rows, people).today

    assert (today.served, today.unserved, today.idle, today.over_usual, today.over_most) == (6, 2, 1, 1, 1)
    assert (today.mean_load, today.most_load, today.gini, today.by_load) == (3.0, 6, 0.5, {0: 1, 6: 1})
    assert (today.kept, today.kept_share) == (6, 1.0)
    assert today.cost == sum(10 * n for n in range(6)) + 150 * (1 + 2 + 3)
    assert today.as_dict()["by_load"] == {"0": 1, "6": 1}


def test_gini_of_one_with_all_is_near_one_and_of_none_is_nought():
    assert gini(np.array([0] * 9 + [10])) == 0.9
    assert gini(np.array([0, 0])) == gini(np.array([], int)) == 0.0


# Bad input


@pytest.mark.parametrize(
    ("rows", "people", "told"),
    [
        ([Enterprise(1), Enterprise(1)], [], "an enterprise 1 twice"),
        ([Enterprise(1), Enterprise("1")], [], "ids of an enterprise must all be numbers or all be text"),
        ([], [Officer("Li"), Officer("Li")], "an officer Li twice"),
        ([Enterprise(1, point=(124.0, 42.0))], [], "latitude and longitude"),
        ([Enterprise(1, point=(float("nan"), 42.0))], [], "latitude and longitude"),
        ([], [Officer("Li", held=-1)], "below zero"),
        ([], [Officer("Li", room=-1)], "below zero"),
        ([Enterprise(1, history={"Li": -1})], [], "history of enterprise 1"),
        ([Enterprise(1, pinned="Wu")], [Officer("Li")], "not among the officers"),
        ([Enterprise(1, pinned="Li", barred=frozenset({"Li"}))], [Officer("Li")], "may not serve it"),
        ([Enterprise(1, pinned="Li")], [Officer("Li", held=5)], "6 enterprises are pinned to or held by Li"),
    ],
)
def test_bad_rows_are_told_in_a_sentence(rows, people, told):
    with pytest.raises(ValueError, match=told):
        run(rows, people)


def test_bad_loads_and_weights_are_told_in_a_sentence():
    for usual, most in ((0, 3), (4, 3), (1.5, 3)):
        with pytest.raises(ValueError, match="usual"):
            Loads(usual, most)
    with pytest.raises(ValueError, match="no weight “nearer”; there are: near, step"):
        Weights.from_mapping({"nearer": 1})
    for bad in (-1, 1.5, True, 100_001):
        with pytest.raises(ValueError, match="“near”"):
            Weights.from_mapping({"near": bad})
    assert Weights.from_mapping({"near": 5}) == Weights(near=5)


def test_the_documented_weights_are_those_of_the_code():
    text = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "stationing.md").read_text(encoding="utf-8")
    rows = dict(
        re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", text.split("### What it costs")[1].split("###")[0], flags=re.M)
    )
    assert {name: int(points.replace(",", "")) for name, points in rows.items()} == asdict(Weights())


def test_the_example_in_the_documentation_is_computed_as_written():
    # 0.1° of latitude are 11.1 km; the officer has one enterprise already.
    found = run([Enterprise(1, point=(42.1, 124.0), sector="33")], [Officer("Li", point=(42.0, 124.0), held=1)])
    assert found.proposed.cost == 0 + 111 + 60 + 10
    found = run([Enterprise(1, point=(42.1, 124.0))], [Officer("Li", point=(42.0, 124.0), held=1)])
    assert found.proposed.cost == 111 + 10


@pytest.mark.parametrize("module", ["joint_visit", "measures", "next_visit", "proposing"])
def test_the_examples_in_the_code_hold(module):
    found = doctest.testmod(import_module(f"openliaison.engine.stationing.{module}"))
    assert found.attempted and not found.failed
