"""A record with several problems and promises, its pictures and its appointment; taken back, corrected, objected to."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from openliaison.cases.models import Case, Promise
from openliaison.core.models import Journal, Task
from openliaison.core.now import frozen
from openliaison.register.models import Booking, Contact, Fact
from openliaison.register.services import record_fact
from openliaison.visits import selectors, services
from openliaison.visits.models import Correction, Visit, VisitFile
from tests.conftest import NOON
from tests.factories import enterprise, organisation, png, role, stationed

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def sent(world, problems=1, promises=1, **more):
    blocks = {"problem-TOTAL_FORMS": problems, "problem-INITIAL_FORMS": 0}
    blocks |= {"promise-TOTAL_FORMS": promises, "promise-INITIAL_FORMS": 0}
    return {"enterprise": world.enterprise.pk, "mode": "visit", "client_key": str(uuid.uuid4())} | blocks | more


def recorded(world, **more) -> Visit:
    return services.record_visit(
        enterprise=world.enterprise, **{"notes": "订单回升", "by": world.officer, "at": NOON} | more
    )


def scope_of(who):
    return who.scope(NOON)


class TestTheForm:
    def test_several_problems_and_promises_of_both_sides_and_of_another_office(self, world, at_the_screen):
        answer = at_the_screen(world.officer).post("/visits/record/", sent(
            world, 2, 3,
            **{"problem-0-text": "每天傍晚跳闸", "problem-1-text": "门口限高", "promise-0-text": "带政策汇编",
               "promise-0-side": "county", "promise-0-due_on": "2026-11-30", "promise-1-text": "派人勘查",
               "promise-1-side": "office", "promise-1-organisation": organisation("grid").pk,
               "promise-1-due_on": "2026-11-27", "promise-2-text": "补齐材料", "promise-2-side": "enterprise",
               "promise-2-due_on": "2026-12-01"},
        ))  # fmt: skip

        assert answer.status_code == 302
        visit = Visit.objects.get()
        assert set(Case.objects.values_list("text", "visit_id")) == {("每天傍晚跳闸", visit.pk), ("门口限高", visit.pk)}
        kept_by = dict(Promise.objects.filter(visit_id=visit.pk).values_list("text", "organisation__code"))
        assert kept_by["派人勘查"] == "grid"
        assert kept_by["补齐材料"] is None
        assert Task.objects.filter(person=world.lead.user, about__startswith="Promised for your office").exists()

    @pytest.mark.parametrize("block", ["problem", "promise"])
    def test_one_more_without_a_script_keeps_what_was_typed_and_checks_nothing(self, world, at_the_screen, block):
        typed = sent(world, notes="看了车间", add=block, **{"problem-0-text": "跳闸", "promise-0-text": "带汇编"})
        answer = at_the_screen(world.officer).post("/visits/record/", typed)

        form = answer.context["form"]
        assert answer.status_code == 200
        assert len(form.blocks[block].forms) == 2
        assert (form["notes"].value(), form.blocks["problem"][0]["text"].value()) == ("看了车间", "跳闸")
        assert str(form["client_key"].value()) == typed["client_key"]
        assert not Visit.objects.exists()

    def test_an_empty_block_more_stands_in_nobodys_way(self, world, at_the_screen):
        answer = at_the_screen(world.officer).post("/visits/record/", sent(world, 3, 3, notes="看了车间"))

        assert answer.status_code == 302
        assert not Case.objects.exists()

    @pytest.mark.parametrize("count", ["-1", "999", "x", ""])
    def test_a_number_of_blocks_that_cannot_be_is_no_crash(self, world, at_the_screen, count):
        for more in ({}, {"add": "problem"}):
            answer = at_the_screen(world.officer).post("/visits/record/", sent(world, count, notes="x", **more))
            assert answer.status_code in (200, 302, 422)

    def test_another_office_must_be_named(self, world, at_the_screen):
        wrong = {"promise-0-text": "派人", "promise-0-side": "office", "promise-0-due_on": "2026-11-30"}
        answer = at_the_screen(world.officer).post("/visits/record/", sent(world, **wrong))

        assert answer.status_code == 422
        assert "Name the office" in answer.content.decode()

    def test_pictures_of_the_visit_are_kept_with_it_without_a_problem(self, world, at_the_screen):
        picture = SimpleUploadedFile("shop.png", png(), content_type="image/png")
        answer = at_the_screen(world.officer).post("/visits/record/", sent(world, pictures=picture))

        assert answer.status_code == 302, answer.context["form"].errors
        file = VisitFile.objects.get(visit=Visit.objects.get())
        assert at_the_screen(world.manager).get(f"/visits/files/{file.pk}/").status_code == 200
        assert at_the_screen(world.stranger).get(f"/visits/files/{file.pk}/").status_code == 404
        assert at_the_screen(role("inspector")).get(f"/visits/files/{file.pk}/").status_code == 403

    def test_a_picture_that_is_not_taken_refuses_the_whole_visit(self, world, at_the_screen):
        program = SimpleUploadedFile("run.exe", b"MZ" + b"\0" * 64)
        answer = at_the_screen(world.officer).post("/visits/record/", sent(world, notes="x", pictures=program))

        assert answer.status_code == 422
        assert not Visit.objects.exists()

    def test_a_confidential_problem_is_not_quoted_in_the_note(self, world):
        visit = recorded(world, notes="", problems=[services.Problem("老板被拘留", is_confidential=True)])

        assert "拘留" not in visit.notes


class TestTheAppointment:
    def booked(self, world, **more) -> Booking:
        given = {"starts_at": NOON - timedelta(hours=2), "state": "accepted", "kind": "service"} | more
        return Booking.objects.create(
            place=world.place, enterprise=world.enterprise, locality_path=world.enterprise.locality_path,
            requested_by=world.officer.user, requested_at=NOON - DAY, purpose="看新线", minutes=60, **given,
        )  # fmt: skip

    def test_todays_only_appointment_is_offered_and_fulfilled(self, world, at_the_screen):
        booking = self.booked(world)
        browser = at_the_screen(world.officer)
        form = browser.get(f"/visits/record/?enterprise={world.enterprise.pk}").context["form"]
        assert form["booking"].value() == booking.pk

        browser.post("/visits/record/", sent(world, notes="看了新线", booking=booking.pk, minutes=50))

        booking.refresh_from_db()
        assert (booking.state, Visit.objects.get().booking_id) == ("recorded", booking.pk)

    @pytest.mark.parametrize(
        "wrong",
        [{"state": "requested"}, {"kind": "data"}, {"starts_at": NOON + 2 * DAY}, {"starts_at": NOON - 9 * DAY}],
    )
    def test_what_was_not_agreed_for_about_now_is_not_offered(self, world, wrong):
        self.booked(world, **wrong)

        assert not selectors.to_fulfil(world.enterprise, scope_of(world.officer), NOON).exists()

    def test_another_enterprises_appointment_is_refused(self, world):
        other = enterprise("别家有限公司")
        stationed(world.officer, other)

        with pytest.raises(services.Incomplete):
            services.record_visit(enterprise=other, notes="x", booking=self.booked(world), by=world.officer, at=NOON)


class TestQuestions:
    def held(self, world, key, value, days):
        record_fact(
            enterprise=world.enterprise, key=key, value=value, source=Fact.Source.ENTERPRISE,
            as_of=NOON.date() - timedelta(days=days), by=world.officer, at=NOON,
        )  # fmt: skip

    def asked(self, world):
        return [q.key for q in selectors.questions(world.enterprise, scope_of(world.officer))]

    def test_the_most_useful_missing_ones_first_and_three_at_most(self, world):
        assert self.asked(world) == ["employees", "main_products", "temporarily_unable_to_operate"]

    def test_what_is_held_and_fresh_is_never_asked_and_what_faded_is(self, world):
        self.held(world, "employees", 180, 10)
        self.held(world, "main_products", "阀门", 900)

        assert self.asked(world) == ["main_products", "temporarily_unable_to_operate", "revenue_10k_cny"]

    def test_a_faded_fact_of_no_listed_use_comes_after_the_useful_ones(self, world):
        for key in selectors.useful_facts(world.place, NOON.date()):
            kind = {"main_products": "阀门", "temporarily_unable_to_operate": "否", "rents_state_owned_premises": "否",
                    "owns_core_ip": "否"}.get(key, 12)  # fmt: skip
            self.held(world, key, kind, 1)
        self.held(world, "debt_ratio_pct", 40, 900)

        assert self.asked(world) == ["debt_ratio_pct"]


class TestTakenBack:
    def test_within_minutes_it_stays_on_file_and_counts_nowhere(self, world, at_the_screen):
        visit = recorded(world, notes="", nothing_new=True)
        browser = at_the_screen(world.officer)
        assert browser.get("/").context["undoable"] == [visit]

        browser.post(f"/visits/{visit.pk}/undo/")

        visit.refresh_from_db()
        assert visit.withdrawn_at == NOON
        assert browser.get("/visits/").context["page"].paginator.count == 0
        assert [r.key for r in browser.get("/").context["visits"][0].reasons] == ["never"]
        assert Journal.objects.filter(verb="visit_withdrawn").count() == 1

    def test_later_or_with_words_it_is_corrected_instead(self, world):
        quiet, told = recorded(world, notes="", nothing_new=True), recorded(world)
        with pytest.raises(services.TooLate):
            services.withdraw_visit(visit=quiet, by=world.officer, at=NOON + 11 * MINUTE)
        with pytest.raises(services.Incomplete):
            services.withdraw_visit(visit=told, by=world.officer, at=NOON)

    def test_only_by_who_recorded_it(self, world):
        deputy = role("officer")
        stationed(deputy, world.enterprise, kind="deputy")
        with pytest.raises(services.NotAllowed):
            services.withdraw_visit(visit=recorded(world, notes="", nothing_new=True), by=deputy, at=NOON)

    def test_what_the_desk_had_asked_is_asked_again(self, world, at_the_screen):
        services.ask_for_contact(enterprise=world.enterprise, by=world.coordinator, at=NOON - DAY, days=41)
        visit = recorded(world, notes="", nothing_new=True)
        Task.objects.update(done_at=NOON)  # the job that settles has run

        services.withdraw_visit(visit=visit, by=world.officer, at=NOON)

        assert Task.objects.get(person=world.officer.user).done_at is None


class TestTheEnterprisesWord:
    def test_one_thing_is_wrong_is_the_officers_task_and_stands_beside_the_record(self, world, at_the_screen):
        visit = recorded(world)
        services.confirm_visit(visit=visit, by=world.manager, at=NOON)
        at_the_screen(world.manager).post(f"/visits/{visit.pk}/objection/", {"text": "不是订单，是库存。"})

        visit.refresh_from_db()
        assert (visit.objection, visit.confirmed_at) == ("不是订单，是库存。", None)
        assert "不是订单" in Task.objects.get(person=world.officer.user, kind="task").reason
        assert "不是订单" in at_the_screen(world.coordinator).get(f"/visits/{visit.pk}/note/").content.decode()

    def test_corrected_it_keeps_what_it_said_and_the_enterprise_is_asked_again(self, world, at_the_screen):
        visit = recorded(world)
        services.object_to_visit(visit=visit, text="是库存", by=world.manager, at=NOON)
        browser = at_the_screen(world.officer)
        form = browser.get(f"/visits/{visit.pk}/correct/").context["form"]
        words = {name: form[name].value() for name in ("mode", "notes")} | {"visited_at": "2026-11-23T12:00"}
        with frozen(NOON + MINUTE):
            answer = browser.post(f"/visits/{visit.pk}/correct/", words | {"notes": "库存回升", "reason": "听错了"})

        assert answer.status_code == 302
        visit.refresh_from_db()
        kept = Correction.objects.get(visit=visit)
        assert (visit.notes, visit.at, kept.was) == ("库存回升", NOON, {"notes": "订单回升"})
        assert Task.objects.filter(person=world.manager.user, about__contains="was corrected").exists()
        assert "订单回升" in at_the_screen(world.manager).get(f"/visits/{visit.pk}/").content.decode()

    def test_a_correction_needs_a_reason_and_a_difference(self, world):
        visit, same = recorded(world), {"notes": "订单回升", "mode": "visit", "visited_at": NOON}
        with pytest.raises(services.AlreadyDone):
            services.correct_visit(visit=visit, reason="x", by=world.officer, at=NOON, **same)
        with pytest.raises(services.Incomplete):
            services.correct_visit(visit=visit, reason=" ", by=world.officer, at=NOON, **same | {"notes": "y"})

    def test_the_note_holds_everything_and_its_code_leads_to_the_record(self, world, at_the_screen):
        met = Contact.objects.create(enterprise=world.enterprise, name="周厂长", recorded_at=NOON)
        promised = services.Commitment("带政策汇编", NOON.date() + DAY, organisation=organisation("grid"))
        visit = recorded(
            world, met=met, problems=[services.Problem("每天跳闸")], commitments=[promised], facts={"employees": 186}
        )
        page = at_the_screen(world.manager).get(f"/visits/{visit.pk}/note/")
        text = page.content.decode()

        for words in (Case.objects.get().number, "带政策汇编", "186", "周厂长", "data:image/svg"):
            assert words in text
        assert page.context["link"].endswith(f"/visits/{visit.pk}/")
