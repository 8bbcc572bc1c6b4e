"""Official numbers: what is kept, and what is refused with which words."""

import pytest

from openliaison.register import numbers
from openliaison.register.errors import Incomplete

pytestmark = pytest.mark.usefixtures("english")
GOOD = "91110000600037341L"


@pytest.mark.parametrize(
    "text", [GOOD, " 9111 0000 6000 37341L ", "９１１１００００６０００３７３４１Ｌ", "91110000600037341l"]
)
def test_a_right_number_is_kept_in_one_form(text):
    assert numbers.clean("cn.uscc", text) == GOOD


def test_no_number_stays_none():
    assert numbers.clean("cn.uscc", "  ") == ""
    assert numbers.clean("none", "") == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("91110000600037341A", "would end in L"),
        ("9.11100006E+17", "shortened by a spreadsheet"),
        ("9,111E+17", "shortened by a spreadsheet"),
        ("9111000060003734", "has 16 characters"),
        ("911100006000373410L", "has 19 characters"),
        ("9111000O600037341L", "cannot hold “O”"),
        ("911100006000373I1L", "cannot hold “I”"),
        ("9111000060003734北L", "cannot hold “北”"),
    ],
)
def test_a_wrong_number_is_refused_in_words(text, why):
    with pytest.raises(Incomplete, match=why):
        numbers.clean("cn.uscc", text)


def test_other_schemes_have_sentences_too():
    assert numbers.clean("us.ein", "04-2103594") == "042103594"
    with pytest.raises(Incomplete, match="has 3 characters"):
        numbers.clean("de.vat", "123")
    with pytest.raises(Incomplete, match="check digit"):
        numbers.clean("de.vat", "136695978")
    with pytest.raises(Incomplete, match="not a number of this kind"):
        numbers.clean("us.ein", "9x1234567")


def test_a_place_without_a_scheme_takes_what_stands_on_the_licence():
    assert numbers.clean("none", "ab-12") == "AB-12"
    with pytest.raises(Incomplete, match="shortened"):
        numbers.clean("none", "1.5E+10")
    with pytest.raises(Incomplete, match="longer than 40"):
        numbers.clean("none", "1" * 41)
