"""Whether a "not at this time" was a refusal: only the coordinator and the enterprise can tell."""

from typing import Any

import pytest
from django.db import connection, transaction

from openliaison.core import walls
from openliaison.core.models import Journal
from openliaison.core.scope import acting_as
from openliaison.register.models import Refusal
from openliaison.register.services import diary
from tests.conftest import NOON
from tests.register.diary_world import Diary

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
REASON = "同样的材料上月已报送两次"
MAY_KNOW = ("coordinator", "enterprise")


@pytest.fixture
def world(db):
    return Diary()


class Undo(Exception):
    pass


def answered(world, row, kind: str) -> None:
    said = {"booking": row, "instead": "by_phone", "note": "请来电", "by": world.manager, "at": NOON}
    if kind == "refused":
        diary.refuse_booking(reason=REASON, **said)
    else:
        diary.move_booking(**said)


def everything(by) -> dict[str, list[Any]]:
    """All that this person's database role can read: every walled table and the queue, but for numbers of rows."""
    found = {}
    for model in walls.walled_models():
        names = [f.attname for f in model._meta.concrete_fields if not f.primary_key and f.attname != "client_key"]
        try:
            with transaction.atomic(), acting_as(by.scope(NOON)):
                found[model.__name__] = sorted(map(str, model._base_manager.values_list(*names)))
        except Exception as error:
            assert "permission denied" in str(error)
    with transaction.atomic(), acting_as(by.scope(NOON)), connection.cursor() as cursor:
        cursor.execute("select task_name, args::text from procrastinate_jobs order by 1, 2")
        found["queue"] = [str(line) for line in cursor.fetchall()]
    return found


def seen_after(world, row, kind: str) -> dict[str, dict[str, list[Any]]]:
    """What each person sees once the enterprise has answered so. Nothing is kept."""
    found: dict[str, Any] = {}
    try:
        with transaction.atomic():
            answered(world, row, kind)
            found = {name: everything(by) for name, by in world.people().items()}
            raise Undo
    except Undo:
        return found


def test_no_row_tells_a_refusal_from_another_no_but_to_the_desk_and_the_enterprise(world):
    row = world.ask()
    refused, moved = seen_after(world, row, "refused"), seen_after(world, row, "moved")

    for name in refused:
        differing = [t for t in refused[name] if refused[name][t] != moved[name].get(t)]
        if name == "coordinator":
            assert set(differing) >= {"Refusal", "Journal"}
        elif name == "enterprise":
            assert differing == ["Refusal"]
        else:
            assert differing == [], f"{name} can tell by {differing}"


def test_the_reason_stands_in_no_row_of_anybody_else(world):
    row = world.ask()
    answered(world, row, "refused")

    for name, by in world.people().items():
        holds = [t for t, rows in everything(by).items() if any(REASON in r for r in rows)]
        assert holds == (["Refusal"] if name in MAY_KNOW else []), name
    assert not Journal.objects.filter(detail__contains=REASON).exists()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_tells_who_asked_or_anybody_else(world, at_site, language):
    row, twin = world.ask(), world.ask(world.lead, over_reason="x")
    answered(world, row, "refused")
    answered(world, twin, "moved")
    urls = [
        f"/enterprises/bookings/{row.pk}/",
        "/enterprises/bookings/",
        "/enterprises/bookings/?export=csv&col=state&col=instead&col=requested_at",
        f"/enterprises/{world.enterprise.pk}/diary/",
        f"/enterprises/{world.enterprise.pk}/",
        "/bell/",
        "/",
        f"/api/v1/bookings/{row.pk}",
        "/api/v1/bookings",
    ]
    words = ("refus", "拒", REASON)
    for name in ("asker", "colleague of the asker", "another office", "officer", "leader", "inspector", "analyst"):
        person = at_site(world.people()[name], language)
        for url in urls:
            text = person.get(url).content.decode().lower()
            assert not any(w in text for w in words), f"{name} at {url}"


def test_the_asker_sees_both_alike_on_the_page(world, at_site):
    """The same page, word for word, but for the number of the request."""
    row, twin = world.ask(), world.ask(world.lead, over_reason="x")
    answered(world, row, "refused")
    answered(world, twin, "moved")
    twin.refresh_from_db()
    type(twin).objects.filter(pk=twin.pk).update(over_reason="")

    asker = at_site(world.lead)
    pages = []
    for one in (row, twin):
        text = asker.get(f"/enterprises/bookings/{one.pk}/").content.decode()
        text = text.replace(f"/bookings/{one.pk}/", "/bookings/N/").replace(f"again={one.pk}", "again=N")
        pages.append([line for line in text.splitlines() if "csrf" not in line.lower()])
    assert pages[0] == pages[1]
    assert any("Not at this time" in line for line in pages[0])


def test_the_desk_sees_count_and_reason_and_the_enterprise_its_own(world, at_site):
    row = world.ask()
    answered(world, row, "refused")

    page = at_site(world.coordinator).get("/enterprises/diary/week/").content.decode()
    assert "1 request refused within 90 days" in page
    assert REASON in page
    ours = at_site(world.manager).get("/enterprises/diary/").content.decode()
    assert "we refused it: only the coordinator’s desk knows" in ours
    assert Refusal.objects.visible_to(world.stranger.scope(NOON)).count() == 0
    assert Refusal.objects.visible_to(world.leader.scope(NOON)).count() == 0
