"""Facts: typed, sourced, fading, never overwritten."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from openliaison.core.models import Journal
from openliaison.register import facts, selectors, services
from openliaison.register.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.register.models import Fact, FactDefinition
from tests.conftest import NOON
from tests.factories import role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def record(world, key="employees", value="340", **more):
    given = {"source": "visit", "as_of": TODAY, "by": world.officer, "at": NOON} | more
    return services.record_fact(enterprise=world.enterprise, key=key, value=value, **given)


def current(world, key="employees") -> Fact | None:
    return Fact.objects.current().filter(enterprise=world.enterprise, key=key).first()


def entry(world, type_: str, unit: str = "") -> FactDefinition:
    return FactDefinition(place=world.place, key="x", type=type_, unit=unit, label_zh="某项", label_en="Thing")


def shown(world, type_: str, value, unit: str = "") -> str:
    fact = Fact(value=facts.read(entry(world, type_, unit), value, world.place, today=TODAY), unit=unit)
    return facts.show(entry(world, type_, unit), fact, world.enterprise)


READS = [
    ("bool", "是", True),
    ("bool", "No", False),
    ("int", "1,200", 1200),
    ("int", "12.0", 12),
    ("decimal", "3.40", "3.40"),
    ("decimal", "1E3", "1000"),
    ("date", "2026-03-05", "2026-03-05"),
    ("text", "  机械 ", "机械"),
    ("enum:large|small", "small", "small"),
    ("code:industry", "c3630", "3630"),
    ("code:locality", "211221101", "211221101"),
    ("list:text", "自卸车; 环卫车;自卸车", ["自卸车", "环卫车"]),
    ("list:text", [], []),
    ("list:enum:a|b", ["b"], ["b"]),
]


def test_each_type_is_read_into_one_form(world):
    for type_, text, kept in READS:
        assert facts.read(entry(world, type_), text, world.place, today=TODAY) == kept


REFUSES = [
    ("bool", "maybe", "yes or no"),
    ("int", "12.5", "a whole number"),
    ("int", "1e400", "a whole number"),
    ("int", "-5", "0 or more"),
    ("decimal", "NaN", "a number"),
    ("decimal", "many", "a number"),
    ("date", "2026-02-30", "a date such as"),
    ("enum:large|small", "huge", "one of large, small"),
    ("code:industry", "9Z", "a code that the list has"),
    ("code:locality", "999", "a code that the list has"),
    ("list:enum:a|b", ["c"], "one of a, b"),
    ("text", "   ", "is empty"),
]


def test_what_does_not_fit_its_type_is_refused_in_words(world):
    for type_, text, why in REFUSES:
        with translation.override("en"), pytest.raises(Incomplete, match=why):
            facts.read(entry(world, type_), text, world.place, today=TODAY)


SHOWS = [
    ("decimal", "10k_cny", "20400", "2.04 亿元", "CN¥204,000,000"),
    ("decimal", "10k_cny", "35.5", "35.5 万元", "CN¥355,000"),
    ("decimal", "usd", "1200", "US$1,200", "$1,200"),
    ("int", "persons", "1340", "1,340 人", "1,340 persons"),
    ("decimal", "pct", "3.4", "3.4 %", "3.4 %"),
    ("bool", "", "true", "是", "yes"),
    ("enum:micro|small", "", "micro", "微型", "micro"),
    ("date", "", "2003-02-02", "2003 年 2 月 2 日", "2 Feb 2003"),
    ("list:text", "", ["甲", "乙"], "甲、乙", "甲, 乙"),
    ("list:text", "", [], "无", "none"),
]


def test_values_are_shown_with_unit_in_both_languages(world):
    for type_, unit, value, zh, en in SHOWS:
        with translation.override("zh-hans"):
            assert shown(world, type_, value, unit) == zh
        with translation.override("en"):
            assert shown(world, type_, value, unit) == en


def test_codes_are_shown_with_their_names(world):
    with translation.override("zh-hans"):
        assert shown(world, "code:industry", "3630") == "3630 改装汽车制造"


def test_a_newer_value_supersedes_and_the_older_stays_on_file(world):
    first = record(world, value="300", as_of=TODAY - DAY)
    second = record(world, value="340", at=NOON + timedelta(minutes=1))

    first.refresh_from_db()
    assert current(world) == second
    assert first.superseded_at == NOON + timedelta(minutes=1)
    history = selectors.fact_history(world.enterprise, "employees", world.officer.scope(NOON), TODAY)
    assert [h.fact.value for h in history] == [340, 300]


def test_an_older_value_learned_later_does_not_supersede(world):
    newer = record(world, value="340")
    older = record(world, value="290", as_of=TODAY - 30 * DAY)

    assert current(world) == newer
    assert older.superseded_at is not None


def test_the_same_value_sent_twice_is_one_row(world):
    assert record(world) == record(world)
    assert Fact.objects.count() == 1
    assert Journal.objects.filter(verb="fact_recorded").count() == 1


def test_a_key_that_is_the_same_as_another_is_kept_under_that_other(world):
    fact = record(world, key="headcount", value="12")

    assert (fact.key, current(world)) == ("employees", fact)


def test_unknown_keys_days_ahead_and_strangers_are_refused(world):
    with pytest.raises(Incomplete, match="not in the catalogue"):
        record(world, key="shoe_size")
    with pytest.raises(Incomplete, match="lies ahead"):
        record(world, as_of=TODAY + DAY)
    with pytest.raises(NotAllowed, match="may write in its file"):
        record(world, by=role("officer"))
    with pytest.raises(NotAllowed):
        record(world, by=world.stranger)
    with pytest.raises(NotAllowed):
        record(world, by=role("coordinator", area="211224"))
    assert not Fact.objects.exists()


def test_a_correction_by_the_enterprise_is_a_new_fact_of_its_own(world):
    record(world, value="300", as_of=TODAY - DAY)
    record(world, value="310", source="enterprise", by=world.manager)

    assert (current(world).source, current(world).recorded_by) == ("enterprise", world.manager.user)
    assert Fact.objects.filter(key="employees").count() == 2


def test_freshness_counts_from_the_day_or_the_confirmation(world):
    fact = record(world, as_of=TODAY - 365 * DAY)
    definition = facts.definition(world.place.pk, "employees")
    assert definition.fresh_days == 365
    assert facts.is_fresh(definition, fact, TODAY)
    assert not facts.is_fresh(definition, fact, TODAY + DAY)

    services.confirm_fact(fact=fact, by=world.manager, at=NOON)
    fact.refresh_from_db()
    assert (fact.confirmed_by, facts.fresh_until(definition, fact)) == (world.manager.user, TODAY + 365 * DAY)


def test_what_has_no_span_never_fades(world):
    fact = record(world, key="registered_on", value="2003-02-02", as_of=date(2003, 2, 2))
    assert facts.fresh_until(facts.definition(world.place.pk, "registered_on"), fact) is None
    assert facts.is_fresh(None, fact, TODAY)


def test_a_derived_value_is_not_confirmed_by_hand(world):
    fact = record(world, key="size", value="small", source="derived", by=None)
    with pytest.raises(NotAllowed, match="worked out by a rule"):
        services.confirm_fact(fact=fact, by=world.officer, at=NOON)


def test_a_value_taken_back_lets_the_one_before_stand_again(world):
    first = record(world, value="300", as_of=TODAY - DAY)
    wrong = record(world, value="3400")

    services.retract_fact(fact=wrong, reason="多打了一个零", by=world.officer, at=NOON)

    wrong.refresh_from_db()
    assert (wrong.retract_reason, wrong.retracted_by, current(world)) == ("多打了一个零", world.officer.user, first)
    with pytest.raises(AlreadyDone):
        services.retract_fact(fact=wrong, reason="又一次", by=world.officer, at=NOON)
    with pytest.raises(AlreadyDone):
        services.confirm_fact(fact=wrong, by=world.officer, at=NOON)


def test_taking_back_wants_a_reason(world):
    fact = record(world)
    with pytest.raises(Incomplete, match="why the value is wrong"):
        services.retract_fact(fact=fact, reason="  ", by=world.officer, at=NOON)


def test_facts_stand_under_their_topics_with_what_is_missing(world):
    record(world)
    topics = selectors.facts_by_topic(world.enterprise, world.officer.scope(NOON), TODAY)
    people = next(t for t in topics if str(t.label) == str(facts.TOPICS["people"]))

    assert [f.key for f in people.held] == ["employees"]
    assert "insured_employees" in {d.key for d in people.missing}
    assert not {d.key for t in topics for d in t.missing} & {"headcount", "purchase_date", "employees"}


def test_every_key_of_the_catalogue_about_enterprises_has_a_topic(world):
    listed = FactDefinition.objects.filter(place=world.place, subject="enterprise", same_as="")
    assert [d.key for d in listed if facts.topic(d.key) == "other"] == []
    assert set(facts._topics().values()) <= set(facts.TOPICS)


def test_sensitive_facts_stay_behind_their_wall(world):
    record(world, key="tax_due_10k_cny", value="3")
    record(world, key="employees", value="3")

    seen = {
        who.kind: [f.key for f in selectors.held_facts(world.enterprise, who.scope(NOON), TODAY)]
        for who in (world.officer, world.coordinator, world.leader, role("analyst"), role("inspector"), world.stranger)
    }
    both = ["employees", "tax_due_10k_cny"]
    assert {k: sorted(v) for k, v in seen.items()} == {
        "officer": both, "coordinator": both, "leader": ["employees"], "analyst": ["employees"],
        "inspector": ["employees"], "enterprise": [],
    }  # fmt: skip


def test_money_loses_nothing(world):
    fact = record(world, key="revenue_10k_cny", value="20400.55")
    assert Decimal(current(world, "revenue_10k_cny").value) == Decimal("20400.55")
    assert fact.unit == "10k_cny"
