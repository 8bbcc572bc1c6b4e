"""Who serves whom: one by one and many at once."""

from datetime import date, timedelta

import pytest

from openliaison.core.models import Journal, Task
from openliaison.register import selectors, services
from openliaison.register.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.register.models import Enterprise, Link
from tests.conftest import NOON
from tests.factories import enterprise, organisation, role, stationed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def station(world, officer, kind="officer", **more):
    given = {"starts_on": TODAY, "by": world.coordinator, "at": NOON} | more
    return services.station(enterprise=world.enterprise, officer=officer, kind=kind, **given)


def test_a_second_officer_is_refused_and_a_deputy_is_not(world):
    other = role("officer")
    with pytest.raises(AlreadyDone, match="End that first, or replace"):
        station(world, other)
    station(world, other, "deputy")
    with pytest.raises(AlreadyDone, match=r"serves .* already"):
        station(world, other, "deputy")
    assert Link.objects.filter(user=other.user).count() == 1


def test_replacing_ends_the_officer_in_office_the_day_before(world):
    link = station(world, role("officer"), replace=True)

    before = Link.objects.get(user=world.officer.user)
    assert (before.ends_on, link.ends_on) == (TODAY - DAY, None)
    team = selectors.team(world.enterprise, world.coordinator.scope(NOON), TODAY)
    assert ([x.user for x in team.now], [x.user for x in team.former]) == ([link.user], [world.officer.user])


def test_one_replaced_on_the_first_day_leaves_no_trace_in_the_team(world):
    first = role("officer")
    station(world, first, replace=True)
    second = station(world, role("officer"), replace=True)

    team = selectors.team(world.enterprise, world.coordinator.scope(NOON), TODAY)
    assert [x.user for x in (*team.now, *team.coming)] == [second.user]
    assert first.user not in [x.user for x in team.former]


def test_a_cover_has_a_last_day_and_sees_the_file_until_then(world):
    cover = role("officer")
    with pytest.raises(Incomplete, match="until which day"):
        station(world, cover, "cover")
    with pytest.raises(Incomplete, match="before the first"):
        station(world, cover, "cover", ends_on=TODAY - DAY)
    station(world, cover, "cover", ends_on=TODAY + DAY)

    assert selectors.my_enterprises(cover.scope(NOON)) == [world.enterprise.pk]
    assert selectors.my_enterprises(cover.scope(NOON + 2 * DAY)) == []


def test_a_later_beginning_is_shown_as_coming(world):
    station(world, role("officer"), "deputy", starts_on=TODAY + DAY)
    team = selectors.team(world.enterprise, world.coordinator.scope(NOON), TODAY)
    assert ([x.kind for x in team.now], [x.kind for x in team.coming]) == (["officer"], ["deputy"])


def test_a_handling_organisation_is_no_service(world):
    Link.objects.create(
        place=world.place, enterprise=world.enterprise, organisation=organisation(), kind="handler", starts_on=TODAY
    )
    team = selectors.team(world.enterprise, world.coordinator.scope(NOON), TODAY)
    assert [x.kind for x in team.now] == ["officer"]


def test_only_the_coordinator_of_the_area_stations(world):
    for stranger in (world.officer, world.leader, role("coordinator", area="211224")):
        with pytest.raises(NotAllowed, match="Only the coordinator"):
            station(world, role("officer"), "deputy", by=stranger)
    with pytest.raises(NotAllowed, match="not a liaison officer"):
        station(world, world.leader)


def test_a_stationing_ends_with_a_day_and_only_once(world):
    link = Link.objects.get(user=world.officer.user)
    with pytest.raises(Incomplete, match="began only"):
        services.end_stationing(link=link, on=link.starts_on - DAY, by=world.coordinator, at=NOON)
    services.end_stationing(link=link, on=TODAY, by=world.coordinator, at=NOON)
    with pytest.raises(AlreadyDone, match="ended on"):
        services.end_stationing(link=link, on=TODAY, by=world.coordinator, at=NOON + 2 * DAY)
    assert Journal.objects.filter(verb="stationing_ended").count() == 1


def test_one_that_has_not_begun_can_be_called_off(world):
    link = station(world, role("officer"), "deputy", starts_on=TODAY + 9 * DAY)
    services.end_stationing(link=link, on=TODAY, by=world.coordinator, at=NOON)
    team = selectors.team(world.enterprise, world.coordinator.scope(NOON), TODAY)
    assert ([x.kind for x in team.now], team.coming, team.former) == (["officer"], [], [])


def test_many_at_once_say_how_many_and_why_not(world):
    officer = role("officer")
    free, served, away = enterprise(), enterprise(), enterprise(at="211224101")
    stationed(world.officer, served)

    result = services.station_many(
        enterprises=[free, served, away],
        officer=officer,
        kind="officer",
        starts_on=TODAY,
        by=world.coordinator,
        at=NOON,
    )

    assert result.done == [free]
    assert [(e, "replace" in why, "Only the coordinator" in why) for e, why in result.refused] == [
        (served, True, False),
        (away, False, True),
    ]
    assert Journal.objects.filter(verb="stationed").count() == 1
    task = Task.objects.get(person=officer.user)
    assert task.url == f"/enterprises/{free.pk}/"

    again = services.station_many(
        enterprises=[free], officer=officer, kind="officer", starts_on=TODAY, by=world.coordinator, at=NOON
    )
    assert (again.done, len(again.refused)) == ([], 1)


def test_many_at_once_have_a_most_and_a_least(world, monkeypatch):
    monkeypatch.setattr(services.assigning, "MOST_AT_ONCE", 1)
    given = {"officer": world.officer, "kind": "deputy", "starts_on": TODAY, "by": world.coordinator, "at": NOON}
    with pytest.raises(Incomplete, match="narrow the filter"):
        services.station_many(enterprises=Enterprise.objects.all(), **given)
    with pytest.raises(Incomplete, match="No enterprise is ticked"):
        services.station_many(enterprises=[], **given)


def test_officers_are_listed_with_their_load_the_least_first(world):
    idle = role("officer")
    listed = selectors.offered_officers(world.place, TODAY).roles
    assert [(r.pk, r.load) for r in listed] == [(idle.pk, 0), (world.officer.pk, 1)]
