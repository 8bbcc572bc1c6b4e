"""Each home answers what to do now, and why; for its role, in a stated number of questions."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from openliaison.cases import services as cases
from openliaison.cases.models import Case
from openliaison.core.models import Task
from openliaison.register.models import Contact
from openliaison.visits.models import Visit
from openliaison.visits.services import Commitment, record_visit
from tests.conftest import NOON
from tests.factories import category, enterprise, organisation, role, stationed

KINDS = ("officer", "coordinator", "handler", "leader", "enterprise", "inspector", "analyst", "administrator")


def who(world, kind):
    known = {"officer": world.officer, "coordinator": world.coordinator, "handler": world.lead,
             "leader": world.leader, "enterprise": world.manager}  # fmt: skip
    return known.get(kind) or role(kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_home_bell_help_menu_and_search_open_for_everybody_in_both_languages(world, at_the_screen, kind, language):
    world.replied()
    browser = at_the_screen(who(world, kind), language)
    for url in ("/", "/bell/", "/bell/?show=all", "/help/", "/more/", "/search/", "/search/?q=bgzyqc"):
        assert browser.get(url).status_code == 200, url


@pytest.mark.parametrize(
    ("kind", "queries"),
    [("officer", 34), ("coordinator", 46), ("handler", 21), ("leader", 33), ("enterprise", 22), ("inspector", 11),
     ("administrator", 17)],
)  # fmt: skip
def test_a_home_costs_the_same_for_few_and_for_many(world, at_the_screen, django_assert_num_queries, kind, queries):
    def grow():
        fresh = enterprise()
        stationed(world.officer, fresh)
        record_visit(enterprise=fresh, nothing_new=True, by=world.officer, at=NOON)
        world.case()
        world.replied()
        cases.object_to_case(case=world.assigned(), reason="不归我们", by=world.lead, at=NOON)
        cases.ask_enterprise(case=world.assigned(), text="哪条线？", by=world.lead, at=NOON)
        Case.objects.filter(pk=world.assigned().pk).update(due_at=NOON - timedelta(hours=1))

    grow()
    browser = at_the_screen(who(world, kind))
    browser.get("/")
    for _n in range(3):
        grow()
    with django_assert_num_queries(queries):
        browser.get("/")


def test_strangers_are_sent_to_the_log_in(client, db):
    for url in ("/", "/bell/", "/search/", "/brief/", "/rows/open/", "/briefing/1/", "/dossier/1/", "/help/", "/more/"):
        assert client.get(url).status_code == 302


# Officer


def test_an_enterprise_never_contacted_is_to_be_seen_and_says_so(world, at_the_screen):
    page = at_the_screen(world.officer).get("/")
    (due,) = page.context["visits"]
    assert [r.text for r in due.reasons] == ["never contacted since it is on file"]


def test_a_recent_contact_leaves_no_reason_and_a_long_silence_names_its_days(world, at_the_screen):
    browser = at_the_screen(world.officer)
    record_visit(enterprise=world.enterprise, nothing_new=True, by=world.officer, at=NOON - timedelta(days=3))
    assert browser.get("/").context["visits"] == []
    Visit.objects.update(at=NOON - timedelta(days=45))
    (due,) = browser.get("/").context["visits"]
    assert [r.text for r in due.reasons] == ["no contact for 45 days"]


def test_cases_promises_and_questions_are_reasons_the_heaviest_first(world, at_the_screen):
    quiet = enterprise("安静企业有限公司")
    stationed(world.officer, quiet)
    promised = Commitment("联系供电公司", NOON.date() + timedelta(days=1))
    record_visit(enterprise=world.enterprise, commitments=[promised], by=world.officer, at=NOON)
    Case.objects.filter(pk=world.assigned().pk).update(due_at=NOON - timedelta(hours=1))
    cases.ask_enterprise(case=world.assigned(), text="哪条线？", by=world.lead, at=NOON)
    world.replied()

    page = at_the_screen(world.officer).get("/").context
    assert [v.enterprise.name for v in page["visits"]] == ["北岗专用汽车有限公司", "安静企业有限公司"]
    assert [r.text for r in page["visits"][0].reasons] == [
        "1 case overdue", "1 promise to it is due", "1 question waits for its answer", "1 reply waits for its word",
        "3 open cases",
    ]  # fmt: skip
    assert len(page["first"]) == 3
    assert "哪条线" in at_the_screen(world.officer).get("/").content.decode()


def test_who_was_visited_often_this_week_is_better_called(world, at_the_screen):
    world.replied()
    for _n in range(2):
        record_visit(enterprise=world.enterprise, nothing_new=True, by=world.officer, at=NOON - timedelta(days=1))
    page = at_the_screen(world.officer).get("/").context
    assert [v.seen_this_week for v in page["spare"]] == [2]
    assert page["visits"] == []


def test_who_is_better_called_can_be_called_with_one_tap(world, at_the_screen):
    world.replied()
    Contact.objects.create(enterprise=world.enterprise, name="周厂长", phone="024-7", is_main=True, recorded_at=NOON)
    for days in (1, 2):
        record_visit(enterprise=world.enterprise, notes="看了", by=world.officer, at=NOON - timedelta(days=days))
    page = at_the_screen(world.officer).get("/")
    assert [v.phone for v in page.context["spare"]] == ["024-7"]
    assert 'href="tel:024-7"' in page.content.decode()


# Coordinator


def test_a_new_case_suggests_the_office_of_its_category_with_real_counts(world, at_the_screen):
    for _n in range(2):
        cases.assign_case(
            case=world.case(category=category()), lead=organisation("grid"), by=world.coordinator, at=NOON
        )
    cases.assign_case(case=world.case(category=category()), lead=organisation("housing"), by=world.coordinator, at=NOON)
    world.case(category=category())

    (new,) = at_the_screen(world.coordinator).get("/").context["new"]
    assert new.suggestion.lead == organisation("grid")
    assert "it led 2 of the 3 cases of “Energy”" in new.suggestion.why


def test_without_precedent_the_desk_says_so_and_without_category_it_suggests_nobody(world, at_the_screen):
    world.case(category=category())
    world.case()
    first, second = at_the_screen(world.coordinator).get("/").context["new"]
    assert "none of this category was assigned" in first.suggestion.why
    assert second.suggestion is None


def test_one_click_assigns_and_the_second_click_changes_nothing(world, at_the_screen):
    case = world.case(category=category())
    browser, lead = at_the_screen(world.coordinator), organisation("grid")
    assert "is with" in browser.post(f"/assign/{case.pk}/", {"lead": lead.pk}, follow=True).content.decode()
    again = browser.post(f"/assign/{case.pk}/", {"lead": organisation("housing").pk}, follow=True).content.decode()

    case.refresh_from_db()
    assert (case.status, case.lead) == ("assigned", lead)
    assert "in the meantime" in again


def test_a_confidential_case_is_looked_at_first(world, at_the_screen):
    case = world.case(category=category(), is_confidential=True)
    browser = at_the_screen(world.coordinator)
    (new,) = browser.get("/").context["new"]
    assert new.hint == "Confidential: name a person."
    browser.post(f"/assign/{case.pk}/", {"lead": organisation("grid").pk})
    case.refresh_from_db()
    assert case.lead is None


@pytest.mark.parametrize("lead", ["", "x", "0"])
def test_a_lead_that_does_not_exist_leads_to_the_case_itself(world, at_the_screen, lead):
    case = world.case()
    answer = at_the_screen(world.coordinator).post(f"/assign/{case.pk}/", {"lead": lead})
    assert answer.url == f"/cases/{case.pk}/?tab=assign#act"


def test_only_the_desk_assigns_and_only_what_it_sees(world, at_the_screen):
    case = world.case()
    assert at_the_screen(world.leader).post(f"/assign/{case.pk}/", {}).status_code == 403
    assert at_the_screen(role("coordinator", area="211282")).post(f"/assign/{case.pk}/", {}).status_code == 404


def test_a_dispute_shows_what_both_offices_said(world, at_the_screen):
    case = world.assigned(category=category())
    cases.object_to_case(case=case, reason="属住建职责", by=world.lead, at=NOON)
    case = cases.rule_objection(case=case, lead=organisation("housing"), text="按职责", by=world.coordinator, at=NOON)
    cases.object_to_case(case=case, reason="是供电的线路", by=world.other, at=NOON)

    page = at_the_screen(world.coordinator).get("/")
    (dispute,) = page.context["disputes"]
    assert [o.reason for o in dispute.objections] == ["属住建职责", "是供电的线路"]
    assert dispute.is_second
    assert "the arbiter rules" in page.content.decode()


def test_who_is_visited_most_comes_first_with_who_came(world, at_the_screen):
    other = enterprise("安静企业有限公司")
    stationed(world.officer, other)
    for of, times in ((other, 2), (world.enterprise, 3)):
        for _n in range(times):
            record_visit(enterprise=of, nothing_new=True, by=world.officer, at=NOON)
    found = at_the_screen(world.coordinator).get("/").context["too_often"]
    assert [(f.enterprise, f.visits, f.look) for f in found] == [(world.enterprise, 3, "over"), (other, 2, "due")]
    assert found[0].comers[0].by == f"Visit by {world.officer.user.label}"


def test_those_not_contacted_come_longest_first_with_who_is_to_call(world, at_the_screen):
    enterprise("无人企业有限公司")
    record_visit(enterprise=world.enterprise, nothing_new=True, by=world.officer, at=NOON - timedelta(days=31))
    found = at_the_screen(world.coordinator).get("/").context["silent"]
    assert found[-1].enterprise == world.enterprise
    assert found[-1].officers == [world.officer.user]
    assert found[0].last_at is None


# Handler


def test_the_department_sees_overdue_first_and_what_waits_apart(world, at_the_screen):
    late, open_, asked = world.assigned(), world.assigned(), world.assigned()
    Case.objects.filter(pk=late.pk).update(due_at=NOON - timedelta(hours=1))
    cases.ask_enterprise(case=asked, text="哪条线？", by=world.lead, at=NOON)

    page = at_the_screen(world.lead).get("/").context
    assert [c.case.pk for c in page["overdue"]] == [late.pk]
    assert [c.case.pk for c in page["running"]] == [open_.pk]
    assert [c.case.pk for c in page["waiting"]] == [asked.pk]
    assert "over" in page["overdue"][0].words
    assert at_the_screen(world.other).get("/").context["running"] == []


# Enterprise


def test_the_enterprise_is_asked_one_question_first_and_answers_it_in_one_tap(world, at_the_screen):
    case = world.replied()
    browser = at_the_screen(world.manager)
    page = browser.get("/").content.decode()
    assert page.index("says it is solved. Is it?") < page.index("Our problems")

    answer = browser.post(f"/cases/{case.pk}/confirm/", {"verdict": "yes", "client_key": str(uuid.uuid4())})
    case.refresh_from_db()
    assert answer.status_code == 302
    assert case.outcome == "solved"


def test_partly_and_no_lead_from_home_to_the_one_thing_each_still_needs(world, at_the_screen):
    case = world.replied()
    browser = at_the_screen(world.manager)
    page = browser.get("/").content.decode()
    for answer in ("partly", "no"):
        assert f'href="/cases/{case.pk}/verdict/{answer}/"' in page
        assert browser.get(f"/cases/{case.pk}/verdict/{answer}/").status_code == 200


def test_a_plan_is_put_to_the_enterprise_as_a_date_and_not_as_a_solution(world, at_the_screen):
    case = cases.reply_case(
        case=world.assigned(), text="下周换变压器。", reply_kind="planned", planned_on=NOON.date() + timedelta(days=7),
        by=world.lead, at=NOON,
    )  # fmt: skip
    page = at_the_screen(world.manager).get("/")
    assert page.context["words"][0].is_plan
    assert "Is that all right?" in page.content.decode()
    assert f"/cases/{case.pk}/verdict/partly/" not in page.content.decode()


def test_a_question_of_an_office_is_shown_in_its_words_and_answered_there(world, at_the_screen):
    case = cases.ask_enterprise(case=world.assigned(), text="哪条线跳闸？", by=world.lead, at=NOON)
    browser = at_the_screen(world.manager)
    assert "哪条线跳闸？" in browser.get("/").content.decode()
    sent = {"text": "三号线", "client_key": str(uuid.uuid4())}
    assert browser.post(f"/cases/{case.pk}/answer_question/", sent).status_code == 302
    case.refresh_from_db()
    assert case.status != "waiting_enterprise"


def test_the_enterprise_sees_who_read_its_file_and_whom_to_turn_to(world, at_the_screen):
    at_the_screen(world.leader).get(f"/dossier/{world.enterprise.pk}/")
    page = at_the_screen(world.manager).get("/")
    assert [r.person for r in page.context["reads"]] == [world.leader.user]
    assert [link.user for link in page.context["officers"]] == [world.officer.user]


def test_another_enterprise_sees_nothing_of_it(world, at_the_screen):
    world.replied()
    assert at_the_screen(world.stranger).get("/").context["words"] == []


# Leader, inspector, administrator


@pytest.mark.parametrize("days", ["7", "x", "-1"])
def test_a_span_that_does_not_exist_is_said(world, at_the_screen, days):
    page = at_the_screen(world.leader).get(f"/?days={days}")
    assert page.status_code == 422
    assert "Shown are the last 90 days" in page.content.decode()
    assert at_the_screen(world.leader).get(f"/brief/?days={days}").status_code == 422


def test_the_brief_prints_the_same_numbers(world, at_the_screen):
    world.assigned()
    browser = at_the_screen(world.leader)
    on_screen = [(f.key, f.value) for f in browser.get("/").context["cockpit"].figures]
    assert [(f.key, f.value) for f in browser.get("/brief/").context["cockpit"].figures] == on_screen


def test_a_stuck_case_says_who_can_free_it(world, at_the_screen):
    case = world.case()
    Case.objects.filter(pk=case.pk).update(due_at=NOON - timedelta(hours=1))
    ((clocked, freed),) = at_the_screen(world.leader).get("/").context["cockpit"].stuck
    assert clocked.case.pk == case.pk
    assert freed == "The desk: name a lead"


def test_the_inspector_finds_no_liaison_work(world, at_the_screen):
    world.replied()
    text = at_the_screen(role("inspector")).get("/").content.decode()
    assert "behind a wall" in text
    assert "跳闸" not in text


def test_the_administrator_sees_machinery_and_no_business(world, at_the_screen):
    world.replied()
    page = at_the_screen(role("administrator")).get("/")
    assert "跳闸" not in page.content.decode()
    assert dict(page.context["people"])["liaison officer"] == 1
    assert not page.context["background"].has_worker


# Briefing and dossier


@pytest.mark.parametrize("url", ["/briefing/{}/", "/dossier/{}/"])
def test_who_may_open_a_briefing(world, at_the_screen, url):
    world.replied()
    path = url.format(world.enterprise.pk)
    statuses = {k: at_the_screen(who(world, k)).get(path).status_code for k in KINDS}
    allowed = {"officer", "coordinator", "leader", "analyst"}
    assert statuses == {k: 200 if k in allowed else 403 for k in KINDS}
    assert at_the_screen(world.leader).get(url.format(999_999)).status_code == 404


def test_the_three_points_name_the_late_case_the_promise_and_what_to_ask(world, at_the_screen):
    Case.objects.filter(pk=world.assigned(title="线路跳闸").pk).update(due_at=NOON - timedelta(hours=1))
    promised = Commitment("联系供电公司", NOON.date() + timedelta(days=1))
    record_visit(enterprise=world.enterprise, commitments=[promised], by=world.officer, at=NOON)

    points = at_the_screen(world.officer).get(f"/briefing/{world.enterprise.pk}/").context["card"].points
    assert "线路跳闸" in points[0].text
    assert "联系供电公司" in points[1].text
    assert points[2].head == "Ask only:"


def test_every_line_of_the_dossier_has_a_source(world, at_the_screen):
    from openliaison.register.services import record_fact

    record_fact(enterprise=world.enterprise, key="employees", value=186, source="enterprise", as_of=NOON.date(),
                by=world.officer, at=NOON)  # fmt: skip
    page = at_the_screen(world.leader).get(f"/dossier/{world.enterprise.pk}/").context
    numbers = {n for n, _text in page["sources"]}
    assert page["facts"]
    assert {n for _f, n in page["facts"]} | {n for _p, n in page["points"]} == numbers


# Bell and search


def test_the_bell_filters_and_marks_all_as_read(world, at_the_screen):
    world.replied()
    browser = at_the_screen(world.manager)
    mine = Task.objects.filter(person=world.manager.user)
    assert browser.get("/bell/?show=all").context["page"].paginator.count == mine.count()
    assert {t.kind for t in browser.get("/bell/?show=notices").context["page"]} <= {"notice"}

    browser.post("/bell/read/")
    assert not mine.filter(read_at=None).exists()
    assert not mine.filter(kind="notice", done_at=None).exists()
    assert mine.filter(kind="task", done_at=None).exists()


def test_nobody_ticks_anothers_task(world, at_the_screen):
    world.case()
    task = Task.objects.filter(person=world.coordinator.user).first()
    assert at_the_screen(world.manager).post(f"/bell/{task.pk}/", {"done": "1"}).status_code == 404


def test_go_leads_to_the_matter(world, at_the_screen):
    case = world.case()
    task = Task.objects.filter(person=world.coordinator.user).first()
    assert at_the_screen(world.coordinator).post(f"/bell/{task.pk}/", {"go": "1"}).url == f"/cases/{case.pk}/"


def test_search_groups_enterprises_cases_and_people(world, at_the_screen):
    from openliaison.register.search import vector

    case = world.case(title="线路跳闸")
    world.enterprise.search = vector(world.enterprise.name)
    world.enterprise.save()
    browser = at_the_screen(world.coordinator)
    assert browser.get("/search/?q=北岗").context["found"].enterprises == [world.enterprise]
    assert browser.get("/search/?q=bgzy").context["found"].enterprises == [world.enterprise]
    assert browser.get(f"/search/?q={case.number}").context["found"].cases == [case]
    assert browser.get("/search/?q=跳闸").context["found"].cases == [case]
    assert [r.user for r in browser.get(f"/search/?q={world.officer.user.label}").context["found"].people][:1] == [
        world.officer.user
    ]


def test_search_finds_no_confidential_case_and_nothing_behind_a_wall(world, at_the_screen):
    world.case(title="保密欠款", is_confidential=True)
    world.case(title="公开欠款")
    assert [c.title for c in at_the_screen(world.coordinator).get("/search/?q=欠款").context["found"].cases] == [
        "公开欠款"
    ]
    assert at_the_screen(world.stranger).get("/search/?q=欠款").context["found"].cases == []
    assert at_the_screen(role("administrator")).get("/search/?q=欠款").context["found"].cases == []


def test_an_endless_search_is_refused_with_the_cure(world, at_the_screen):
    answer = at_the_screen(world.coordinator).get("/search/?q=" + "x" * 101)
    assert answer.status_code == 422
    assert "shorten the words" in answer.content.decode()
