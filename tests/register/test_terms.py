"""For how long somebody serves, which leader is responsible, and how an officer is found among many."""

from datetime import date, timedelta

import pytest

from openliaison.core.models import Task
from openliaison.register import finding, selectors, services
from openliaison.register.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.register.models import Link
from openliaison.register.models.enterprises import served_by_me
from openliaison.register.services.terms import months_after
from tests.conftest import NOON
from tests.factories import enterprise, role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def name(world, leader, **more):
    given = {"enterprise": world.enterprise, "starts_on": TODAY, "by": world.coordinator, "at": NOON} | more
    return services.name_leader(leader=leader, **given)


def test_months_end_on_the_last_day_where_the_month_is_shorter():
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2027, 11, 30), 3) == date(2028, 2, 29)
    assert months_after(date(2026, 11, 23), 12) == date(2027, 11, 23)


def test_who_begins_has_the_usual_term_and_a_cover_has_none(world):
    other, cover = role("officer"), role("officer")
    given = {"enterprise": world.enterprise, "starts_on": TODAY, "by": world.coordinator, "at": NOON}
    officer = services.station(officer=other, kind="officer", replace=True, why_replaced="Moved away", **given)
    covers = services.station(officer=cover, kind="cover", ends_on=TODAY + DAY, **given)

    assert (officer.term_until, covers.term_until) == (date(2027, 11, 22), None)
    assert Link.objects.get(user=world.officer.user).end_reason == "Moved away"
    with pytest.raises(Incomplete, match="before it begins"):
        services.station(officer=cover, kind="deputy", term_until=TODAY - DAY, **given)


def test_a_term_is_renewed_once_and_service_goes_on_after_it(world):
    link = Link.objects.get(user=world.officer.user)
    link.term_until = TODAY - 3 * DAY
    link.save()
    assert world.enterprise.pk in selectors.my_enterprises(world.officer.scope(NOON))

    renewed = services.renew_term(link=link, by=world.coordinator, at=NOON)
    assert renewed.term_until == date(2027, 11, 22)
    with pytest.raises(AlreadyDone, match="renewed already"):
        services.renew_term(link=link, by=world.coordinator, at=NOON)
    with pytest.raises(Incomplete, match="past"):
        services.renew_term(link=link, until=TODAY - DAY, by=world.coordinator, at=NOON)
    with pytest.raises(NotAllowed):
        services.renew_term(link=link, by=world.officer, at=NOON)


def test_an_ending_keeps_its_reason_in_the_history(world, at_the_screen):
    link = Link.objects.get(user=world.officer.user)
    desk = at_the_screen(world.coordinator)
    refused = desk.post(f"/enterprises/links/{link.pk}/end/", {"on": TODAY - DAY})
    assert refused.status_code == 422
    desk.post(f"/enterprises/links/{link.pk}/end/", {"on": TODAY - DAY, "reason": "New division of work"})

    assert "New division of work" in desk.get(f"/enterprises/{world.enterprise.pk}/").text
    manager = at_the_screen(world.manager)
    assert "New division of work" not in manager.get("/enterprises/ours/").text


def test_a_leader_is_responsible_and_never_counts_as_one_who_goes_there(world):
    name(world, world.leader)

    scope = world.leader.scope(NOON)
    assert [row["enterprise_id"] for row in selectors.led_enterprises(scope)] == [world.enterprise.pk]
    assert selectors.my_enterprises(scope) == []
    assert not served_by_me(scope).exists()
    assert not selectors.is_of_team(scope, world.enterprise)
    rows = finding.with_officers(finding.enterprises(scope, world.place, {"serving": finding.LED}), scope)
    assert [[k.kind for k in e.serving] for e in rows] == [["officer"]]
    assert Task.objects.get(person=world.leader.user).kind == "notice"


def test_one_leader_an_enterprise_and_only_leaders(world):
    other = role("leader")
    name(world, world.leader)
    with pytest.raises(AlreadyDone):
        name(world, world.leader)
    name(world, other)
    now = Link.objects.active(TODAY).filter(enterprise=world.enterprise, kind="leader")
    assert [k.user for k in now] == [other.user]
    with pytest.raises(NotAllowed, match="not a leader"):
        name(world, world.officer)


def test_two_merged_have_one_leader(world):
    taken = enterprise()
    name(world, world.leader)
    name(world, role("leader"), enterprise=taken)
    services.merge_enterprises(kept=world.enterprise, taken=taken, by=world.coordinator, at=NOON)

    now = Link.objects.active(TODAY).filter(enterprise=world.enterprise, kind="leader")
    assert [k.user for k in now] == [world.leader.user]


def test_where_officers_are_many_a_search_finds_them_with_and_without_a_script(world, at_the_screen, monkeypatch):
    monkeypatch.setattr(selectors, "MOST_OFFERED", 2)
    people = [role("officer") for _n in range(4)]
    wanted = people[3]
    wanted.user.display_name = "宋雨"
    wanted.user.save()
    desk, url = at_the_screen(world.coordinator), f"/enterprises/{world.enterprise.pk}/station/"

    page = desk.get(url)
    assert "hx-get" in page.text
    assert "宋雨" not in page.text
    assert "宋雨" in desk.get("/enterprises/officers/?who=宋").text
    assert "Nobody of this name" in desk.get("/enterprises/officers/?who=nobody-at-all").text
    found = desk.post(url, {"who": "宋雨", "find": "1", "kind": "deputy", "starts_on": "2026-12-01"})
    assert found.status_code == 200
    assert "宋雨" in found.text
    assert found.context["form"]["kind"].value() == "deputy"
    desk.post(url, {"who": "", "officer": wanted.pk, "kind": "deputy", "starts_on": "2026-12-01"})
    assert Link.objects.get(user=wanted.user).kind == "deputy"
