"""What people see and press: list, case, verdict, raising, promises, paper. Every request runs behind its walls."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from openliaison.cases import services
from openliaison.cases.models import Case, CaseFile, Promise
from openliaison.core.now import frozen
from openliaison.register import search
from openliaison.register.models import Contact, Enterprise
from tests.cases.cells import Cells
from tests.conftest import NOON
from tests.factories import category, organisation, pack, role

pytestmark = pytest.mark.django_db
KEY = "5f0c1d36-51f5-4f9e-9c0a-8d2f6a6b9d10"
DAY = timedelta(days=1)


@pytest.fixture
def world():
    return Cells()


def browser(role, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(role.user)
    return client


def press(client, case, verb, **fields):
    return client.post(f"/cases/{case.pk}/{verb}/", {"client_key": KEY} | fields)


class TestList:
    def test_a_row_costs_no_query(self, world, django_assert_max_num_queries):
        desk = browser(world.coordinator)
        for _n in range(3):
            world.assigned()
        desk.get("/cases/")
        with django_assert_max_num_queries(24) as few:
            desk.get("/cases/")
        for _n in range(10):
            world.assigned()
        with django_assert_max_num_queries(len(few.captured_queries)):
            desk.get("/cases/")

    def test_words_of_number_title_and_text_find_a_case(self, world):
        case = world.case(title="傍晚跳闸", text="南岗线每天停半小时")
        other = world.case(title="招焊工", text="缺三名焊工")
        desk = browser(world.coordinator)
        for words in (case.number, "跳闸", "南岗线", "半小时"):
            page = desk.get("/cases/", {"q": words})
            assertContains(page, case.label)
            assertNotContains(page, other.label)

    def test_a_confidential_case_is_found_by_nobody_outside_and_is_in_no_export(self, world):
        case = world.case(
            is_confidential=True, by=world.manager, channel="enterprise", title="索要好处", text="索要好处"
        )
        for outsider in (world.leader, world.officer, world.lead, world.outsiders["analyst"]):
            assertNotContains(browser(outsider).get("/cases/", {"q": "好处"}), case.label)
        desk = browser(world.coordinator)
        assertContains(desk.get("/cases/", {"q": "好处"}), case.label)
        assert case.label not in desk.get("/cases/", {"export": "csv"}).content.decode("utf-8-sig")
        assertContains(desk.get("/cases/"), "Exports leave confidential cases out")

    def test_filters(self, world):
        cases = {
            "new": world.case(channel="phone", category=category("labour")),
            "objected": world.assigned(),
            "referral": world._refer(world.in_status("in_hand")),
            "replied": world.replied(),
            "closed": world.case(),
            "overdue": world.in_status("replied"),
        }
        services.object_to_case(case=cases["objected"], reason="不归我们", by=world.lead, at=NOON)
        services.decline_case(case=cases["closed"], reason="outside", by=world.coordinator, at=NOON)
        services.confirm_case(case=cases["overdue"], verdict="no", text="没好", by=world.manager, at=NOON)
        Case.objects.filter(pk=cases["overdue"].pk).update(due_at=NOON - DAY)
        desk = browser(world.coordinator)
        for query, found in FILTERS:
            page = desk.get("/cases/", query)
            listed = {name for name, case in cases.items() if case in list(page.context["page"])}
            assert listed == (set(cases) if found is None else found), query


FILTERS = [
    ({"status": "open"}, {"new", "objected", "referral", "replied", "overdue"}),
    ({"status": "closed"}, {"closed"}),
    ({"due": "overdue"}, {"overdue"}),
    ({"due": "objected"}, {"objected"}),
    ({"due": "referral"}, {"referral"}),
    ({"due": "enterprise"}, {"replied"}),
    ({"due": "week"}, {"new", "objected"}),
    ({"due": "extension"}, set()),
    ({"due": "withdrawal"}, set()),
    ({"outcome": "declined"}, {"closed"}),
    ({"lead": "grid"}, {"objected", "referral", "replied", "overdue"}),
    ({"place": "211221101"}, {"new", "objected", "referral", "replied", "closed", "overdue"}),
    ({"place": "211221102"}, set()),
    ({"redo": "1"}, {"overdue"}),
    ({"channel": "phone"}, {"new"}),
    ({"category": "labour"}, {"new"}),
    ({"status": "nonsense", "due": "nonsense", "enterprise": "x", "sort": "text", "page": "x"}, None),
]


class TestCasePage:
    @pytest.mark.parametrize("status", Case.Status.values)
    def test_everybody_with_a_part_can_open_it_in_every_state_and_language(self, world, status):
        case = world.in_status(status)
        for name in ("enterprise", "coordinator", "lead", "co", "officer", "leader"):
            sees = Case.objects.visible_to(world.people()[name].scope(NOON)).filter(pk=case.pk).exists()
            for language in ("en", "zh-hans"):
                page = browser(world.people()[name], language).get(f"/cases/{case.pk}/")
                assert page.status_code == (200 if sees else 404), name

    def test_query_count_is_stated_and_does_not_grow_with_the_conversation(self, world, django_assert_max_num_queries):
        case = world.in_status("in_hand")
        desk = browser(world.lead)
        desk.get(f"/cases/{case.pk}/")
        with django_assert_max_num_queries(45) as few:
            desk.get(f"/cases/{case.pk}/")
        for n in range(8):
            services.send_message(case=case, text=f"第{n}条", by=world.lead, at=NOON)
        with django_assert_max_num_queries(len(few.captured_queries)):
            desk.get(f"/cases/{case.pk}/")

    def test_the_enterprise_reads_no_internal_note_and_no_other_systems_number(self, world):
        case = world.in_status("in_hand")
        services.note_case(case=case, text="内部：线路老化", by=world.lead, at=NOON)
        services.refer_externally(case=case, system="12345", number="T-77", by=world.coordinator, at=NOON)
        page = browser(world.manager).get(f"/cases/{case.pk}/")
        assertNotContains(page, "线路老化")
        assertNotContains(page, "T-77")
        assertContains(browser(world.coordinator).get(f"/cases/{case.pk}/"), "线路老化")

    def test_the_clock_is_told_in_working_intervals(self, world):
        start = NOON - 5 * DAY  # Wednesday 12:00
        case = world.case(at=start)
        services.assign_case(case=case, lead=organisation("grid"), by=world.coordinator, at=start)
        page = browser(world.coordinator).get(f"/cases/{case.pk}/")
        rows = [(row.day, row.text, row.amount) for row in page.context["clock"].rows]
        assert rows == [
            ("Wed 18 Nov", "13:00–17:30", "ran 4:30"),
            ("19 Nov–20 Nov", "08:30–17:30 each day", "ran 16:00"),
            ("21 Nov–22 Nov", "not working days", "not counted"),
            ("today", "08:30 to now, 12:00", "ran 3:30"),
        ]

    def test_a_refused_form_comes_back_with_its_words(self, world):
        case = world.in_status("in_hand")
        page = press(browser(world.lead), case, "reply", text="下月送电", reply_kind="planned")
        assertContains(page, "下月送电", status_code=422)
        assertContains(page, "needs its date", status_code=422)

    def test_the_second_of_two_deciders_reads_who_was_first(self, world):
        case = world.in_status("replied")
        services.confirm_case(case=case, verdict="yes", by=world.manager, at=NOON)
        page = press(browser(world.coordinator), case, "close_silent", text="")
        assertContains(page, world.manager.user.label, status_code=422)

    def test_files_come_with_the_words_and_dangerous_ones_are_refused_with_everything(self, world):
        case = world.in_status("waiting_enterprise")
        evil = SimpleUploadedFile("load.txt", b"<html><script>alert(1)</script>")
        page = press(browser(world.manager), case, "answer_question", text="见附件", files=evil)
        assertContains(page, "not taken", status_code=422)
        assert not CaseFile.objects.exists() and case.entries.filter(kind="answer").count() == 0

        good = SimpleUploadedFile("负荷清单.csv", "设备,功率\n喷涂线,132\n".encode())
        assertRedirects(
            press(browser(world.manager), case, "answer_question", text="见附件", files=good), f"/cases/{case.pk}/"
        )
        kept = CaseFile.objects.get()
        assert kept.entry.kind == "answer"
        served = browser(world.lead).get(f"/cases/files/{kept.pk}/")
        assert served["X-Content-Type-Options"] == "nosniff" and "attachment" in served["Content-Disposition"]
        assert browser(world.stranger).get(f"/cases/files/{kept.pk}/").status_code == 404

    def test_a_form_pressed_twice_acts_once(self, world):
        case = world.case()
        desk = browser(world.coordinator)
        for _again in range(2):
            answer = press(desk, case, "assign", lead=organisation("grid").pk, seen_lead="")
            assertRedirects(answer, f"/cases/{case.pk}/")
        assert case.entries.filter(kind="assigned").count() == 1


class TestVerdict:
    def test_one_question_per_page_and_only_for_the_enterprise(self, world):
        case = world.in_status("replied")
        own = browser(world.manager)
        assertContains(own.get(f"/cases/{case.pk}/"), f"/cases/{case.pk}/verdict/yes/")
        assertContains(own.get(f"/cases/{case.pk}/verdict/partly/"), f"/cases/{case.pk}/verdict/enough/")
        assert browser(world.lead).get(f"/cases/{case.pk}/verdict/yes/").status_code == 403

    @pytest.mark.parametrize(
        ("answer", "fields", "status", "outcome"),
        [
            ("yes", {"satisfaction": "5"}, "closed", "solved"),
            ("yes", {}, "closed", "solved"),
            ("enough", {}, "closed", "partly"),
            ("missing", {"text": "还差一条线"}, "in_hand", ""),
            ("no", {"text": "又跳了"}, "in_hand", ""),
        ],
    )
    def test_each_answer(self, world, answer, fields, status, outcome):
        case = world.in_status("replied")
        sent = browser(world.manager).post(f"/cases/{case.pk}/verdict/{answer}/", {"client_key": KEY} | fields)
        assertRedirects(sent, f"/cases/{case.pk}/")
        case.refresh_from_db()
        assert (case.status, case.outcome) == (status, outcome)

    def test_a_no_without_a_word_is_asked_again(self, world):
        case = world.in_status("replied")
        sent = browser(world.manager).post(f"/cases/{case.pk}/verdict/no/", {"client_key": KEY})
        assert sent.status_code == 422


class TestRaising:
    def test_the_enterprise_raises_its_own_with_a_picture(self, world):
        page = browser(world.manager).get("/cases/raise/")
        assertContains(page, "About 2 minutes")
        paper = SimpleUploadedFile("单子.txt", "电费单".encode())
        browser(world.manager).post("/cases/raise/", {"client_key": KEY, "text": "电费单看不懂", "files": paper})
        case = Case.objects.get()
        assert (case.channel, case.status, case.files.count()) == ("enterprise", "submitted", 1)

    def test_the_desk_searches_for_the_enterprise_first(self, world):
        Enterprise.objects.filter(pk=world.enterprise.pk).update(search=search.vector(world.enterprise.name))
        desk = browser(world.coordinator)
        assertNotContains(desk.get("/cases/raise/"), world.enterprise.name)
        assertContains(desk.get("/cases/raise/", {"q": "北岗"}), world.enterprise.name)
        sent = {"client_key": KEY, "enterprise": world.enterprise.pk, "text": "来电反映停电"}
        desk.post("/cases/raise/", sent)
        assert Case.objects.get().channel == "phone"

    def test_an_officer_raises_only_for_enterprises_they_serve(self, world):
        officer = browser(world.officer)
        assertContains(officer.get("/cases/raise/"), world.enterprise.name)
        other = world.stranger.enterprise_id
        page = officer.post("/cases/raise/", {"client_key": KEY, "enterprise": other, "text": "x"})
        assertContains(page, "Whose problem is it?")
        assert not Case.objects.exists()

    def test_a_draft_is_kept_and_sent_later(self, world):
        own = browser(world.manager)
        own.post("/cases/raise/", {"client_key": KEY, "text": "想要产房扩建", "draft": "1"})
        case = Case.objects.get()
        assert case.status == "draft"
        assert browser(world.coordinator).get(f"/cases/{case.pk}/").status_code == 404
        own.post(f"/cases/{case.pk}/submit/", {"client_key": "6f0c1d36-51f5-4f9e-9c0a-8d2f6a6b9d10"})
        case.refresh_from_db()
        assert case.status == "submitted"

    def test_nothing_typed_is_told_with_its_cure(self, world):
        page = browser(world.manager).post("/cases/raise/", {"client_key": KEY, "text": " "})
        assert page.status_code == 422


class TestPromises:
    def promise(self, world, **fields):
        case = world.in_status("in_hand")
        given = {"text": "来厂勘查", "due_on": date(2026, 11, 26), "by": world.lead, "at": NOON} | fields
        return services.make_promise(enterprise=world.enterprise, case=case, **given)

    def test_both_sides_see_it_and_either_settles_it_from_the_row(self, world):
        promise = self.promise(world)
        for by in (world.lead, world.manager, world.coordinator, world.officer):
            assertContains(browser(by).get("/cases/promises/"), "来厂勘查")
        sent = browser(world.manager).post(
            f"/cases/promises/{promise.pk}/settle/", {"what": "kept", "next": "/cases/promises/?state=kept"}
        )
        assertRedirects(sent, "/cases/promises/?state=kept")
        promise.refresh_from_db()
        assert promise.state == "kept"

    def test_not_kept_needs_a_reason(self, world):
        promise = self.promise(world)
        page = browser(world.lead).post(f"/cases/promises/{promise.pk}/settle/", {"what": "broken"}, follow=True)
        assertContains(page, "Say why it was not kept", status_code=422)
        promise.refresh_from_db()
        assert promise.state == "open"

    def test_shares_stand_by_office_in_the_order_of_names(self, world):
        kept, late = self.promise(world), self.promise(world, text="寄方案")
        services.keep_promise(promise=kept, by=world.manager, at=NOON)
        with frozen(NOON + 5 * DAY):
            page = browser(world.coordinator).get("/cases/promises/")
        share = page.context["shares"][0]
        assert (share["in_time"], share["due"], share["running"]) == (1, 2, 0)
        assertContains(page, "late")
        assert Promise.objects.get(pk=late.pk).state == "open"

    def test_an_officer_writes_down_an_offices_promise(self, world):
        case = world.in_status("in_hand")
        fields = {"text": "周五来人", "due_on": "2026-11-27", "side": "county", "organisation": organisation("grid").pk}
        assertRedirects(press(browser(world.officer), case, "promise", **fields), f"/cases/{case.pk}/")
        assert Promise.objects.get().organisation == organisation("grid")


class TestPaper:
    def test_the_case_file_leaves_internal_notes_out(self, world):
        case = world.in_status("closed")
        services.note_case(case=case, text="内部话", by=world.lead, at=NOON)
        page = browser(world.coordinator).get(f"/cases/{case.pk}/paper/")
        assertContains(page, "三天内到厂")
        assertNotContains(page, "内部话")
        assertContains(page, "invented")

    def test_the_letter_wraps_the_reply_in_the_places_frame(self, world):
        services.seed_reply_templates(world.place, pack("tieling").replies)
        case = world.in_status("replied")
        page = browser(world.manager, "zh-hans").get(f"/cases/{case.pk}/letter/")
        assertContains(page, "已换开关")
        assertContains(page, case.number)
        assertContains(page, "以您单位的确认为准")

    def test_a_place_without_frames_gets_a_plain_letter(self, world):
        assertContains(browser(world.manager).get(f"/cases/{world.in_status('replied').pk}/letter/"), "已换开关")

    def test_without_a_reply_there_is_no_letter(self, world):
        case = world.in_status("in_hand")
        assertRedirects(browser(world.manager).get(f"/cases/{case.pk}/letter/"), f"/cases/{case.pk}/")


class TestExternalNumbers:
    def send(self, world, text):
        upload = SimpleUploadedFile("numbers.csv", text.encode())
        return browser(world.coordinator).post("/cases/external/", {"upload": upload})

    def test_out_by_the_template_and_back(self, world):
        case = world.assigned()
        out = browser(world.coordinator).get("/cases/external/", {"export": "csv"}).content.decode("utf-8-sig")
        assert f"{case.number},,," in out
        assert out.startswith("演示数据,invented"), "an example's rows leave the house unmarked"
        self.send(world, out.replace(f"{case.number},,,", f"{case.number},12345,TL-0091,处理中"))
        self.send(world, out.replace(f"{case.number},,,", f"{case.number},12345,TL-0091,已办结"))
        ref = case.external_refs.get()
        assert (ref.system, ref.number, ref.state) == ("12345", "TL-0091", "已办结")

    def test_one_bad_line_takes_none_and_says_which(self, world):
        case = world.assigned()
        page = self.send(world, f"case,system,number,state\n{case.number},12345,A1,\n2020-9999,12345,A2,\n")
        assertContains(page, "Line 3: there is no case 2020-9999", status_code=422)
        assert not case.external_refs.exists()

    def test_another_table_is_refused_with_the_cure(self, world):
        assertContains(self.send(world, "a,b\n1,2\n"), "Start from the template", status_code=422)

    def test_it_is_the_desks(self, world):
        assert browser(world.lead).get("/cases/external/").status_code == 403


class TestWordsForTheEnterprise:
    def test_what_was_done_is_said_with_what_comes_next(self, world):
        case = world.assigned()
        manager = browser(world.manager)
        answer = press(manager, case, "request_withdrawal")
        page = manager.get(answer.url).content.decode()
        assert "calls you first" in page
        assert "Done:" not in page

    def test_a_withdrawal_is_called_about_before_its_closing_is_offered(self, world):
        case = world.assigned()
        press(browser(world.manager), case, "request_withdrawal")
        desk, closing = browser(world.coordinator), f"/cases/{case.pk}/confirm_withdrawal/"
        page = desk.get(f"/cases/{case.pk}/").content.decode()
        assert f'action="/cases/{case.pk}/call_back/"' in page
        assert closing not in page
        assert "call it first" in page
        press(desk, case, "call_back", reached="true", client_key=str(uuid.uuid4()))
        page = desk.get(f"/cases/{case.pk}/").content.decode()
        assert closing in page
        assert "call it first" not in page

    def test_a_draft_is_with_nobody_but_its_author(self, world):
        draft = world.in_status("draft")
        page = browser(world.manager).get(f"/cases/{draft.pk}/").content.decode()
        assert "it is a draft and has not been sent" in page
        assert "The desk, until it is assigned" not in page

    def test_its_own_page_does_not_explain_capacities(self, world):
        case = world.assigned()
        assert "You act as" not in browser(world.manager).get(f"/cases/{case.pk}/").content.decode()
        assert "You act as" in browser(world.lead).get(f"/cases/{case.pk}/").content.decode()

    def test_a_very_long_text_is_folded_and_whole(self, world):
        case = world.case(text="字" * 5000)
        page = browser(world.manager).get(f"/cases/{case.pk}/").content.decode()
        assert '<details class="long">' in page
        assert "字" * 5000 in page

    def test_a_draft_is_gone_on_with_and_then_sent(self, world):
        draft = world.in_status("draft")
        manager = browser(world.manager)
        assertContains(manager.get(f"/cases/{draft.pk}/"), f"/cases/{draft.pk}/draft/")
        assertContains(manager.get(f"/cases/{draft.pk}/draft/"), draft.text)

        kept = {"client_key": KEY, "text": "改过的话", "draft": "1"}
        assertRedirects(manager.post(f"/cases/{draft.pk}/draft/", kept), f"/cases/{draft.pk}/")
        draft.refresh_from_db()
        assert (draft.status, draft.text) == ("draft", "改过的话")

        manager.post(f"/cases/{draft.pk}/draft/", {"client_key": KEY, "text": "定稿"})
        draft.refresh_from_db()
        assert (draft.status, draft.text) == ("submitted", "定稿")
        assertRedirects(manager.get(f"/cases/{draft.pk}/draft/"), f"/cases/{draft.pk}/")

    def test_a_draft_is_thrown_away_after_one_question(self, world):
        draft, manager = world.in_status("draft"), browser(world.manager)
        colleague = browser(role("enterprise", enterprise=world.enterprise))
        url = f"/cases/{draft.pk}/discard/"
        assertContains(manager.get(f"/cases/{draft.pk}/"), url)
        assertNotContains(colleague.get(f"/cases/{draft.pk}/"), url)
        assertContains(manager.get(url), "cannot be taken back")
        assert Case.objects.filter(pk=draft.pk).exists()

        assertContains(colleague.post(url), "It is not for you to throw the draft away", status_code=422)
        assert browser(world.coordinator).post(url).status_code == 404
        assertContains(manager.post(url, follow=True), "The draft is thrown away.")
        assert not Case.objects.filter(pk=draft.pk).exists()
        assert manager.post(url).status_code == 404

    def test_what_was_sent_is_not_thrown_away(self, world):
        case = world.case(by=world.manager, channel="enterprise")
        assertRedirects(browser(world.manager).post(f"/cases/{case.pk}/discard/"), f"/cases/{case.pk}/")
        assert Case.objects.filter(pk=case.pk).exists()


def test_an_officer_who_raises_a_case_need_not_type_the_contact_on_file(world):
    Contact.objects.create(enterprise=world.enterprise, name="周厂长", phone="024-1", is_main=True, recorded_at=NOON)
    page = browser(world.officer).get("/cases/raise/", {"enterprise": world.enterprise.pk})
    assertContains(page, 'value="周厂长"')
    assertContains(page, 'value="024-1"')
    assertNotContains(browser(world.manager).get("/cases/raise/"), "周厂长")
