"""Two files that are one: what moves, what stays, and that taking them apart restores everything."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from openliaison.accounts.models import Role
from openliaison.cases.models import Case
from openliaison.core.scope import acting_as
from openliaison.register import followers, search, selectors, services
from openliaison.register.errors import AlreadyDone, NotAllowed
from openliaison.register.merge_jobs import carry_followers, relocate_followers
from openliaison.register.models import Contact, Enterprise, Fact, GroupTie, Link, Merge, Site
from tests.conftest import NOON
from tests.factories import World, enterprise, locality, organisation, role, stationed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY = date(2026, 11, 23)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NUMBER = "91110000600037341L"


@pytest.fixture
def other(world) -> Enterprise:
    return enterprise("北岗专用汽车厂", at="211221105")


def merge(world, kept, taken, at=NOON) -> Merge:
    made = services.merge_enterprises(kept=kept, taken=taken, by=world.coordinator, at=at)
    carry_followers(made.pk)
    return made


def unmerge(world, made, at=NOON + DAY) -> None:
    services.unmerge(merge=made, by=world.coordinator, at=at)
    carry_followers(made.pk)


def fact(of: Enterprise, value: int, as_of: date = TODAY, key: str = "employees", at=NOON - HOUR) -> Fact:
    return services.record_fact(enterprise=of, key=key, value=value, source="visit", as_of=as_of, by=None, at=at)


def current(of: Enterprise) -> dict[str, Any]:
    return dict(Fact.objects.current().filter(enterprise=of).values_list("key", "value"))


def test_facts_move_and_the_later_of_two_stands(world, other):
    fact(world.enterprise, 300, TODAY - 9 * DAY)
    fact(other, 340, TODAY - 2 * DAY)
    fact(world.enterprise, 12, key="graduates_hired_this_year", as_of=TODAY - DAY)
    fact(other, 10, key="graduates_hired_this_year", as_of=TODAY - 3 * DAY)

    merge(world, world.enterprise, other)

    assert current(world.enterprise) == {"employees": 340, "graduates_hired_this_year": 12}
    assert (Fact.objects.filter(enterprise=world.enterprise).count(), current(other)) == (4, {})


def test_the_taken_file_points_to_the_kept_one_and_takes_nothing_new(world, other):
    merge(world, world.enterprise, other)

    other.refresh_from_db()
    assert other.merged_into == world.enterprise
    with pytest.raises(NotAllowed, match="write in that file"):
        fact(other, 3)
    with pytest.raises(NotAllowed, match="was merged into"):
        services.station(
            enterprise=other, officer=world.officer, kind="deputy", starts_on=TODAY, by=world.coordinator, at=NOON
        )


def test_the_kept_file_takes_over_what_it_lacks_and_is_found_by_both_names(world, other):
    Enterprise.objects.filter(pk=other.pk).update(number=NUMBER, industry="3630", name_en="Other Works")
    made = merge(world, world.enterprise, other)

    kept = Enterprise.objects.get(pk=world.enterprise.pk)
    assert (kept.number, kept.industry, kept.name_en) == (NUMBER, "3630", "Other Works")
    assert search.matching(Enterprise.objects.filter(merged_into=None), "汽车厂").get() == kept

    unmerge(world, made)
    kept.refresh_from_db()
    assert (kept.number, kept.industry, kept.name_en) == ("", "", "")
    assert Enterprise.objects.get(number=NUMBER) == other


def test_there_is_one_officer_and_one_main_contact_afterwards(world, other):
    theirs = role("officer")
    stationed(theirs, other)
    for one in (world.enterprise, other):
        services.add_contact(enterprise=one, name=one.name[:4], is_main=True, by=None, at=NOON)

    made = merge(world, world.enterprise, other)

    links = Link.objects.filter(enterprise=world.enterprise)
    assert {(x.user, x.kind) for x in links} == {(world.officer.user, "officer"), (theirs.user, "deputy")}
    assert Contact.objects.filter(enterprise=world.enterprise, is_main=True).count() == 1
    assert selectors.my_enterprises(theirs.scope(NOON)) == [world.enterprise.pk]

    unmerge(world, made)
    assert Link.objects.get(user=theirs.user).kind == "officer"
    assert Contact.objects.filter(enterprise=other, is_main=True).count() == 1


def test_what_would_stand_twice_stays_where_it_is(world, other):
    stationed(world.officer, other)
    for one in (world.enterprise, other):
        Link.objects.create(
            place=world.place, enterprise=one, organisation=organisation(), kind="handler", starts_on=TODAY
        )
    top = enterprise("总公司")
    for child in (world.enterprise, other):
        GroupTie.objects.create(parent=top, child=child)
    GroupTie.objects.create(parent=other, child=world.enterprise)

    merge(world, world.enterprise, other)

    assert Link.objects.filter(enterprise=other).count() == 2
    assert set(GroupTie.objects.values_list("parent", "child")) == {
        (top.pk, world.enterprise.pk),
        (top.pk, other.pk),
        (other.pk, world.enterprise.pk),
    }


def test_no_merge_makes_a_loop_in_a_group(world, other):
    between = enterprise("中间")
    GroupTie.objects.create(parent=world.enterprise, child=between)
    GroupTie.objects.create(parent=between, child=other)

    merge(world, world.enterprise, other)

    assert [b.enterprise for b in selectors.group_above(world.enterprise, world.coordinator.scope(NOON))] == []


def test_cases_and_people_of_the_taken_one_follow_and_go_back(world, other):
    case = world.case()
    Case.objects.filter(pk=case.pk).update(enterprise=other)
    secret = world.case(is_confidential=True, by=world.manager, channel="enterprise")
    Case.objects.filter(pk=secret.pk).update(enterprise=other)
    theirs = role("enterprise", enterprise=other)

    made = merge(world, world.enterprise, other)
    assert set(Case.objects.filter(enterprise=world.enterprise)) == {case, secret}
    assert Role.objects.get(pk=theirs.pk).enterprise_id == world.enterprise.pk

    carry_followers(made.pk)  # twice is once
    late = world.case()
    unmerge(world, made)
    assert set(Case.objects.filter(enterprise=other)) == {case, secret}
    assert list(Case.objects.filter(enterprise=world.enterprise)) == [late]
    assert Role.objects.get(pk=theirs.pk).enterprise_id == other.pk


def test_every_room_with_rows_of_an_enterprise_follows():
    rooms = {model._meta.label_lower for model, _column in followers.followers()}
    assert {"cases.case", "cases.promise", "visits.visit", "accounts.role", "accounts.invitation"} <= rooms


def test_every_room_that_keeps_the_place_of_an_enterprise_moves_with_it():
    kept = {
        m for m in apps.get_models() if any(f.name == "locality_path" for f in m._meta.fields) and m is not Enterprise
    }
    own = {"core.journal", "register.importbatch", "visits.proposal"}  # where written; whose file; for which area
    assert {m._meta.label_lower for m in kept} - own == {m._meta.label_lower for m, _column, _q in followers.PLACED}


def test_what_hangs_on_an_enterprise_moves_with_it(world):
    case = world.assigned()
    secret = world.case(is_confidential=True, by=world.manager, channel="enterprise")
    before = case.locality_path
    new = locality("211221105")
    with transaction.atomic(), acting_as(world.coordinator.scope(NOON)):
        services.change_identity(enterprise=world.enterprise, locality=new, by=world.coordinator, at=NOON)
    jobs = ProcrastinateJob.objects.filter(task_name="register.relocate_followers")
    assert [job.args for job in jobs] == [{"enterprise_id": world.enterprise.pk}]
    for _twice in range(2):
        relocate_followers(world.enterprise.pk)
    assert Case.objects.get(pk=case.pk).locality_path == new.path
    assert set(case.handlings.values_list("locality_path", flat=True)) == {new.path}
    assert Case.objects.get(pk=secret.pk).locality_path == before  # it stays with the desk that received it


def test_a_room_may_say_that_its_rows_stay(world, other, monkeypatch):
    monkeypatch.setattr(followers, "STAYING", {Case})
    case = world.case()
    Case.objects.filter(pk=case.pk).update(enterprise=other)
    merge(world, world.enterprise, other)
    assert Case.objects.get(pk=case.pk).enterprise == other


def test_who_may_merge_what(world, other):
    away = enterprise("外县企业", at="211224101")
    with pytest.raises(NotAllowed, match="one and the same"):
        merge(world, other, other)
    for by in (world.officer, world.leader):
        with pytest.raises(NotAllowed, match="Only the coordinator"):
            services.merge_enterprises(kept=world.enterprise, taken=other, by=by, at=NOON)
    with pytest.raises(NotAllowed, match="Only the coordinator"):
        merge(world, world.enterprise, away)
    made = merge(world, world.enterprise, other)
    with pytest.raises(AlreadyDone, match="merged before"):
        merge(world, world.enterprise, other)
    unmerge(world, made)
    with pytest.raises(AlreadyDone, match="taken apart before"):
        unmerge(world, made)


def test_merges_come_apart_in_their_order(world, other):
    third = enterprise("第三家")
    first = merge(world, other, third)
    second = merge(world, world.enterprise, other, NOON + timedelta(hours=1))
    assert set(world.enterprise.merged.all()) == {other, third}

    with pytest.raises(NotAllowed, match="First take apart the later merge"):
        unmerge(world, first)
    unmerge(world, second)
    third.refresh_from_db()
    assert third.merged_into == other
    unmerge(world, first)
    third.refresh_from_db()
    assert third.merged_into is None


def test_a_number_given_to_another_since_stands_in_the_way(world, other):
    Enterprise.objects.filter(pk=other.pk).update(number=NUMBER)
    Enterprise.objects.filter(pk=world.enterprise.pk).update(number="91210000000000000X")
    made = merge(world, world.enterprise, other)
    enterprise("后来者", number=NUMBER)
    with pytest.raises(NotAllowed, match="stands for 后来者"):
        unmerge(world, made)


def test_what_was_learned_after_the_merge_stays_with_the_kept_one(world, other):
    fact(other, 340, TODAY - 2 * DAY)
    made = merge(world, world.enterprise, other)
    fact(world.enterprise, 350, TODAY, at=NOON + timedelta(hours=1))

    unmerge(world, made)

    assert (current(world.enterprise), current(other)) == ({"employees": 350}, {"employees": 340})


def test_a_coordinator_merges_behind_the_walls(world, other):
    fact(other, 340)
    with transaction.atomic(), acting_as(world.coordinator.scope(NOON)):
        made = services.merge_enterprises(kept=world.enterprise, taken=other, by=world.coordinator, at=NOON)
        services.unmerge(merge=made, by=world.coordinator, at=NOON)
    assert current(other) == {"employees": 340}


# ── Merge and un-merge is nothing ────────────────────────────


def picture() -> dict[str, list[dict[str, Any]]]:
    """Every row of the register, but for the merges themselves."""
    rows = (Enterprise, Fact, Contact, Site, Link, GroupTie)
    return {m.__name__: list(m.objects.order_by("pk").values()) for m in rows}


KEYS = ("employees", "insured_employees")
WHICH = st.integers(0, 2)
FACTS = st.lists(
    st.tuples(WHICH, st.sampled_from(KEYS), st.integers(1, 99), st.integers(0, 5), st.booleans()), max_size=6
)
CONTACTS = st.lists(st.tuples(WHICH, st.sampled_from("甲乙丙"), st.booleans(), st.booleans()), max_size=4)
LINKS = st.lists(st.tuples(WHICH, st.integers(0, 1), st.sampled_from(["officer", "deputy"]), st.booleans()), max_size=4)
TIES = st.lists(st.tuples(WHICH, WHICH), max_size=3)


class Trio:
    """Three enterprises with whatever hypothesis hangs on them."""

    def __init__(self, world: World, facts: list, contacts: list, links: list, ties: list) -> None:
        self.world = world
        self.rows = [self.world.enterprise, enterprise("二号", number=NUMBER), enterprise("三号")]
        self.officers = [self.world.officer, role("officer")]
        for n, (which, key, value, age, retracted) in enumerate(facts):
            made = fact(self.rows[which], value, TODAY - age * DAY, key, NOON + timedelta(seconds=n) - HOUR)
            if retracted and made.superseded_at is None:
                services.retract_fact(fact=made, reason="错", by=self.world.coordinator, at=NOON - HOUR)
        for which, name, is_main, ended in contacts:
            made = services.add_contact(enterprise=self.rows[which], name=name, is_main=is_main, by=None, at=NOON)
            if ended and made.ends_on is None:
                services.end_contact(contact=made, on=TODAY, by=self.world.coordinator, at=NOON)
        for which, who, kind, ended in links:
            known = Link.objects.filter(enterprise=self.rows[which], user=self.officers[who].user, kind=kind)
            if not known.exists():
                stationed(self.officers[who], self.rows[which], kind, ends_on=TODAY - DAY if ended else None)
        for a, b in ties:
            if a != b and not GroupTie.objects.filter(parent=self.rows[a], child=self.rows[b]).exists():
                GroupTie.objects.create(parent=self.rows[a], child=self.rows[b], share=Decimal("0.3"))
        services.add_site(
            enterprise=self.rows[1], name="二厂", locality=locality("211221105"), street="", by=None, at=NOON
        )


@given(facts=FACTS, contacts=CONTACTS, links=LINKS, ties=TIES, twice=st.booleans())
@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_merged_and_taken_apart_everything_is_as_before(world, facts, contacts, links, ties, twice):
    with transaction.atomic():
        trio = Trio(world, facts, contacts, links, ties)
        for row in trio.rows:  # search words as the services write them
            Enterprise.objects.filter(pk=row.pk).update(search=services.enterprises.index(row))
        before = picture()
        merges = [merge(trio.world, trio.rows[0], trio.rows[1])]
        if twice:
            merges.append(merge(trio.world, trio.rows[2], trio.rows[0], NOON + timedelta(minutes=1)))
        assert picture() != before
        for made in reversed(merges):
            unmerge(trio.world, made)
        assert picture() == before
        transaction.set_rollback(True)
