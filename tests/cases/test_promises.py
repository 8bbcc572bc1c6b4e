"""The register of promises: who keeps, moves, disputes, disowns and reminds; how many were kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from openliaison.accounts.models import Role
from openliaison.cases import jobs, promise_verbs, selectors, services
from openliaison.cases.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.cases.models import Promise
from openliaison.core.models import Journal, Task
from openliaison.core.now import frozen
from openliaison.core.scope import Scope, acting_as
from tests.conftest import NOON
from tests.factories import organisation, role, stationed

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)


def promised(world, *, by: Role | None = None, **more) -> Promise:
    given = {"text": "联系供电公司", "due_on": TODAY + 7 * DAY, "organisation": organisation("grid"), "at": NOON} | more
    return services.make_promise(enterprise=world.enterprise, by=by or world.officer, **given)


def scope_of(world, who: Role) -> Scope:
    return Scope(who.database_role, who.user_id, world.place.pk, today=TODAY, path_to="~")


def tasks_of(who: Role, kind: str = "task") -> list[str]:
    return [t.text for t in Task.objects.filter(person=who.user, kind=kind).order_by("created_at")]


class TestWhoKeepsIt:
    def test_another_office_is_told_and_may_say_that_it_is_not_its_promise(self, world):
        promise = promised(world)
        assert ["联系供电公司" in text for text in tasks_of(world.lead)] == [True]

        services.disown_promise(promise=promise, reason="归开发区", by=world.lead, at=NOON + DAY)

        promise.refresh_from_db()
        assert (promise.state, promise.disowned_reason) == ("open", "归开发区")
        assert "归开发区" in Task.objects.get(person=world.officer.user, kind="task").reason

    def test_who_made_it_names_another_office_and_the_day_stays(self, world):
        promise = promised(world)
        services.disown_promise(promise=promise, reason="归住建", by=world.lead, at=NOON)
        services.hand_promise(promise=promise, organisation=organisation("housing"), by=world.officer, at=NOON)

        promise.refresh_from_db()
        assert (promise.organisation.code, promise.disowned_at, promise.due_on) == ("housing", None, TODAY + 7 * DAY)
        assert tasks_of(world.other)

    def test_an_office_does_not_disown_what_it_promised_itself(self, world):
        case = world.assigned()
        promise = promised(world, by=world.lead, case=case)
        with pytest.raises(NotAllowed, match="Only the office"):
            services.disown_promise(promise=promise, reason="x", by=world.lead, at=NOON)

    def test_nobody_else_disowns_it(self, world):
        with pytest.raises(NotAllowed):
            services.disown_promise(promise=promised(world), reason="x", by=world.other, at=NOON)

    def test_an_office_to_which_it_was_handed_does_not_hand_it_on_by_itself(self, world):
        with pytest.raises(NotAllowed):
            services.hand_promise(promise=promised(world), organisation=organisation("housing"), by=world.lead, at=NOON)


class TestKeeping:
    def test_who_keeps_it_says_what_was_done_and_the_other_side_needs_no_words(self, world):
        promise = promised(world)
        with pytest.raises(Incomplete):
            services.keep_promise(promise=promise, by=world.lead, at=NOON)

        services.keep_promise(promise=promise, by=world.manager, at=NOON)

        promise.refresh_from_db()
        assert promise.state == "kept"

    def test_kept_after_the_day_promised_first_is_kept_late_whatever_was_agreed_since(self, world):
        promise = promised(world, due_on=TODAY + DAY)
        services.move_promise(promise=promise, due_on=TODAY + 20 * DAY, reason="等设备", by=world.lead, at=NOON)
        services.keep_promise(promise=promise, reason="已接通", by=world.lead, at=NOON + 5 * DAY)

        promise.refresh_from_db()
        assert promise.first_due_on == TODAY + DAY
        assert selectors.promise_look(promise, scope_of(world, world.coordinator)) == "promise.kept_late"

    def test_not_so_opens_it_again_within_days_and_not_after(self, world):
        promise = promised(world)
        services.keep_promise(promise=promise, reason="已联系", by=world.lead, at=NOON)
        with pytest.raises(Incomplete, match="7"):
            services.dispute_promise(promise=promise, reason="没人来", by=world.manager, at=NOON + 8 * DAY)

        services.dispute_promise(promise=promise, reason="没人来", by=world.manager, at=NOON + 7 * DAY)

        promise.refresh_from_db()
        assert (promise.state, promise.settled_at, promise.disputed_reason) == ("open", None, "没人来")
        assert "没人来" in Task.objects.filter(person=world.lead.user).latest("created_at").reason

    def test_the_keepers_own_side_disputes_nothing(self, world):
        promise = promised(world)
        services.keep_promise(promise=promise, reason="已联系", by=world.lead, at=NOON)
        with pytest.raises(NotAllowed):
            services.dispute_promise(promise=promise, reason="x", by=world.officer, at=NOON)

    def test_a_new_day_needs_a_reason_and_the_other_side_is_told(self, world):
        promise = promised(world)
        with pytest.raises(Incomplete):
            services.move_promise(promise=promise, due_on=TODAY + 9 * DAY, reason=" ", by=world.lead, at=NOON)

        services.move_promise(promise=promise, due_on=TODAY + 9 * DAY, reason="等设备", by=world.lead, at=NOON)

        assert Task.objects.filter(person=world.manager.user, why__contains="words").exists()

    def test_the_first_day_stays_however_often_it_is_moved(self, world):
        promise = promised(world)
        for days in (9, 12):
            services.move_promise(promise=promise, due_on=TODAY + days * DAY, reason="x", by=world.lead, at=NOON)

        promise.refresh_from_db()
        assert (promise.first_due_on, promise.due_on) == (TODAY + 7 * DAY, TODAY + 12 * DAY)

    def test_a_day_gone_by_is_refused(self, world):
        with pytest.raises(Incomplete):
            services.move_promise(promise=promised(world), due_on=TODAY - DAY, reason="x", by=world.lead, at=NOON)


class TestReminding:
    def test_once_before_once_on_the_day_and_once_when_late(self, world):
        promised(world, organisation=organisation("grid"))
        before = len(tasks_of(world.lead))
        for days in (0, 3, 4, 4, 5, 7, 7, 8, 9):
            with frozen(NOON + days * DAY):
                jobs.remind_promises(0)

        stages = [t.about for t in Task.objects.filter(person=world.lead.user).order_by("created_at")][before:]
        assert [s.split(":")[0] for s in stages] == [
            "Promised, due by %(day)s", "Promised, due today", "Promised and late since %(day)s",
        ]  # fmt: skip
        assert Journal.objects.filter(verb="promise_due").count() == 3

    def test_a_promise_first_seen_late_is_reminded_once(self, world):
        promised(world)
        with frozen(NOON + 30 * DAY):
            jobs.remind_promises(0)
            jobs.remind_promises(0)

        assert Journal.objects.filter(verb="promise_due").count() == 1

    def test_what_an_office_disowns_comes_back_to_who_promised_it(self, world):
        promise = services.make_promise(
            enterprise=world.enterprise, text="带政策汇编", due_on=TODAY, by=world.coordinator, at=NOON,
            organisation=organisation("grid"),
        )  # fmt: skip
        services.disown_promise(promise=promise, reason="不归我们", by=world.lead, at=NOON)
        Task.objects.all().delete()
        jobs.remind_promises(0)

        assert tasks_of(world.coordinator)
        assert not tasks_of(world.lead)

    def test_the_enterprise_is_reminded_of_what_it_promised(self, world):
        services.make_promise(enterprise=world.enterprise, text="补齐材料", due_on=TODAY, by=world.manager, at=NOON)
        jobs.remind_promises(0)

        assert any("补齐材料" in text for text in tasks_of(world.manager))

    def test_the_desk_reminds_once_a_day_of_what_is_due(self, world):
        promise = promised(world)
        with pytest.raises(Incomplete):
            services.remind_promise(promise=promise, by=world.coordinator, at=NOON)
        late = NOON + 8 * DAY
        services.remind_promise(promise=promise, by=world.coordinator, at=late)
        with pytest.raises(AlreadyDone):
            services.remind_promise(promise=promise, by=world.coordinator, at=late + timedelta(hours=1))
        services.remind_promise(promise=promise, by=world.coordinator, at=late + DAY + timedelta(hours=1))

        assert Journal.objects.filter(verb="promise_reminded").count() == 2

    @pytest.mark.parametrize("who", ["officer", "manager", "lead"])
    def test_only_the_desk_reminds(self, world, who):
        with pytest.raises(NotAllowed):
            services.remind_promise(promise=promised(world), by=getattr(world, who), at=NOON + 9 * DAY)


class TestMeasures:
    def test_in_time_of_due_by_the_first_day_withdrawn_and_disowned_apart(self, world):
        for n in range(5):
            promised(world, text=f"{n}", due_on=TODAY + DAY)
        in_time, late, moved, withdrawn, disowned = Promise.objects.order_by("text")
        services.keep_promise(promise=in_time, reason="x", by=world.lead, at=NOON)
        services.keep_promise(promise=late, reason="x", by=world.lead, at=NOON + 3 * DAY)
        services.move_promise(promise=moved, due_on=TODAY + 30 * DAY, reason="x", by=world.lead, at=NOON)
        services.withdraw_promise(promise=withdrawn, reason="x", by=world.officer, at=NOON)
        services.disown_promise(promise=disowned, reason="x", by=world.lead, at=NOON)
        scope = Scope("ol_area", world.coordinator.user_id, world.place.pk, path_to="~", today=TODAY + 5 * DAY)

        (row,) = selectors.kept_shares(scope, Promise.objects.visible_to(scope))

        counted = {k: row[k] for k in ("due", "in_time", "kept_late", "late", "running", "withdrawn")}
        assert counted == {"due": 3, "in_time": 1, "kept_late": 1, "late": 1, "running": 0, "withdrawn": 1}

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            ({"state": "kept_late"}, ["1"]),
            ({"state": "kept_in_time"}, ["0"]),
            ({"moved": "1"}, ["2"]),
            ({"state": "late"}, ["3"]),
            ({"since": TODAY + 10 * DAY}, ["2"]),
            ({"until": TODAY + 2 * DAY, "state": "open"}, ["3"]),
        ],
    )
    def test_filters(self, world, wanted, found):
        for n in range(4):
            promised(world, text=f"{n}", due_on=TODAY + DAY)
        in_time, late, moved, _open = Promise.objects.order_by("text")
        services.keep_promise(promise=in_time, reason="x", by=world.lead, at=NOON)
        services.keep_promise(promise=late, reason="x", by=world.lead, at=NOON + 3 * DAY)
        services.move_promise(promise=moved, due_on=TODAY + 30 * DAY, reason="x", by=world.lead, at=NOON)
        scope = Scope("ol_area", world.coordinator.user_id, world.place.pk, path_to="~", today=TODAY + 5 * DAY)

        assert [p.text for p in selectors.promise_rows(scope, wanted).order_by("text")] == found


class TestPages:
    def test_each_finds_the_verbs_that_are_theirs(self, world):
        promise = promised(world)
        shown = {who: [d.name for d in promise_verbs.doors(promise, getattr(world, who), NOON)] for who in WHO}

        assert shown == {
            "officer": ["kept", "broken", "move", "hand", "withdrawn"],
            "lead": ["kept", "broken", "move", "disown", "withdrawn"],
            "manager": ["kept", "broken", "move"],
            "coordinator": ["kept", "broken", "move", "hand"],
            "other": [],
        }

    def test_every_verb_a_page_offers_passes_the_walls(self, world, at_the_screen):
        promise, url = promised(world), f"/cases/promises/{promised(world).pk}/"
        browser = at_the_screen(world.lead)
        for what, more in (("move", {"due_on": "2026-12-20", "reason": "等设备"}), ("disown", {"reason": "归住建"})):
            assert browser.post(url + "settle/", {"what": what, **more}).status_code == 302
        handed = {"what": "hand", "organisation": organisation("housing").pk}
        assert at_the_screen(world.officer).post(url + "settle/", handed).status_code == 302
        kept = {"what": "kept", "reason": "已办"}
        assert at_the_screen(world.other).post(url + "settle/", kept).status_code == 302
        assert (
            at_the_screen(world.manager).post(url + "settle/", {"what": "dispute", "reason": "没有"}).status_code == 302
        )
        assert promise.state == "open"

    def test_a_verb_without_its_words_is_answered_with_the_sentence_and_what_was_typed(self, world, at_the_screen):
        promise = promised(world)
        sent = {"what": "move", "due_on": "2026-12-20", "reason": ""}
        answer = at_the_screen(world.lead).post(f"/cases/promises/{promise.pk}/settle/", sent)

        assert answer.status_code == 422
        assert 'value="2026-12-20"' in answer.content.decode()

    def test_the_enterprise_next_door_finds_nothing(self, world, at_the_screen):
        assert at_the_screen(world.stranger).get(f"/cases/promises/{promised(world).pk}/").status_code == 404

    def test_the_register_is_exported_and_printed_as_it_is_filtered(self, world, at_the_screen):
        promised(world, text="联系供电公司")
        promised(world, text="送政策汇编", due_on=TODAY + 40 * DAY)
        browser = at_the_screen(world.coordinator)

        for page in ("/cases/promises/?until=2026-12-05&export=csv", "/cases/promises/paper/?until=2026-12-05"):
            text = browser.get(page).content.decode("utf-8-sig")
            assert "联系供电公司" in text
            assert "送政策汇编" not in text

    def test_a_filter_that_means_nothing_is_said_and_passed_over(self, world, at_the_screen):
        promised(world)
        page = at_the_screen(world.coordinator).get("/cases/promises/?since=yesterday&enterprise=abc")

        assert page.status_code == 200
        assert page.context["page"].paginator.count == 1
        assert "passed over" in page.content.decode()

    def test_the_list_costs_the_same_for_one_and_for_ten(self, world, at_the_screen, django_assert_max_num_queries):
        browser = at_the_screen(world.coordinator)
        promised(world)
        browser.get("/cases/promises/")
        for _n in range(9):
            promised(world)

        with django_assert_max_num_queries(16):
            browser.get("/cases/promises/")

    def test_mine_are_those_to_my_enterprises_and_of_my_office(self, world, at_the_screen):
        promised(world)
        deputy = role("officer")
        stationed(deputy, world.enterprise, kind="deputy")

        for who in (world.officer, deputy, world.lead):
            assert at_the_screen(who).get("/cases/promises/?mine=1").context["page"].paginator.count == 1


WHO = ("officer", "lead", "manager", "coordinator", "other")


def test_the_wall_lets_the_office_see_what_was_promised_for_it(world):
    promised(world)
    scope = Scope(
        "ol_handler", world.lead.user_id, world.place.pk, organisation_id=world.lead.organisation_id, today=TODAY
    )
    with acting_as(scope):
        assert Promise.objects.count() == 1
