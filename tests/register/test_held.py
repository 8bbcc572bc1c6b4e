"""Identity, contacts, sites and group ties: added, corrected, ended; two at once; never a loop."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from openliaison.core.models import Journal
from openliaison.register import search, selectors, services
from openliaison.register.errors import AlreadyDone, ChangedMeanwhile, Incomplete, NotAllowed
from openliaison.register.models import Contact, Enterprise, GroupTie, Site
from tests.conftest import NOON
from tests.factories import enterprise, locality, role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
NUMBER = "91110000600037341L"


def change(world, **changes):
    return services.change_identity(enterprise=world.enterprise, by=world.coordinator, at=NOON, **changes)


def contact(world, name="陈志强", **more) -> Contact:
    given = {"by": world.officer, "at": NOON, "phone": "024-00000001"} | more
    return services.add_contact(enterprise=world.enterprise, name=name, **given)


# ── Identity ─────────────────────────────────────────────────


def test_identity_is_corrected_found_by_its_new_name_and_journalled_with_what_was(world):
    old = world.enterprise.name
    change(
        world, name="南岗特种车有限公司", number=f" {NUMBER.lower()} ", industry="c3630", locality=locality("211221105")
    )

    row = Enterprise.objects.get(pk=world.enterprise.pk)
    assert (row.number, row.industry, row.locality_path) == (NUMBER, "3630", locality("211221105").path)
    assert search.matching(Enterprise.objects.all(), "ngtzc").get() == row
    line = Journal.objects.get(verb="identity_changed")
    assert old in line.detail and "南岗特种车" in line.detail


def test_a_wrong_number_code_or_name_is_refused(world):
    enterprise(number=NUMBER)
    with pytest.raises(AlreadyDone, match="is on file"):
        change(world, number=NUMBER)
    with pytest.raises(Incomplete, match="would end in L"):
        change(world, number=f"{NUMBER[:-1]}A")
    with pytest.raises(Incomplete, match="not a code of"):
        change(world, industry="99999")
    with pytest.raises(Incomplete, match="name is missing"):
        change(world, name="  ")
    with pytest.raises(NotAllowed):
        services.change_identity(enterprise=world.enterprise, by=world.officer, at=NOON, street="x")
    with pytest.raises(NotAllowed):
        change(world, locality=locality("211224101"))


def test_an_older_form_is_refused_and_says_what_changed(world):
    seen = services.shown(world.enterprise, ["street", "status", "locality"])
    change(world, street="园区路 5 号", status="stopped", locality=locality("211221105"))

    with pytest.raises(ChangedMeanwhile) as refused:
        change(world, street="园区路 6 号", seen=seen)

    assert [(was, now) for _field, was, now in refused.value.changes][:1] == [("", "园区路 5 号")]
    assert "production stopped" in str(refused.value)
    assert str(locality("211221105")) in str(refused.value)
    assert Enterprise.objects.get(pk=world.enterprise.pk).street == "园区路 5 号"


def test_a_form_that_changes_nothing_writes_nothing(world):
    change(world, street=world.enterprise.street)
    assert not Journal.objects.filter(verb="identity_changed").exists()


def test_an_enterprise_by_hand_needs_a_name_a_right_number_and_the_area(world):
    given = {"place": world.place, "locality": locality("211221101"), "by": world.coordinator, "at": NOON}
    with pytest.raises(Incomplete, match="has 3 characters"):
        services.add_enterprise(name="新企业", number="123", **given)
    with pytest.raises(NotAllowed):
        services.add_enterprise(name="新企业", **(given | {"locality": locality("211224101")}))
    made = services.add_enterprise(name=" 新企业 ", number=NUMBER.lower(), **given)
    assert (made.name, made.number) == ("新企业", NUMBER)


# ── Look-alikes ──────────────────────────────────────────────


def indexed(name: str, **more) -> Enterprise:
    return services.add_enterprise(
        place=locality("211221101").place, name=name, locality=locality("211221101"), by=None, at=NOON, **more
    )


def test_names_that_are_nearly_the_same_are_found_whatever_their_legal_form(world):
    near = indexed("铁岭北岗专用汽车有限责任公司")
    indexed("铁岭南河饲料有限责任公司")
    scope = world.coordinator.scope(NOON)

    found = selectors.look_alikes(world.place, scope, "北岗专用汽车股份有限公司")
    assert [a.enterprise for a in found] == [near]
    assert found[0].likeness == 1.0
    assert selectors.look_alikes(world.place, scope, "铁岭有限公司") == []
    assert selectors.look_alikes(world.place, scope, "", "！！") == []


def test_english_names_are_compared_by_words(world):
    near = indexed("某某一", name_en="Beigang Special Vehicles Ltd")
    found = selectors.look_alikes(
        world.place, world.coordinator.scope(NOON), "x", "Beigang Special Vehicle Co", "Beigang Special Vehicles Co"
    )
    assert [a.enterprise for a in found] == [near]


# ── Contacts and sites ───────────────────────────────────────


def test_there_is_one_main_contact_and_what_ended_stays(world):
    first, second = contact(world, is_main=True), contact(world, "林晓东", is_main=True)
    first.refresh_from_db()
    assert (first.is_main, second.is_main) == (False, True)

    services.make_main_contact(contact=first, by=world.manager, at=NOON)
    services.end_contact(contact=second, on=TODAY, by=world.manager, at=NOON)

    rows = dict(Contact.objects.values_list("name", "is_main"))
    assert rows == {"陈志强": True, "林晓东": False}
    second.refresh_from_db()
    assert second.ends_on == TODAY
    with pytest.raises(AlreadyDone, match="has not been in this function"):
        services.change_contact(contact=second, name="又来", by=world.officer, at=NOON)


def test_the_same_contact_sent_twice_is_one(world):
    assert contact(world) == contact(world)
    assert Contact.objects.count() == 1


def test_a_contact_is_corrected_unless_somebody_was_faster(world):
    row = contact(world)
    seen = services.shown(row, ["name", "phone"])
    services.change_contact(contact=row, phone="024-00000009", seen=seen, by=world.officer, at=NOON)
    with pytest.raises(ChangedMeanwhile, match=r"024-00000001.*024-00000009"):
        services.change_contact(contact=row, phone="024-00000008", seen=seen, by=world.manager, at=NOON)
    line = Journal.objects.get(verb="contact_changed")
    assert "024" not in line.detail  # the journal names the field, not the number


def test_an_end_lies_neither_ahead_nor_before_the_beginning(world):
    row = contact(world, starts_on=TODAY - DAY)
    with pytest.raises(Incomplete, match="lies ahead"):
        services.end_contact(contact=row, on=TODAY + DAY, by=world.officer, at=NOON)
    with pytest.raises(Incomplete, match="began only"):
        services.end_contact(contact=row, on=TODAY - 2 * DAY, by=world.officer, at=NOON)


def test_a_site_is_added_once_corrected_and_closed(world):
    given = {"name": "二厂", "locality": locality("211221105"), "street": "工业路", "by": world.officer, "at": NOON}
    row = services.add_site(enterprise=world.enterprise, **given)
    assert services.add_site(enterprise=world.enterprise, **given) == row
    services.change_site(site=row, street="工业路 2 号", by=world.manager, at=NOON)
    services.close_site(site=row, on=TODAY, by=world.coordinator, at=NOON)
    row = Site.objects.get()
    assert (row.street, row.closed_on) == ("工业路 2 号", TODAY)
    with pytest.raises(AlreadyDone, match="closed since"):
        services.close_site(site=row, on=TODAY, by=world.coordinator, at=NOON)


def test_strangers_write_in_no_file(world):
    row = contact(world)
    for stranger in (role("officer"), world.stranger, world.leader, world.lead):
        with pytest.raises(NotAllowed):
            contact(world, "别人", by=stranger)
        with pytest.raises(NotAllowed):
            services.end_contact(contact=row, on=TODAY, by=stranger, at=NOON)


# ── Group ────────────────────────────────────────────────────


def tie(world, parent, child, share=None):
    return services.add_tie(parent=parent, child=child, share=share, by=world.coordinator, at=NOON)


def test_a_group_is_a_tree_with_shares(world):
    top, middle, leaf = enterprise("总公司"), enterprise("中间"), enterprise("末梢")
    tie(world, top, middle, Decimal("0.6"))
    tie(world, middle, leaf)

    scope = world.coordinator.scope(NOON)
    beneath = [(b.enterprise, b.depth, b.percent) for b in selectors.group_beneath(top, scope)]
    assert beneath == [(middle, 0, "60"), (leaf, 1, "")]
    assert [b.enterprise for b in selectors.group_above(leaf, scope)] == [middle, top]


def test_loops_are_refused_at_any_depth(world):
    a, b, c = enterprise(), enterprise(), enterprise()
    tie(world, a, b)
    tie(world, b, c)
    for parent, child in ((c, a), (b, a), (a, a)):
        with pytest.raises(Incomplete, match="loop"):
            tie(world, parent, child)
    assert GroupTie.objects.count() == 2


def test_ties_once_shares_up_to_the_whole_and_an_end(world):
    a, b, c = enterprise(), enterprise(), enterprise()
    first = tie(world, a, c, Decimal("0.7"))
    with pytest.raises(AlreadyDone, match="already"):
        tie(world, a, c)
    with pytest.raises(Incomplete, match=r"120 %; 70 % stand"):
        tie(world, b, c, Decimal("0.5"))
    services.end_tie(tie=first, on=TODAY, by=world.coordinator, at=NOON)
    tie(world, b, c, Decimal("0.5"))
    tie(world, c, a)  # no loop any more
    with pytest.raises(AlreadyDone, match="ended on"):
        services.end_tie(tie=first, on=TODAY, by=world.coordinator, at=NOON)
    with pytest.raises(NotAllowed):
        services.add_tie(parent=a, child=world.enterprise, by=world.officer, at=NOON)
