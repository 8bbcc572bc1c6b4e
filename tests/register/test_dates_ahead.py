"""A date that lies ahead: refused at every door where it cannot be, taken where it may."""

from datetime import date

import pytest

from openliaison.core.models import Setting
from openliaison.register import commands
from openliaison.register.errors import Incomplete
from openliaison.register.models import Enterprise, Fact, FactDefinition, ImportBatch
from openliaison.visits.models import Visit
from openliaison.visits.services import record_visit
from tests.api.conftest import Caller
from tests.conftest import NOON

from .import_files import HEADS, csv_file, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY, TOMORROW = "2026-11-23", "2026-11-24"
BIRTH, END = "registered_on", "business_term_until"


def held(key: str) -> list[str]:
    return list(Fact.objects.current().filter(key=key).values_list("value", flat=True))


def test_the_catalogue_says_which_dates_may_lie_ahead(world):
    dates = FactDefinition.objects.filter(place=world.place, type="date")

    assert set(dates.filter(may_lie_ahead=True).values_list("key", flat=True)) == {END, "project_start"}
    assert BIRTH in dates.filter(may_lie_ahead=False).values_list("key", flat=True)


def test_on_the_page(world, at_site):
    officer = at_site(world.officer)

    def say(key, value, as_of=TODAY):
        url = f"/enterprises/{world.enterprise.pk}/facts/{key}/record/"
        return officer.post(url, value=value, as_of=as_of, source="visit")

    refused = say(BIRTH, TOMORROW)
    assert refused.status_code == 422
    assert "Registered on cannot lie ahead, as 24 Nov does; correct the date." in refused.content.decode()
    assert say(END, TOMORROW, as_of=TOMORROW).status_code == 422, "known only tomorrow"
    assert [say(BIRTH, TODAY).status_code, say(END, "2036-11-24").status_code] == [302, 302]
    assert (held(BIRTH), held(END)) == ([TODAY], ["2036-11-24"])


def test_from_another_system(world):
    caller = Caller(world.coordinator)

    def send(key, value, as_of=TODAY):
        answer = caller.post(f"enterprises/{world.enterprise.pk}/facts", key=key, value=value, as_of=as_of)
        return answer.status_code, answer.content.decode()

    status, said = send(BIRTH, TOMORROW)
    assert status == 422 and "cannot lie ahead" in said
    status, said = send("employees", 12, as_of=TOMORROW)
    assert status == 422 and "lies ahead" in said
    assert [send(BIRTH, TODAY)[0], send(END, TOMORROW)[0]] == [201, 201]
    assert (held(BIRTH), held(END)) == ([TODAY], [TOMORROW])


def test_in_a_file(world, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    rows = [[*row(1, founded=TOMORROW), TOMORROW], [*row(2, founded=TODAY), TOMORROW]]
    path = str(csv_file(tmp_path / "list.csv", [[*HEADS, "营业期限至"], *rows]))

    assert commands.import_file([path]) == 0

    assert "row 2, column “成立日期”: “2026-11-24” lies ahead" in capsys.readouterr().out
    assert (held(BIRTH), held(END)) == ([TODAY], [TOMORROW])


def test_a_waiting_file_cannot_be_moved_to_a_day_ahead(world, tmp_path, capsys):
    path = str(csv_file(tmp_path / "list.csv", [HEADS, row(1)]))
    commands.import_file([path, "--dry-run"])

    assert commands.import_file([path, "--as-of", TOMORROW]) == 2

    assert ImportBatch.objects.get().as_of == date.fromisoformat(TODAY)
    assert not Enterprise.objects.filter(name="示例1号机械有限公司").exists()


def test_at_a_visit_sent_by_another_system(world):
    body = {
        "enterprise_id": world.enterprise.pk,
        "notes": "看了执照",
        "client_key": "0190b1c2-0000-7000-8000-000000000001",
    }
    caller = Caller(world.officer)

    assert caller.post("visits", **body, facts={BIRTH: TOMORROW}).status_code == 422
    assert caller.post("visits", **body, facts={END: TOMORROW}).status_code == 201
    assert (held(BIRTH), held(END)) == ([], [TOMORROW])


def test_at_a_visit_whose_day_was_earlier(world):
    """What a phone sends late is measured by the day on which it comes."""
    with pytest.raises(Incomplete, match="cannot lie ahead"):
        record_visit(enterprise=world.enterprise, notes="x", facts={BIRTH: TOMORROW}, by=world.officer, at=NOON)

    assert not Visit.objects.exists()


def test_on_the_visit_form(world, at_site):
    FactDefinition.objects.filter(key=BIRTH).update(fresh_days=30)
    Setting.objects.filter(key="useful_facts").update(value=[BIRTH])
    Fact.objects.create(
        enterprise=world.enterprise, key=BIRTH, value="2001-01-01", source="visit", sensitivity="public",
        as_of=date(2020, 1, 1), recorded_at=NOON,
    )  # fmt: skip
    officer, url = at_site(world.officer), "/visits/record/"
    sent = {
        "enterprise": world.enterprise.pk,
        "client_key": "0190b1c2-0000-7000-8000-000000000002",
        "mode": "visit",
        "notes": "看了执照",
        **{f"{rows}-{count}_FORMS": 0 for rows in ("problem", "promise") for count in ("TOTAL", "INITIAL")},
    }

    refused = officer.post(url, **sent, **{f"fact_{BIRTH}": TOMORROW})
    assert refused.status_code == 422
    assert "cannot lie ahead" in refused.content.decode() and "看了执照" in refused.content.decode()
    assert officer.post(url, **sent, **{f"fact_{BIRTH}": TODAY}).status_code == 302
    assert held(BIRTH) == [TODAY]
