"""By which words an enterprise is found, and by which it is not."""

import pytest

from openliaison.register import search
from openliaison.register.models import Enterprise
from tests.factories import enterprise

pytestmark = pytest.mark.django_db


def made(name: str, **fields) -> Enterprise:
    row = enterprise(name, **fields)
    row.search = search.vector(name, fields.get("name_en", ""), fields.get("number", ""))
    row.save()
    return row


@pytest.fixture
def beigang():
    return made("北岗专用汽车有限公司", name_en="Beigang Special Vehicles Ltd", number="912112210000000196")


@pytest.fixture
def others():
    return [made("南岗专用设备有限公司", name_en="Nangang Equipment"), made("北方汽车零件厂"), made("重庆路食品店")]


def found(text: str) -> set[str]:
    return set(search.matching(Enterprise.objects.all(), text).values_list("name", flat=True))


FINDS = [
    "北岗专用汽车有限公司",
    "北岗",
    "专用汽车",
    "岗",
    "北岗 汽车",
    "bgzy",
    "BGZYQC",
    "ｂｇｚｙ",
    "beigang",
    "zhuanyong",
    "beigangzhuanyong",
    "qcyxgs",
    "special",
    "Vehic",
    "beigang special",
    "912112210000000196",
    "９１２１１２２１００００",
    "00000196",
    "0196",
    "北岗（专用）",
    "北岗·专用",
    "bg专用",
    "  北岗\t专用  ",
]
FINDS_NOT = ["北岗专用设备", "岗北", "bgzx", "specials", "9121122100000002", "汽车 食品", "xyz"]


def test_the_one_enterprise_is_found_by_each_of_its_ways(beigang, others):
    assert [text for text in FINDS if beigang.name not in found(text)] == []


def test_what_does_not_stand_there_finds_nothing_of_it(beigang, others):
    assert [text for text in FINDS_NOT if beigang.name in found(text)] == []


def test_initials_tell_the_two_apart(beigang, others):
    assert found("ngzy") == {"南岗专用设备有限公司"}
    assert found("bgzy") == {"北岗专用汽车有限公司"}


def test_a_character_with_two_readings_is_found_by_the_one_it_has_here(others):
    assert found("cql") == {"重庆路食品店"}
    assert found("chongqing") == {"重庆路食品店"}


def test_brackets_inside_a_name_do_not_split_it():
    row = made("铁岭（北岗）专用 汽车公司")

    assert found("岭北岗专用汽") == {row.name}


def test_only_punctuation_finds_nothing(beigang):
    marks = ["！？。", "---", "'", "''", "<>", "&|!():*", "\x00"]
    assert {text: found(text) for text in marks} == {text: set() for text in marks}


def test_blanks_leave_the_list_as_it_is(beigang):
    assert [text for text in ["", "   ", "　"] if found(text) != {beigang.name}] == []


def test_markup_and_operators_are_words_like_any_other(beigang, others):
    asked = ["<b>北岗</b>", "北岗' | '南岗", "北岗:*&!", "<script>alert(1)</script>", "'; drop table"]
    assert [text for text in asked if not found(text) <= {beigang.name}] == []


def test_a_very_long_question_is_cut_and_answered(beigang):
    assert found("北岗专用汽车" + " " * 5000 + "没有这家") == {beigang.name}
    assert found("北岗" * 5000) == set()
    assert len(search.parts("汽车配件" * 3000)) <= search.MOST_PARTS


def test_words_are_lower_case_half_width_and_each_once():
    assert search.normal("  ＡＢＣ　Ltd\n") == "abc ltd"
    listed = search.words("汽车汽车")
    assert sorted(w for w in listed if not w.startswith("@")) == ["汽", "汽车", "车", "车汽"]
    assert len(listed) == len(set(listed))


def test_a_name_of_full_length_keeps_within_the_most_words():
    assert len(search.words("铁岭" * 100, "a b c " * 60)) <= search.MOST_WORDS
