"""Minutes of a form are counted from the form: what is read and what is asked."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django import forms
from django.utils import translation

from openliaison.core import form_time
from openliaison.core.form_time import Asked
from openliaison.core.forms import DateInput, Pick, SentOnce
from openliaison.core.models import Setting
from tests import factories
from tests.conftest import NOON, ROOT

TODAY = date(2026, 11, 23)
PACE = form_time.Pace(
    tick=3, choice=6, several=10, number=20, date=10, short=25, long=60, file=45, opening=10,
    optional_share=0.25, characters_a_minute=300, words_a_minute=200,
)  # fmt: skip


class Example(SentOnce):
    tick = forms.BooleanField(label="")
    pick = forms.ChoiceField(label="", widget=Pick, choices=[("a", "甲"), ("b", "乙")])
    listed = forms.ChoiceField(label="", choices=[("a", "甲" * 100)])
    several = forms.MultipleChoiceField(label="", widget=forms.CheckboxSelectMultiple, choices=[("a", "甲")])
    number = forms.IntegerField(label="")
    typed_number = forms.CharField(label="", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    day = forms.DateField(label="", widget=DateInput())
    short = forms.CharField(label="")
    long = forms.CharField(label="", widget=forms.Textarea)
    file = forms.FileField(label="")
    hidden = forms.CharField(label="不读", widget=forms.HiddenInput)


def test_every_kind_of_field_is_told_by_its_field_and_hidden_ones_ask_nothing():
    kinds = [asked.kind for asked in form_time.asked_by(Example())]

    told = "tick choice choice several number number date short long file"
    assert kinds == told.split()


def test_choices_are_read_where_they_all_stand_on_the_page():
    pick, listed = form_time.asked_by(Example())[1:3]

    assert (pick.text.strip(), listed.text.strip()) == ("甲 乙", "")


def test_seconds_are_reading_opening_and_answering_added_up():
    asked = [Asked("number", "从业人数"), Asked("short", "two words")]

    assert form_time.seconds(asked, PACE) == 10 + 20 + 4 * 0.2 + 25 + 2 * 0.3


def test_an_optional_field_counts_a_quarter_and_its_label_in_full():
    asked = [Asked("long", "四个汉字", is_required=False)]

    assert form_time.seconds(asked, PACE) == 10 + 60 * 0.25 + 4 * 0.2


def test_a_field_filled_in_already_needs_a_glance():
    class One(forms.Form):
        number = forms.IntegerField(label="")

    empty, filled = One(), One(initial={"number": 37})

    assert form_time.seconds(form_time.asked_by(empty), PACE) == 30
    assert form_time.seconds(form_time.asked_by(filled), PACE) == 15


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (89, 1), (90, 2), (149, 2), (150, 3)])
def test_minutes_are_the_nearest_and_one_at_least(seconds, minutes):
    assert form_time.minutes(seconds) == minutes


def test_a_reading_speed_of_nought_reads_in_no_time():
    pace = form_time.read_pace(PACE.__dict__ | {"characters_a_minute": 0})

    assert form_time.reading("汉字", pace) == 0


def test_a_count_is_the_same_in_both_languages_and_follows_the_setting(db):
    from openliaison.cases.forms import RaiseForm

    place, role = factories.place(), factories.role("coordinator")
    counted = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            counted.append(form_time.form_minutes(RaiseForm(role=role), place, TODAY))
    assert counted == [2, 2]

    slower = Setting.objects.get(place=place, key="form_seconds").value | {"long": 600}
    Setting.objects.create(place=place, key="form_seconds", value=slower, valid_from=TODAY)
    assert form_time.form_minutes(RaiseForm(role=role), place, TODAY) == 11


def test_no_template_states_a_number_of_its_own():
    found = []
    for path in ROOT.glob("openliaison/*/templates/**/*.html"):
        for told in re.findall(r"{% takes ([^%]*)%}", path.read_text(encoding="utf-8")):
            found.append((path.name, told.split()[0]))

    assert len(found) >= 5
    assert not [f for f in found if not f[1].isidentifier()]


PAGES = [("officer", "/visits/record/?enterprise={e}"), ("officer", "/cases/raise/?enterprise={e}")]


@pytest.mark.parametrize(("who", "url"), PAGES)
def test_the_number_on_a_page_is_the_count_of_the_form_on_it(world, at_the_screen, who, url):
    page = at_the_screen(getattr(world, who)).get(url.format(e=world.enterprise.pk))
    form = page.context["form"]

    told = re.search(r"About (\d+) minute", page.content.decode())
    assert told is not None
    assert int(told[1]) == form_time.form_minutes(form, world.place, world.place.day(NOON))
