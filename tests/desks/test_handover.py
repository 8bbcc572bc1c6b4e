"""Work goes from one person to another: all of it, seen beforehand, in one transaction."""

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from openliaison.accounts.models import User
from openliaison.cases import services as cases
from openliaison.cases.models import Case, Handling, Promise
from openliaison.core import tasks
from openliaison.core.models import Journal, Task
from openliaison.core.now import frozen
from openliaison.core.scope import acting_as
from openliaison.desks import handover as service
from openliaison.desks import handover_absence as absence
from openliaison.desks.handover_brief import brief
from openliaison.desks.models import Handover
from openliaison.desks.open_work import counts_for_administrator, open_work
from openliaison.register.models import Link
from tests import factories as f

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


class Office:
    """An officer with two enterprises, an open case, a confidential one, a promise and a task; a successor."""

    def __init__(self):
        self.world = f.World()
        self.officer, self.desk = self.world.officer, self.world.coordinator
        self.second = f.enterprise("凡水橡胶有限公司")
        f.stationed(self.officer, self.second, kind="deputy")
        self.case = self.world.case()
        self.secret = self.world.case(is_confidential=True, text="只说给您听")
        self.promise = cases.make_promise(
            enterprise=self.world.enterprise,
            text="周五前答复",
            due_on=date(2026, 11, 27),
            organisation=f.organisation("grid"),
            by=self.officer,
            at=f.NOON,
        )
        tasks.ask([self.officer.user], self.case, "Look at %(n)s", url="/x/", at=f.NOON, n="it")
        self.next = f.role("officer", who=f.user("successor"))

    @property
    def scope(self):
        return self.desk.scope(f.NOON)

    def work(self):
        return open_work(self.officer.user, self.scope, f.NOON)

    def hand_over(self, successor=None, by=None, **exceptions):
        shares = service.shares(
            self.work(),
            (successor or self.next).user,
            by_kind=exceptions.get("by_kind", {}),
            by_enterprise=exceptions.get("by_enterprise", {}),
        )
        key = exceptions.get("key") or uuid.uuid4()
        return service.hand_over(person=self.officer.user, wanted=shares, by=by or self.desk, at=f.NOON, client_key=key)


@pytest.fixture
def office():
    return Office()


def sees(role, case):
    return Case.objects.visible_to(role.scope(f.NOON)).filter(pk=case.pk).exists()


def test_everything_open_of_a_person_is_found(office):
    counts = office.work().counts
    assert counts == {"links": 2, "cases": 1, "confidential": 1, "promises": 1, "tasks": counts["tasks"]}
    assert counts["tasks"] >= 1


def test_the_desk_of_another_area_sees_nothing_of_it(office):
    far = f.role("coordinator", area="211202")
    assert open_work(office.officer.user, far.scope(f.NOON), f.NOON).total == 0


def test_all_of_it_goes_over_and_the_successor_sees_what_the_officer_saw(office):
    assert not sees(office.next, office.case)
    office.hand_over()
    assert office.work().total == 0
    links = Link.objects.active(TODAY).filter(user=office.next.user)
    assert sorted(links.values_list("enterprise_id", "kind")) == sorted(
        [(office.world.enterprise.pk, "officer"), (office.second.pk, "deputy")]
    )
    assert not Link.objects.active(TODAY).filter(user=office.officer.user).exists()
    for case in (office.case, office.secret):
        case.refresh_from_db()
        assert case.officer_id == office.next.user_id
        assert sees(office.next, case)
        assert not sees(office.officer, case)


def test_a_promise_stays_the_word_of_its_giver_and_the_successor_is_asked_to_keep_it(office):
    office.hand_over()
    office.promise.refresh_from_db()
    assert office.promise.made_by_id == office.officer.user_id
    asked = Task.objects.get(person=office.next.user, subject=f"cases.promise:{office.promise.pk}")
    assert "周五前答复" in asked.text
    assert asked.due_at == datetime(2026, 11, 27, 17, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_promise_of_a_confidential_case_is_handed_over_without_its_words(office):
    Promise.objects.filter(pk=office.promise.pk).update(case=office.secret, is_confidential=True)
    office.hand_over()
    asked = Task.objects.get(person=office.next.user, subject=f"cases.promise:{office.promise.pk}")
    assert "周五前答复" not in str(asked.params)


def test_a_promise_taken_over_is_handed_on_with_the_rest(office):
    office.hand_over()
    third = f.role("officer")
    work = open_work(office.next.user, office.scope, f.NOON)
    assert [p.pk for p in work.promises] == [office.promise.pk]
    shares = service.shares(work, third.user, by_kind={}, by_enterprise={})
    service.hand_over(person=office.next.user, wanted=shares, by=office.desk, at=f.NOON, client_key=uuid.uuid4())
    assert open_work(office.next.user, office.scope, f.NOON).total == 0
    assert open_work(third.user, office.scope, f.NOON).counts["promises"] == 1


def test_nothing_open_is_nothing_to_hand_over(office):
    office.hand_over()
    with pytest.raises(service.NotPossible):
        office.hand_over()


def test_the_arbiter_of_a_confidential_case_hands_that_on_too(office):
    judge, other = f.role("leader"), f.role("leader")
    Case.objects.filter(pk=office.secret.pk).update(arbiter=judge.user)
    work = open_work(judge.user, office.scope, f.NOON)
    shares = service.shares(work, other.user, by_kind={}, by_enterprise={})
    service.hand_over(person=judge.user, wanted=shares, by=office.desk, at=f.NOON, client_key=uuid.uuid4())
    office.secret.refresh_from_db()
    assert office.secret.arbiter_id == other.user_id


def test_tasks_leave_one_list_and_stand_on_the_other(office):
    before = Task.objects.filter(person=office.officer.user, done_at=None, kind="task").count()
    office.hand_over()
    assert not Task.objects.filter(person=office.officer.user, done_at=None, kind="task").exists()
    moved = Task.objects.filter(person=office.next.user, subject=f"cases.case:{office.case.pk}", about="Look at %(n)s")
    assert before >= 1
    assert moved.count() == 1


def test_every_step_is_journalled(office):
    (made,) = office.hand_over()
    assert Journal.objects.filter(verb="link_handed_over").count() == 2
    assert Journal.objects.filter(verb="handed_over", subject=f"cases.case:{office.secret.pk}").count() == 1
    assert Journal.objects.filter(verb="handed_over", subject=f"desks.handover:{made.pk}").count() == 1


def test_it_works_as_the_coordinators_database_role(office):
    with acting_as(office.scope):
        (made,) = office.hand_over()
        assert made.enterprises == sorted([office.world.enterprise.pk, office.second.pk])
    assert Link.objects.active(TODAY).filter(user=office.next.user).count() == 2
    assert Task.objects.filter(person=office.next.user, subject=f"desks.handover:{made.pk}").count() == 1


def test_pressed_twice_it_happens_once(office):
    key = uuid.uuid4()
    first, second = office.hand_over(key=key), office.hand_over(key=key)
    assert [h.pk for h in first] == [h.pk for h in second]
    assert Task.objects.filter(subject=f"desks.handover:{first[0].pk}").count() == 1


def test_exceptions_by_kind_and_by_enterprise(office):
    other, third = f.role("officer"), f.role("officer")
    office.hand_over(by_kind={"confidential": other.user}, by_enterprise={office.second.pk: third.user})
    office.secret.refresh_from_db()
    assert office.secret.officer_id == other.user_id
    assert Link.objects.active(TODAY).filter(user=third.user, enterprise=office.second).exists()
    assert not Link.objects.active(TODAY).filter(user=office.next.user, enterprise=office.second).exists()
    assert Handover.objects.count() == 3


def test_what_is_confidential_never_follows_the_choice_for_an_enterprise(office):
    third = f.role("officer")
    office.hand_over(by_enterprise={office.world.enterprise.pk: third.user})
    office.secret.refresh_from_db()
    assert office.secret.officer_id == office.next.user_id


def test_a_deputy_who_becomes_the_officer_is_no_longer_the_deputy(office):
    f.stationed(office.next, office.world.enterprise, kind="deputy")
    office.hand_over()
    links = Link.objects.active(TODAY).filter(user=office.next.user, enterprise=office.world.enterprise)
    assert [link.kind for link in links] == ["officer"]


@pytest.mark.parametrize("who", ["leader", "closed", "self"])
def test_nobody_takes_over_who_cannot_do_the_work_and_nothing_is_half_done(office, who):
    taker = {"leader": lambda: f.role("leader"), "closed": lambda: f.role("officer"), "self": lambda: office.officer}
    role = taker[who]()
    if who == "closed":
        User.objects.filter(pk=role.user_id).update(is_active=False)
        role.user.refresh_from_db()
    with pytest.raises(service.NotPossible):
        office.hand_over(role)
    assert office.work().counts["links"] == 2
    assert not Handover.objects.exists()


@pytest.mark.parametrize("kind", ["officer", "leader", "handler", "inspector", "analyst", "administrator"])
def test_only_the_desk_hands_over(client, office, kind):
    by = f.role(kind)
    with pytest.raises(service.NotPossible):
        office.hand_over(by=by)
    client.force_login(by.user)
    assert client.get("/handover/").status_code == 403


def test_a_confidential_piece_goes_to_a_colleague_of_the_same_office_only(office):
    clerk, colleague, outsider = office.world.lead, f.role("handler", org="grid"), office.world.other
    cases.assign_case(case=office.secret, lead=f.organisation("grid"), person=clerk.user, by=office.desk, at=f.NOON)
    work = open_work(clerk.user, office.scope, f.NOON)
    assert [c.pk for c in work.confidential] == [office.secret.pk]

    def give(to):
        shares = service.shares(work, to.user, by_kind={}, by_enterprise={})
        service.hand_over(person=clerk.user, wanted=shares, by=office.desk, at=f.NOON, client_key=uuid.uuid4())

    with pytest.raises(service.NotPossible):
        give(outsider)
    give(colleague)
    assert Handling.objects.get(case=office.secret, ends_at=None).user_id == colleague.user_id
    assert sees(colleague, office.secret)
    assert not sees(clerk, office.secret)


def test_the_brief_tells_the_successor_everything_and_the_desk_nothing_confidential(office):
    (made,) = office.hand_over()
    own = brief(made, office.next.scope(f.NOON), f.NOON)
    desk = brief(made, office.scope, f.NOON)
    assert {c.pk for part in own for c in part.cases} == {office.case.pk, office.secret.pk}
    assert {c.pk for part in desk for c in part.cases} == {office.case.pk}
    assert {p.pk for part in own for p, _is_late in part.promises} == {office.promise.pk}


def test_the_page_asks_with_the_numbers_before_it_does_anything(client, office):
    client.force_login(office.desk.user)
    url = f"/handover/?person={office.officer.user_id}"
    assert office.case.number in client.get(url).content.decode()
    data = {"kind": "leave", "successor": office.next.user_id, "client_key": str(uuid.uuid4())}
    asked = client.post(url, data)
    assert asked.status_code == 200
    assert not Handover.objects.exists()
    assert client.post(url, data | {"sure": "1"}).status_code == 302
    made = Handover.objects.get()
    assert office.case.number in client.get(f"/handover/{made.pk}/brief/").content.decode()


@pytest.mark.parametrize(
    "data", [{}, {"successor": "0"}, {"kind": "absence"}, {"kind": "absence", "ends_on": "2026-11-01"}, {"kind": "x"}]
)
def test_a_form_that_lacks_something_is_answered_and_does_nothing(client, office, data):
    client.force_login(office.desk.user)
    full = {"kind": "leave", "successor": office.next.user_id, "client_key": str(uuid.uuid4()), "sure": "1"}
    sent = (full | data) if data else {"client_key": "x"}
    answer = client.post(f"/handover/?person={office.officer.user_id}", sent)
    assert answer.status_code == 422
    assert not Handover.objects.exists()


def test_an_unknown_person_is_answered(client, office):
    client.force_login(office.desk.user)
    assert client.get("/handover/?person=999999").status_code == 422
    assert client.get("/handover/?person=x").status_code == 422


def test_a_brief_opens_to_those_it_concerns_alone(client, office):
    (made,) = office.hand_over()
    for role, status in ((office.next, 200), (office.desk, 200), (f.role("officer"), 404), (f.role("leader"), 404)):
        client.force_login(role.user)
        assert client.get(f"/handover/{made.pk}/brief/").status_code == status


# ── Absence ──────────────────────────────────────────────────


def absent(office, by=None, **changes):
    given = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=7), "cover": office.next.user} | changes
    return absence.cover_absence(
        officer=office.officer.user, by=by or office.officer, at=f.NOON, client_key=uuid.uuid4(), **given
    )


def test_a_cover_sees_and_does_the_same_from_day_to_day_and_not_longer(office):
    with acting_as(office.officer.scope(f.NOON)):
        absent(office, starts_on=TODAY + timedelta(days=1))
    for days, expected in ((0, False), (1, True), (7, True), (8, False)):
        scope = office.next.scope(f.NOON + timedelta(days=days))
        assert Case.objects.visible_to(scope).filter(pk=office.case.pk).exists() is expected, days
        assert not Case.objects.visible_to(scope).filter(pk=office.secret.pk).exists()
    assert Link.objects.active(TODAY).filter(user=office.officer.user).count() == 2


def test_after_naming_a_cover_the_officers_own_scope_holds_again(office):
    with acting_as(office.officer.scope(f.NOON)):
        absent(office)
        assert Case.objects.filter(pk=office.secret.pk).exists()
        assert not Case.objects.exclude(enterprise=office.world.enterprise).exists()


def test_a_cover_ends_early_when_the_officer_is_back(client, office):
    made = absent(office)
    client.force_login(office.next.user)
    assert client.post(f"/cover/{made.pk}/end/").status_code == 302
    assert sees(office.next, office.case)
    client.force_login(office.officer.user)
    client.post(f"/cover/{made.pk}/end/")
    assert not sees(office.next, office.case)


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_on": TODAY - timedelta(days=1)},
        {"ends_on": TODAY - timedelta(days=1)},
        {"cover": "leader"},
        {"cover": "self"},
    ],
)
def test_an_absence_that_cannot_be_is_refused(office, changes):
    if changes.get("cover"):
        changes = {"cover": f.role("leader").user if changes["cover"] == "leader" else office.officer.user}
    with pytest.raises(service.NotPossible):
        absent(office, **changes)
    assert not Link.objects.filter(kind="cover").exists()


def test_one_officer_names_no_cover_for_another(office):
    with pytest.raises(service.NotPossible):
        absent(office, by=f.role("officer"))


def test_the_officers_page_names_a_cover_and_tells_the_desk(client, office):
    client.force_login(office.officer.user)
    data = {"cover": office.next.user_id, "starts_on": "2026-11-24", "ends_on": "2026-11-30"}
    sent = data | {"client_key": str(uuid.uuid4())}
    assert client.post("/cover/", sent).status_code == 302
    client.post("/cover/", sent)
    assert Link.objects.filter(kind="cover", user=office.next.user).count() == 1
    assert "successor" in client.get("/cover/?part=1").content.decode()
    assert Task.objects.filter(person=office.desk.user, about__contains="covers for").count() == 1
    assert client.post("/cover/", data | {"ends_on": "", "client_key": str(uuid.uuid4())}).status_code == 422


# ── The account of somebody who leaves ───────────────────────


def test_the_administrator_learns_numbers_and_sees_no_rows(client, office):
    admin = f.role("administrator")
    with acting_as(admin.scope(f.NOON)):
        counts = counts_for_administrator(office.officer.user, f.place(), f.NOON)
    assert (counts["links"], counts["cases"], counts["promises"]) == (2, 1, 1)
    client.force_login(admin.user)
    page = client.get(f"/people/{office.officer.user_id}/close/").content.decode()
    assert office.world.enterprise.name not in page
    assert office.desk.user.display_name in page


def test_closing_an_account_ends_its_sessions_and_asks_the_desk(client, office):
    leaving = type(client)()
    leaving.force_login(office.officer.user)
    client.force_login(f.role("administrator").user)
    assert client.post(f"/people/{office.officer.user_id}/close/").status_code == 302
    assert leaving.get("/").status_code == 302
    asked = Task.objects.get(person=office.desk.user, about__contains="has left")
    assert asked.url == f"/handover/?person={office.officer.user_id}"
    office.hand_over()
    assert sees(office.next, office.case)


def test_closing_is_the_administrators(client, office):
    client.force_login(office.desk.user)
    assert client.post(f"/people/{office.officer.user_id}/close/").status_code == 403
    assert User.objects.get(pk=office.officer.user_id).is_active


def test_the_hand_over_wall_shows_each_the_same_as_the_filter(office):
    with frozen(f.NOON):
        office.hand_over()
    for role, count in ((office.next, 1), (office.officer, 1), (office.desk, 1), (f.role("officer"), 0)):
        scope = role.scope(f.NOON)
        with acting_as(scope):
            assert Handover.objects.count() == count
        assert Handover.objects.visible_to(scope).count() == count
    assert Promise.objects.filter(made_by=office.officer.user).count() == 1
