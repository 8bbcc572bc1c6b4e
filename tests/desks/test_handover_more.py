"""A hand-over happens once whoever presses; a cover gets what falls due; people are found by a search; the brief."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from openliaison.cases import services as cases
from openliaison.core import tasks
from openliaison.core.models import Task
from openliaison.core.scope import acting_as
from openliaison.desks import handover as service
from openliaison.desks import handover_absence as absence
from openliaison.desks import handover_people
from openliaison.desks.handover_brief import brief
from openliaison.register.models import Booking, Link
from openliaison.visits.services import record_visit
from tests import factories as f
from tests.desks.test_handover import TODAY, Office

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def office():
    return Office()


def away(office, **changes):
    given = {"starts_on": TODAY, "ends_on": TODAY + 7 * DAY, "cover": office.next.user} | changes
    return absence.cover_absence(officer=office.officer.user, by=office.officer, at=f.NOON, client_key=uuid4(), **given)


def test_two_at_the_desk_hand_over_the_same_work_once(office):
    other = f.role("officer")
    seen_before = service.shares(office.work(), other.user, by_kind={}, by_enterprise={})
    office.hand_over()

    with pytest.raises(service.NotPossible, match="a moment ago"):
        service.hand_over(person=office.officer.user, wanted=seen_before, by=office.desk, at=f.NOON, client_key=uuid4())
    assert not Link.objects.filter(user=other.user).exists()


def test_sent_twice_with_one_key_it_is_the_same_hand_over(office):
    key = uuid4()
    first = office.hand_over(key=key)
    again = service.hand_over(person=office.officer.user, wanted=[], by=office.desk, at=f.NOON, client_key=key)
    assert [m.pk for m in again] == [m.pk for m in first]


def test_the_successor_begins_a_term_and_the_former_link_says_why_it_ended(office):
    office.hand_over()

    assert Link.objects.get(user=office.next.user, kind="officer").term_until == date(2027, 11, 22)
    assert {link.end_reason for link in Link.objects.filter(user=office.officer.user)} == {service.HANDED_OVER}


def test_a_leader_responsible_is_followed_by_a_leader_only(office):
    leader, other = office.world.leader, f.role("leader")
    f.stationed(leader, office.world.enterprise, kind="leader")
    work = service.open_work.open_work(leader.user, office.scope, f.NOON)
    for who, is_fit in ((office.next, False), (other, True)):
        shares = service.shares(work, who.user, by_kind={}, by_enterprise={})
        given = {"person": leader.user, "wanted": shares, "by": office.desk, "at": f.NOON, "client_key": uuid4()}
        if is_fit:
            service.hand_over(**given)
            continue
        with pytest.raises(service.NotPossible, match="not a leader"):
            service.hand_over(**given)
    now = Link.objects.active(TODAY).filter(enterprise=office.world.enterprise, kind="leader")
    assert [link.user for link in now] == [other.user]


def test_a_cover_gets_what_falls_due_in_these_days_and_nothing_else(office):
    zone = ZoneInfo("Asia/Shanghai")
    for n, days in enumerate((2, 30)):
        due = datetime(2026, 11, 23, 10, tzinfo=zone) + days * DAY
        tasks.ask([office.officer.user], office.case, "Look again %(n)s", url="/x/", at=f.NOON, due_at=due, n=str(n))
    later = cases.make_promise(
        enterprise=office.world.enterprise,
        text="年底前答复",
        due_on=date(2026, 12, 31),
        organisation=f.organisation("grid"),
        by=office.officer,
        at=f.NOON,
    )
    with acting_as(office.officer.scope(f.NOON)):
        made = away(office)

    assert (made.promises, made.task_count) == ([office.promise.pk], 1)
    given = Task.objects.filter(person=office.next.user, done_at=None)
    assert sorted(t.subject for t in given) == sorted(
        [f"desks.handover:{made.pk}", f"cases.promise:{office.promise.pk}", f"cases.case:{office.case.pk}"]
    )
    assert f"cases.promise:{later.pk}" not in {t.subject for t in given}
    assert Task.objects.filter(person=office.officer.user, done_at=None, about="Look again %(n)s").count() == 2


def test_back_early_the_cover_is_no_longer_asked(office):
    made = away(office)
    absence.end_cover(handover=made, by=office.officer, at=f.NOON + DAY)
    assert not Task.objects.filter(person=office.next.user, done_at=None).exists()


def test_where_people_are_many_a_search_finds_them(office, at_the_screen, monkeypatch):
    monkeypatch.setattr(handover_people, "MOST_OFFERED", 2)
    for n in range(4):
        f.role("officer", who=f.user(f"colleague {n}"))
    far = f.role("officer", who=f.user("zz far away"))
    desk = at_the_screen(office.desk)

    assert "hx-get" in desk.get("/handover/").text
    found = desk.get("/handover/?who=far+away&find=1")
    assert (found.status_code, "zz far away" in found.text) == (200, True)
    url = f"/handover/?person={office.officer.user_id}"
    assert "zz far away" not in desk.get(url).text
    assert "zz far away" in desk.get(f"/handover/people/?who=far&for={office.officer.user_id}").text
    assert "zz far away" in desk.post(url, {"find": "1", "who": "far", "kind": "leave"}).text
    sure = desk.post(url, {"kind": "leave", "successor": far.user_id, "client_key": str(uuid4())})
    assert "zz far away" in sure.text
    assert "Yes, hand over all of it" in sure.text


def test_the_brief_holds_who_is_who_what_was_said_and_what_is_ahead(office, at_the_screen):
    enterprise = office.world.enterprise
    for n in range(4):
        record_visit(
            enterprise=enterprise,
            by=office.officer,
            at=f.NOON - n * DAY,
            notes=f"said {n}",
            visited_at=f.NOON - n * DAY,
        )
    Booking.objects.create(
        place=enterprise.place,
        enterprise=enterprise,
        locality_path=enterprise.locality_path,
        organisation=f.organisation("grid"),
        requested_by=office.world.lead.user,
        requested_at=f.NOON,
        kind="service",
        purpose="看变压器",
        starts_at=f.NOON + 3 * DAY,
        minutes=30,
    )
    made = office.hand_over()[0]

    found = {b.enterprise: b for b in brief(made, office.next.scope(f.NOON), f.NOON)}[enterprise]
    assert [v.notes for v in found.visits] == ["said 0", "said 1", "said 2"]
    assert [b.purpose for b in found.bookings] == ["看变压器"]
    assert [(p.pk, late) for p, late in found.promises] == [(office.promise.pk, False)]
    assert [link.user for link in found.team] == [office.next.user]
    page = at_the_screen(office.next).get(f"/handover/{made.pk}/brief/").text
    assert "看变压器" in page
    assert "said 0" in page
