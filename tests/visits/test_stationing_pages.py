"""What the desk and the leader see of stationing, and what the doors refuse."""

import csv
import io
from datetime import date, timedelta
from uuid import uuid4

import pytest

from openliaison.core.models import Task
from openliaison.register.models import Link
from openliaison.visits.models import Proposal, Suggestion
from openliaison.visits.stationing import computing
from openliaison.visits.stationing.terms import ask_about_terms
from tests import factories as f
from tests.conftest import NOON
from tests.visits.test_stationing import County

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def county():
    return County()


@pytest.fixture
def desk(county, at_the_screen):
    return at_the_screen(county.desk)


def test_the_form_starts_one_proposal_and_leads_to_its_page(county, desk):
    form = desk.get("/stationing/propose/").context["form"]
    assert (form.initial["usual"], form.initial["most"]) == (3, 5)
    sent = {
        "area": county.desk.locality_id,
        "usual": 3,
        "most": 5,
        "keep": "none",
        "near": "usual",
        "sector": "usual",
        "client_key": str(uuid4()),
    }
    for _twice in range(2):
        answer = desk.post("/stationing/propose/", sent)
    made = Proposal.objects.get()
    assert answer.headers["Location"] == f"/stationing/proposals/{made.pk}/"
    assert "being computed" in desk.get(answer.headers["Location"]).text
    assert "hx-get" in desk.get(f"/stationing/proposals/{made.pk}/progress/").text


def test_a_most_below_the_usual_is_refused_with_a_sentence_and_nothing_is_lost(county, desk):
    sent = {"area": county.desk.locality_id, "usual": 4, "most": 3, "keep": "much", "near": "usual", "sector": "none"}
    answer = desk.post("/stationing/propose/", sent | {"client_key": str(uuid4())})
    assert answer.status_code == 422
    assert "must not be below the usual" in answer.text
    assert answer.context["form"]["keep"].value() == "much"
    assert not Proposal.objects.exists()


def test_the_page_shows_reasons_and_takes_what_is_ticked(county, desk):
    made = county.ready()
    page = desk.get(f"/stationing/proposals/{made.pk}/")
    assert page.context["page"][0].change == "new"
    assert "Would then serve" in page.text
    first = Suggestion.objects.get(proposal=made, enterprise=county.lonely)
    answer = desk.post(f"/stationing/proposals/{made.pk}/decide/", {"pick": [first.pk], "what": "accept"}, follow=True)
    assert "1 accepted" in answer.text
    assert Link.objects.filter(enterprise=county.lonely, user=county.idle.user).exists()
    answer = desk.post(f"/stationing/suggestions/{first.pk}/undo/", follow=True)
    assert "is as it was before" in answer.text
    assert not Link.objects.active(TODAY).filter(enterprise=county.lonely).exists()


def test_all_takes_the_changes_that_the_filter_finds_and_no_other(county, desk):
    made = county.ready()
    desk.post(f"/stationing/proposals/{made.pk}/decide/", {"all": "1", "change": "new", "what": "accept"})
    assert Suggestion.objects.filter(proposal=made, state="accepted").count() == 1
    desk.post(f"/stationing/proposals/{made.pk}/decide/", {"all": "1", "what": "decline"})
    assert Suggestion.objects.filter(proposal=made, state="declined").count() == 2


def test_nothing_ticked_is_told_and_nothing_done(county, desk):
    made = county.ready()
    answer = desk.post(f"/stationing/proposals/{made.pk}/decide/", {"what": "accept"}, follow=True)
    assert "Tick some rows first" in answer.text
    assert not Suggestion.objects.exclude(state="open").exists()


def test_the_export_tells_the_reasons_in_words(county, desk):
    made = county.ready()
    answer = desk.get(f"/stationing/proposals/{made.pk}/?export=csv&change=new")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert next(r for r in rows if county.lonely.name in r)[4].startswith(("At home", "Would then"))


def test_a_failed_proposal_says_what_to_do(county, desk):
    made = county.start()
    Proposal.objects.filter(pk=made.pk).update(state="failed", error="too_large")
    page = desk.get(f"/stationing/proposals/{made.pk}/").text
    assert "Choose a county or township" in page
    desk.post(f"/stationing/proposals/{made.pk}/resume/")
    made.refresh_from_db()
    assert made.state == Proposal.State.WORKING


def test_another_county_sees_none_of_it(county, at_the_screen):
    made = county.ready()
    other = at_the_screen(f.role("coordinator", area="211202"))
    assert other.get(f"/stationing/proposals/{made.pk}/").status_code == 404
    assert other.get("/stationing/proposals/").context["list"].total == "0"


def test_the_leader_reads_officers_and_decides_nothing(county, at_the_screen):
    leader = at_the_screen(f.role("leader"))
    assert county.busy.user.label in leader.get("/stationing/officers/").text
    assert "Hand some over" not in leader.get("/stationing/officers/?load=above").text
    assert leader.get("/stationing/propose/").status_code == 403
    assert leader.get("/stationing/terms/").status_code == 403


def test_the_list_of_officers_asks_no_question_per_row(county, desk, django_assert_max_num_queries):
    for _n in range(30):
        f.role("officer")
    with django_assert_max_num_queries(20):
        page = desk.get("/stationing/officers/")
    assert [r.user.label for r in page.context["page"]] == sorted(r.user.label for r in page.context["page"])


def test_a_filter_that_does_not_exist_is_told(county, desk):
    answer = desk.get("/stationing/officers/?load=best")
    assert answer.status_code == 422
    assert not answer.context["page"].object_list


def test_terms_are_renewed_all_at_once_from_the_list(county, desk):
    Link.objects.filter(user=county.busy.user).update(term_until=TODAY + 10 * DAY)
    assert desk.get("/stationing/terms/").context["list"].total == "5"
    one = Link.objects.filter(user=county.busy.user).first()
    desk.post("/stationing/terms/renew/", {"pick": [one.pk]})
    answer = desk.post("/stationing/terms/renew/", {"all": "1", "officer": county.busy.user_id}, follow=True)
    assert "4 terms renewed" in answer.text
    assert answer.context["list"].total == "0"


def test_the_desk_is_asked_about_a_term_once_and_again_for_the_next(county):
    Link.objects.filter(user=county.busy.user).update(term_until=TODAY + 30 * DAY)
    assert (ask_about_terms(at=NOON), ask_about_terms(at=NOON + DAY)) == (5, 0)
    asked = Task.objects.get(person=county.desk.user, kind="task")
    assert asked.url == f"/stationing/terms/?officer={county.busy.user_id}"
    assert asked.params["count"] == "5"

    Link.objects.filter(user=county.busy.user).update(term_until=TODAY + 40 * DAY)
    assert (ask_about_terms(at=NOON), ask_about_terms(at=NOON + 15 * DAY)) == (0, 5)


def test_the_api_asks_reads_and_accepts(county, desk):
    body = {"locality": county.desk.locality.code, "keep": "none"}
    token = desk.get("/stationing/").cookies
    answer = desk.post(
        "/api/v1/stationing/proposals",
        body,
        content_type="application/json",
        headers={"X-CSRFToken": token["csrftoken"].value if "csrftoken" in token else ""},
    )
    assert answer.status_code == 201, answer.json()
    made = Proposal.objects.get()
    computing.compute_part(proposal_id=made.pk, part=made.wanted["parts"][0], role_id=county.desk.pk, at=NOON)
    read = desk.get(f"/api/v1/stationing/proposals/{made.pk}").json()
    assert (read["state"], read["proposed"]["unserved"]) == ("ready", 0)
    rows = desk.get(f"/api/v1/stationing/proposals/{made.pk}/suggestions?change=new").json()["items"]
    assert [r["enterprise"] for r in rows] == [county.lonely.label]
    assert rows[0]["reasons"]
    done = desk.post(
        f"/api/v1/stationing/proposals/{made.pk}/decisions",
        {"suggestions": [rows[0]["id"]], "accept": True},
        content_type="application/json",
    ).json()
    assert (done["accepted"], done["outdated"]) == ([rows[0]["id"]], [])
    assert desk.get("/api/v1/officers?load=free").json()["count"] == 1
