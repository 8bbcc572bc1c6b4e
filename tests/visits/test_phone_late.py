"""A visit that arrives after its officer's service ended: not lost, and nothing of the file shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openliaison.cases.models import Case
from openliaison.core.models import Task
from openliaison.core.now import frozen
from openliaison.register.models import Fact
from openliaison.register.services import record_fact
from openliaison.visits.models import LateVisit, Visit, VisitFile
from openliaison.visits.phone import late
from tests.conftest import NOON
from tests.factories import role, stationed
from tests.visits.phones import Phone, jpeg, visit_item

END = NOON + timedelta(days=1)  # the last day of service
AFTER = NOON + timedelta(days=3)


@pytest.fixture
def successor(world):
    """The officer's service ends tomorrow; somebody else has it from the day after."""
    world.enterprise.created_at = NOON - timedelta(days=30)
    world.enterprise.save(update_fields=["created_at"])
    world.enterprise.links.update(ends_on=END.date())
    new = role("officer")
    stationed(new, world.enterprise)
    new.user.phone = "024-7484"
    new.user.save()
    return new


def work_off():
    for pk in LateVisit.objects.values_list("pk", flat=True):
        late.record_late(late_id=pk, at=AFTER)


def item_of(world, made_at=NOON, **body):
    return visit_item(world.enterprise, made_at=made_at, sent_at=AFTER, **body)


def test_a_visit_made_while_they_served_is_recorded_by_the_house_once(world, successor):
    item = item_of(
        world,
        problems=[{"text": "跳闸", "is_confidential": True}],
        commitments=[{"text": "回电", "due_on": "2026-11-24"}],
        facts={"employees": "260"},
        read={"employees": None},
    )
    with frozen(AFTER):
        phone = Phone(world.officer)
        answers = [phone.send(item) for _ in range(2)]
        work_off()
        work_off()

    assert [a.status_code for a in answers] == [201, 200]
    assert answers[0].json()["id"] is answers[0].json()["url"] is None
    assert "taken in" in answers[0].json()["message"]
    visit = Visit.objects.get()
    assert (visit.officer, visit.at) == (world.officer.user, NOON)
    assert Case.objects.get().officer == world.officer.user
    assert Fact.objects.current().get(key="employees").value == 260
    row = LateVisit.objects.get()
    assert (row.state, row.body) == ("recorded", {})


def test_everybody_concerned_is_told_and_the_former_officer_sees_nothing(world, successor):
    with frozen(AFTER):
        phone = Phone(world.officer)
        phone.send(item_of(world))
        work_off()
        visit = Visit.objects.get()

        told = set(Task.objects.filter(url=f"/visits/{visit.pk}/").values_list("person_id", flat=True))
        assert {successor.user_id, world.coordinator.user_id} <= told
        assert Task.objects.filter(person=world.officer.user, about__startswith="Your visit").exists()
        assert phone.client.get(f"/visits/{visit.pk}/").status_code == 404
        assert phone.get("/phone/pack.json").json()["enterprises"] == []


def test_a_visit_made_after_the_end_is_refused_with_whom_to_tell_it(world, successor):
    with frozen(AFTER):
        answer = Phone(world.officer).send(item_of(world, made_at=NOON + timedelta(days=2)))

    assert answer.status_code == 403
    assert successor.user.label in answer.json()["error"]
    assert "024-7484" in answer.json()["error"]
    assert not LateVisit.objects.exists()


def test_a_visit_of_long_ago_is_refused_too(world, successor):
    at = END + late.LATEST + timedelta(days=2)
    with frozen(at):
        answer = Phone(world.officer).send(visit_item(world.enterprise, made_at=NOON, sent_at=at))

    assert answer.status_code == 403


def test_who_never_served_it_is_refused(world, successor):
    with frozen(AFTER):
        answer = Phone(role("officer")).send(item_of(world))

    assert answer.status_code == 403


def test_its_pictures_follow_by_the_same_way(world, successor):
    item, picture = item_of(world), jpeg()
    with frozen(AFTER):
        phone = Phone(world.officer)
        phone.send(item)
        assert phone.upload(item["client_key"], picture).status_code == 201
        assert phone.upload(item["client_key"], picture).status_code in (200, 201)
        work_off()

    assert VisitFile.objects.get().visit == Visit.objects.get()


def test_a_picture_that_comes_after_the_change_of_officer_reaches_the_visit_sent_before(world, successor):
    item = visit_item(world.enterprise)
    assert Phone(world.officer).send(item).status_code == 201
    with frozen(AFTER):
        assert Phone(world.officer).upload(item["client_key"], jpeg()).status_code == 201
        work_off()

    assert VisitFile.objects.get().visit == Visit.objects.get()


def test_what_the_house_cannot_record_is_kept_for_its_author_and_told(world, successor, at_the_screen):
    with frozen(AFTER):
        Phone(world.officer).send(item_of(world, notes="他们要搬走"))
        LateVisit.objects.update(body={**LateVisit.objects.get().body, "facts": {"employees": "viele"}})
        work_off()
        page = at_the_screen(world.officer).get("/visits/conflicts/").content.decode()
        desk = at_the_screen(world.coordinator).get("/visits/conflicts/").content.decode()

    assert LateVisit.objects.get().state == "refused"
    assert not Visit.objects.exists()
    assert ("他们要搬走" in page, "他们要搬走" in desk) == (True, False)
    told = Task.objects.filter(url="/visits/conflicts/").values_list("person_id", flat=True)
    assert {world.officer.user_id, successor.user_id, world.coordinator.user_id} <= set(told)


def test_a_conflict_of_a_late_visit_is_put_to_who_serves_now(world, successor):
    record_fact(
        enterprise=world.enterprise, key="employees", value=300, source="enterprise", as_of=NOON.date(),
        by=world.manager, at=NOON,
    )  # fmt: skip
    with frozen(AFTER):
        Phone(world.officer).send(item_of(world, facts={"employees": "260"}, read={"employees": None}))
        work_off()

    asked = Task.objects.filter(subject__startswith="visits.factconflict").values_list("person_id", flat=True)
    assert list(asked) == [successor.user_id]
