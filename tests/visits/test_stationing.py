"""Proposals of who serves whom: computed in the desk's scope, accepted, outdated, declined, taken back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob

from openliaison.core.models import Journal, Task
from openliaison.engine import stationing as engine
from openliaison.register import services as register
from openliaison.register.models import Link
from openliaison.visits.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.visits.models import Proposal, Suggestion, Visit
from openliaison.visits.stationing import computing, deciding, inputs, selectors, wording
from openliaison.visits.stationing.combining import together
from tests import factories as f
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


class County:
    """Two officers, one with five enterprises and one with none; a sixth enterprise is without an officer."""

    def __init__(self) -> None:
        self.place = f.place()
        self.desk = f.role("coordinator")
        self.busy, self.idle = f.role("officer"), f.role("officer")
        self.served = [f.enterprise() for _n in range(5)]
        self.lonely = f.enterprise()
        for one in self.served:
            f.stationed(self.busy, one, term_until=TODAY + 200 * DAY)

    def start(self, **given) -> Proposal:
        given = {"usual": 3, "most": 5, "emphasis": {"keep": "none"}, "client_key": uuid4()} | given
        return computing.start_proposal(locality=self.desk.locality, by=self.desk, at=NOON, **given)

    def ready(self, **given) -> Proposal:
        made = self.start(**given)
        for part in made.wanted["parts"]:
            computing.compute_part(proposal_id=made.pk, part=part, role_id=self.desk.pk, at=NOON)
        return Proposal.objects.get(pk=made.pk)

    def accept(self, made: Proposal, ids: list[int]):
        return deciding.accept_suggestions(proposal=made, ids=ids, by=self.desk, at=NOON)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def county():
    return County()


def of(made: Proposal, enterprise) -> Suggestion:
    return Suggestion.objects.get(proposal=made, enterprise=enterprise)


def officer_of(enterprise) -> list:
    links = Link.objects.active(TODAY).filter(enterprise=enterprise, kind="officer")
    return [link.user for link in links.select_related("user")]


def test_a_proposal_serves_the_unserved_and_says_how_it_stands_beside_today(county):
    made = county.ready()

    assert (made.state, made.step) == (Proposal.State.READY, "1/1")
    assert (made.measures["today"]["unserved"], made.measures["proposed"]["unserved"]) == (1, 0)
    assert made.measures["proposed"]["over_usual"] == 0
    assert made.measures["proposed"]["by_load"] == {"3": 2}
    first = of(made, county.lonely)
    assert (first.change, first.officer, first.current) == ("new", county.idle.user, None)
    moved = Suggestion.objects.filter(proposal=made, change="move")
    assert {(s.current, s.officer) for s in moved} == {(county.busy.user, county.idle.user)}
    assert moved.count() == 2


def test_what_counts_in_plain_words_reaches_the_sum(county):
    eager, careful = county.ready(), county.ready(emphasis={"keep": "much"})

    assert eager.wanted["weights"]["change"] == 0
    assert careful.wanted["weights"]["change"] == 400
    moved = [Suggestion.objects.filter(proposal=p, change="move").count() for p in (eager, careful)]
    assert moved == [2, 0]
    assert careful.measures["proposed"]["kept_share"] == 1


def test_nothing_changes_before_somebody_accepts(county):
    county.ready()

    assert officer_of(county.lonely) == []
    assert Link.objects.count() == 5


def test_the_job_twice_leaves_one_suggestion_an_enterprise(county):
    made = county.ready()
    computing.compute_part(proposal_id=made.pk, part=made.wanted["parts"][0], role_id=county.desk.pk, at=NOON)

    assert Suggestion.objects.filter(proposal=made).count() == 6
    assert ProcrastinateJob.objects.filter(task_name=computing.JOB).count() == 1


def test_sent_twice_it_is_one_proposal_and_a_newer_one_closes_the_undecided(county):
    key = uuid4()
    made = county.ready(client_key=key)
    assert county.start(client_key=key).pk == made.pk

    newer = county.ready()
    made.refresh_from_db()
    assert (made.state, newer.state) == (Proposal.State.CLOSED, Proposal.State.READY)
    with pytest.raises(AlreadyDone, match="decided"):
        county.accept(made, [of(made, county.lonely).pk])


def test_only_the_coordinator_of_the_area_may_ask_and_an_empty_area_is_refused(county):
    township = f.role("coordinator", area="211221102")
    with pytest.raises(NotAllowed):
        computing.start_proposal(
            locality=county.desk.locality, usual=3, most=5, emphasis={}, by=township, at=NOON, client_key=uuid4()
        )
    with pytest.raises(Incomplete, match="no enterprise"):
        computing.start_proposal(
            locality=f.locality("211221102"),
            usual=3,
            most=5,
            emphasis={},
            by=county.desk,
            at=NOON,
            client_key=uuid4(),
        )
    with pytest.raises(Incomplete, match="not above the most"):
        county.start(usual=4, most=3)


def test_while_one_is_computed_a_second_of_the_same_area_waits(county):
    county.start()
    with pytest.raises(AlreadyDone, match="being computed"):
        county.start()


def test_work_that_broke_off_is_told_and_goes_on(county):
    made = county.start()
    later = NOON + computing.STUCK + timedelta(minutes=1)
    assert not computing.is_stuck(made, NOON)
    with pytest.raises(AlreadyDone):
        computing.resume_proposal(proposal=made, by=county.desk, at=NOON)

    assert computing.is_stuck(made, later)
    computing.resume_proposal(proposal=made, by=county.desk, at=later)
    assert ProcrastinateJob.objects.filter(task_name=computing.JOB).count() == 2


def test_who_left_meanwhile_gets_no_result(county):
    made = county.start()
    county.desk.ends_on = TODAY - DAY
    county.desk.save()
    computing.compute_part(proposal_id=made.pk, part=made.wanted["parts"][0], role_id=county.desk.pk, at=NOON)

    made.refresh_from_db()
    assert (made.state, made.error) == (Proposal.State.FAILED, "left")
    assert not Suggestion.objects.exists()


def test_accepting_stations_ends_the_former_with_a_reason_and_tells_each_officer_once(county):
    made = county.ready()
    changes = Suggestion.objects.filter(proposal=made).to_decide()
    result = county.accept(made, [s.pk for s in changes])

    assert (len(result.accepted), result.outdated) == (3, [])
    assert officer_of(county.lonely) == [county.idle.user]
    ended = Link.objects.filter(user=county.busy.user, ends_on=TODAY - DAY)
    assert {link.end_reason for link in ended} == {deciding.BY_PROPOSAL}
    begun = Link.objects.filter(user=county.idle.user)
    assert {link.term_until for link in begun} == {date(2027, 11, 22)}
    assert Task.objects.filter(person=county.idle.user, kind="notice").count() == 1
    assert Task.objects.filter(person=county.busy.user, kind="notice").count() == 1
    made.refresh_from_db()
    assert made.state == Proposal.State.CLOSED
    assert Journal.objects.filter(verb="stationed").count() == 3


def test_in_part_leaves_the_rest_to_decide(county):
    made = county.ready()
    county.accept(made, [of(made, county.lonely).pk])

    made.refresh_from_db()
    assert made.state == Proposal.State.READY
    assert Suggestion.objects.filter(proposal=made).to_decide().count() == 2
    n = deciding.decline_suggestions(
        proposal=made,
        ids=[s.pk for s in Suggestion.objects.filter(proposal=made).to_decide()],
        by=county.desk,
        at=NOON,
    )
    made.refresh_from_db()
    assert (n, made.state) == (2, Proposal.State.CLOSED)
    assert Link.objects.active(TODAY).filter(user=county.busy.user).count() == 5


def test_what_changed_meanwhile_is_outdated_and_left_alone(county):
    made = county.ready()
    other = f.role("officer")
    register.station(enterprise=county.lonely, officer=other, kind="officer", starts_on=TODAY, by=county.desk, at=NOON)
    result = county.accept(made, [of(made, county.lonely).pk])

    assert [s.enterprise for s in result.outdated] == [county.lonely]
    assert officer_of(county.lonely) == [other.user]
    assert of(made, county.lonely).state == Suggestion.State.OUTDATED


def test_an_officer_who_left_meanwhile_is_not_stationed(county):
    made = county.ready()
    county.idle.ends_on = TODAY - DAY
    county.idle.save()

    result = county.accept(made, [s.pk for s in Suggestion.objects.filter(proposal=made).to_decide()])
    assert (len(result.accepted), len(result.outdated)) == (0, 3)


def test_taken_back_on_the_same_day_it_is_as_before(county):
    made = county.ready()
    moved = Suggestion.objects.filter(proposal=made, change="move").first()
    county.accept(made, [moved.pk, of(made, county.lonely).pk])
    deciding.undo_acceptance(suggestion=moved, by=county.desk, at=NOON)
    deciding.undo_acceptance(suggestion=of(made, county.lonely), by=county.desk, at=NOON)

    assert officer_of(moved.enterprise) == [county.busy.user]
    assert officer_of(county.lonely) == []
    restored = Link.objects.get(enterprise=moved.enterprise, user=county.busy.user)
    assert (restored.ends_on, restored.end_reason) == (None, "")
    moved.refresh_from_db()
    assert moved.state == Suggestion.State.OPEN


def test_taken_back_later_the_former_officer_begins_again_and_not_for_ever(county):
    made = county.ready()
    moved = Suggestion.objects.filter(proposal=made, change="move").first()
    county.accept(made, [moved.pk])
    late = Suggestion.objects.get(pk=moved.pk)
    with pytest.raises(AlreadyDone, match="7 days ago"):
        deciding.undo_acceptance(suggestion=late, by=county.desk, at=NOON + timedelta(days=8))

    deciding.undo_acceptance(suggestion=late, by=county.desk, at=NOON + timedelta(days=3))
    links = Link.objects.filter(enterprise=moved.enterprise).order_by("pk")
    assert [(k.user, k.starts_on, k.ends_on) for k in links] == [
        (county.busy.user, date(2026, 1, 1), TODAY - DAY),
        (county.idle.user, TODAY, TODAY + 2 * DAY),
        (county.busy.user, TODAY + 3 * DAY, None),
    ]


def test_nothing_is_taken_back_over_a_later_decision(county):
    made = county.ready()
    county.accept(made, [of(made, county.lonely).pk])
    register.station(
        enterprise=county.lonely,
        officer=county.busy,
        kind="officer",
        starts_on=TODAY + DAY,
        replace=True,
        by=county.desk,
        at=NOON,
    )
    with pytest.raises(AlreadyDone, match="since"):
        deciding.undo_acceptance(suggestion=of(made, county.lonely), by=county.desk, at=NOON)


def test_many_are_accepted_by_the_worker_once(county):
    made = county.ready()
    ids = [s.pk for s in Suggestion.objects.filter(proposal=made).to_decide()]
    deciding.accept_later(proposal=made, ids=ids, by=county.desk, at=NOON)
    made.refresh_from_db()
    assert made.step == "accepting"
    for _twice in range(2):
        deciding.accept_at_work(proposal_id=made.pk, ids=ids, role_id=county.desk.pk, at=NOON)

    made.refresh_from_db()
    assert made.step == ""
    assert Link.objects.filter(user=county.idle.user).count() == 3
    assert Task.objects.filter(person=county.idle.user).count() == 1


def test_a_kept_officer_whose_term_ends_is_renewed_by_accepting(county):
    stays = county.served[0]
    Link.objects.filter(enterprise=stays).update(term_until=TODAY + 5 * DAY)
    made = county.ready(usual=5)
    suggestion = of(made, stays)
    assert suggestion.change == "keep"
    county.accept(made, [suggestion.pk])

    assert Link.objects.get(enterprise=stays).term_until > date(2027, 11, 1)


# ── What the engine is told ──────────────────────────────────


def test_the_frame_holds_history_trade_load_elsewhere_and_where_one_is_at_home(county):
    far = f.enterprise(at="211202")
    f.stationed(county.busy, far)
    county.served[0].industry = "3630"
    county.served[0].save()
    Visit.objects.create(
        place=county.place,
        enterprise=county.served[0],
        locality_path=county.served[0].locality_path,
        officer=county.idle.user,
        nothing_new=True,
        at=NOON,
        recorded_at=NOON,
    )
    path = county.desk.locality.path
    found = inputs.frame(county.desk.scope(NOON), county.place, path, [path])

    row = next(e for e in found.enterprises if e.id == county.served[0].pk)
    assert (row.current, row.sector, row.history) == (county.busy.user_id, "36", {county.idle.user_id: 1})
    busy = next(o for o in found.officers if o.id == county.busy.user_id)
    assert (busy.held, busy.sectors, busy.path) == (1, frozenset({"36"}), county.served[0].locality_path)
    assert far.pk not in {e.id for e in found.enterprises}


def test_a_city_is_computed_county_by_county_and_a_city_officer_takes_part_once(county):
    f.enterprise(at="211202")
    city = f.role("coordinator", area="211200")
    wide = f.role("officer", area="211200")
    of_all = inputs.parts(city.locality)
    assert county.desk.locality.path in of_all and len(of_all) > 1

    taking_part = [
        path
        for path in of_all
        if wide.user_id in {o.id for o in inputs.frame(city.scope(NOON), county.place, path, of_all).officers}
    ]
    assert len(taking_part) == 1


def test_measures_of_counties_add_up():
    one = engine.propose([engine.Enterprise(1)], [engine.Officer(1)], today=TODAY)
    two = engine.propose(
        [engine.Enterprise(2), engine.Enterprise(3)], [engine.Officer(2), engine.Officer(3)], today=TODAY
    )
    today = [one.today.as_dict(), two.today.as_dict()]
    both = together([one.proposed.as_dict(), two.proposed.as_dict()], today)
    whole = engine.propose(
        [engine.Enterprise(n) for n in (1, 2, 3)], [engine.Officer(n) for n in (1, 2, 3)], today=TODAY
    ).proposed.as_dict()
    assert {k: both[k] for k in ("served", "officers", "mean_load", "gini", "by_load", "kept_share")} == {
        k: whole[k] for k in ("served", "officers", "mean_load", "gini", "by_load", "kept_share")
    }


# ── Words ────────────────────────────────────────────────────


def test_every_reason_of_the_engine_has_words():
    assert set(engine.REASONS) == wording.WORDED


def test_reasons_are_told_in_the_readers_language_the_next_best_last(county):
    reasons = [
        {"key": "runner_up", "officer": 7, "by": "near", "points": 12},
        {"key": "near", "km": 4.2},
        {"key": "load", "n": 3, "over": 0},
    ]
    told = wording.told(reasons, {7: "Li"}, county.place.industry_scheme)
    assert told[-1].count("Li") == 1
    assert "4.2" in told[0]


def test_the_numbers_of_today_are_those_of_the_rows(county):
    scope = county.desk.scope(NOON)
    now = selectors.standing(scope, county.place)
    assert (now.enterprises, now.served, now.unserved, now.officers, now.idle, now.over) == (6, 5, 1, 2, 1, 0)
    assert now.by_load == [(0, 1), (1, 0), (2, 0), (3, 0), (4, 0), (5, 1)]
    listed = selectors.officers(scope, county.place, {"load": "above"})
    assert [(r.user, r.served) for r in listed] == [(county.busy.user, 5)]
    assert [r.user for r in selectors.officers(scope, county.place, {"load": "none"})] == [county.idle.user]
