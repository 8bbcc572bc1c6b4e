"""Both walls show the same rows to everybody: the filter of the querysets and the policies of the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, models, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path

from openliaison.accounts.models import Role, User
from openliaison.cases.models import Case, Entry, Handling, Promise
from openliaison.core import walls
from openliaison.core.access import everybody
from openliaison.core.models import Place, Setting, Task
from openliaison.core.scope import OFFICER, ROLES, WEB, Scope, acting_as, enter
from openliaison.register.models import Contact, Enterprise, Fact, Link
from openliaison.visits.models import Visit
from tests import factories
from tests.conftest import NOON
from tests.core.rich_world import RichWorld

pytestmark = pytest.mark.django_db
MODELS = walls.walled_models()
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


@pytest.fixture
def world(rich: RichWorld) -> RichWorld:
    return rich


def by_filter(model: type[models.Model], scope: Scope) -> set[Any]:
    return set(model.objects.visible_to(scope).values_list("pk", flat=True))  # type: ignore[attr-defined]


def by_database(model: type[models.Model], scope: Scope) -> set[Any]:
    """What an unfiltered read shows behind the policies; nothing where reading is not granted at all."""
    try:
        with transaction.atomic(), acting_as(scope):
            return set(model._base_manager.values_list("pk", flat=True))  # type: ignore[attr-defined]
    except ProgrammingError as error:
        assert "permission denied" in str(error)
        return set()


def differences(world: RichWorld, listed: list[type[models.Model]]) -> list[str]:
    """Where the walls differ, in words."""
    found = []
    for model in listed:
        for name, scope in world.scopes().items():
            filtered, walled = by_filter(model, scope), by_database(model, scope)
            if filtered != walled:
                found.append(
                    f"{model.__name__} for {name}: the filter shows {len(filtered)} rows, the wall {len(walled)}"
                )
    return found


def test_every_wall_has_rows_to_show(world):
    empty = [m.__name__ for m in MODELS if not m._base_manager.exists()]
    assert not empty, f"Add rows of {', '.join(empty)} to tests/core/rich_world.py, on both sides of their wall."


def test_the_world_has_a_hidden_row_behind_every_rule_that_hides(world):
    """Else equality would be said of walls that nobody tried."""
    untried = []
    for model in MODELS:
        everything = model._base_manager.count()
        for role, rule in model.rule(world.scopes()["officer"]).items():
            acting = [s for s in world.scopes().values() if s.role == role]
            if rule and acting and all(len(by_filter(model, s)) == everything for s in acting):
                untried.append(f"{model.__name__} for {role}")
    assert not untried, f"Add a row that must stay hidden to tests/core/rich_world.py: {', '.join(untried)}"


def test_both_walls_show_the_same_rows_to_everybody(world):
    found = differences(world, MODELS)
    assert not found, "\n".join(found)


def test_the_comparison_sees_a_policy_that_was_opened(world):
    with connection.cursor() as cursor:
        cursor.execute(f"alter policy {OFFICER}_see on cases_case using (true)")

    found = differences(world, [Case])
    assert any(line.startswith("Case for officer:") for line in found)


def test_the_comparison_sees_a_policy_that_was_dropped(world):
    with connection.cursor() as cursor:
        cursor.execute(f"drop policy {OFFICER}_see on register_fact")

    assert any(line.startswith("Fact for officer:") for line in differences(world, [Fact]))


def test_the_comparison_sees_a_filter_that_was_changed(world, monkeypatch):
    monkeypatch.setattr(Visit, "rule", staticmethod(lambda scope: {role: Q() for role in ROLES}))

    assert any(line.startswith("Visit for inspector:") for line in differences(world, [Visit]))


def test_the_migration_step_mends_a_wall_whose_rule_changed(world, monkeypatch):
    monkeypatch.setattr(Visit, "rule", staticmethod(lambda scope: {OFFICER: Q()}))
    monkeypatch.setattr(Visit, "writers", {})
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # the world's own rows are settled first
    walls.raise_walls()

    assert differences(world, [Visit]) == []
    assert by_database(Visit, world.scopes()["coordinator"]) == set()


def test_grants_are_what_the_models_declare(world):
    wrong = []
    for model in MODELS:
        for role in (*ROLES, WEB):
            wanted, held = _declared(model, role), _held(model, role)
            if wanted != held:
                wrong.append(f"{model.__name__}, {role}: declared {sorted(wanted)}, granted {sorted(held)}")
    assert not wrong, "\n".join(wrong)


def _declared(model: type[models.Model], role: str) -> set[str]:
    scope = walls.DATABASE
    verbs = {"SELECT"} if role in model.rule(scope) else set()  # type: ignore[attr-defined]
    verbs |= {v.strip() for v in getattr(model, "writers", {}).get(role, "").split(",") if v.strip()}
    for verb, name in (("INSERT", "insert_rule"), ("UPDATE", "update_rule"), ("DELETE", "delete_rule")):
        if hasattr(model, name) and role in getattr(model, name)(scope):
            verbs.add(verb)
    return verbs


def _held(model: type[models.Model], role: str) -> set[str]:
    with connection.cursor() as cursor:
        asked = ", ".join(f"has_table_privilege(%s, %s, '{verb}')" for verb in VERBS)
        cursor.execute(f"select {asked}", [role, model._meta.db_table] * len(VERBS))
        return {verb for verb, held in zip(VERBS, cursor.fetchone(), strict=True) if held}


def test_no_table_without_a_wall_is_open_to_a_visitor():
    """But for the sessions, Django's own lists and the queue, which hold no business rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
            " and not relrowsecurity and exists (select from unnest(%s::text[]) r"
            " where has_table_privilege(r, pg_class.oid, 'SELECT, INSERT, UPDATE, DELETE'))",
            [[*ROLES, WEB]],
        )
        opened = {name for (name,) in cursor.fetchall()}
    known = {*walls.SHARED_GRANTS, "django_migrations"}
    assert {t for t in opened if not t.startswith("procrastinate_")} <= known


def test_every_role_can_make_its_own_role_only():
    """No database role of a person may become another one, or look over the walls."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolname from pg_roles where rolname = any(%s) and (rolsuper or rolbypassrls or rolcanlogin)",
            [list(ROLES)],
        )
        assert cursor.fetchall() == []
        cursor.execute("select rolsuper or rolbypassrls or rolinherit from pg_roles where rolname = %s", [WEB])
        assert cursor.fetchone() == (False,)


# ── Writing ──


@contextmanager
def refused(words: str) -> Iterator[None]:
    with pytest.raises(ProgrammingError, match=words), transaction.atomic():
        yield


def scope_of(world: RichWorld, name: str) -> Scope:
    return world.scopes()[name]


def test_an_officer_cannot_write_a_visit_to_an_enterprise_of_others(world):
    officer = world.roles["officer"]
    visit = Visit(
        place=world.place,
        enterprise=world.theirs,
        locality_path=world.theirs.locality_path,
        officer=officer.user,
        at=NOON,
        nothing_new=True,
        recorded_at=NOON,
    )
    with refused("row-level security"), acting_as(officer.scope(NOON)):
        visit.save(force_insert=True)


def test_an_administrator_changes_no_other_place(world):
    other = Place.objects.create(code="elsewhere", name="别处", time_zone="UTC", currency="EUR", root_path="elsewhere/")
    own, theirs = (Setting(place=p, key="new", value=1, valid_from=NOON) for p in (world.place, other))
    with transaction.atomic(), acting_as(scope_of(world, "administrator")):
        own.save(force_insert=True)
        assert Place.objects.filter(pk=other.pk).update(name="x") == 0
        assert Place.objects.filter(pk=world.place.pk).update(name_en="x") == 1
    with refused("row-level security"), acting_as(scope_of(world, "administrator")):
        theirs.save(force_insert=True)


def test_a_coordinator_cannot_move_a_case_into_another_county(world):
    with refused("row-level security"), acting_as(scope_of(world, "coordinator")):
        Case.objects.filter(enterprise=world.mine, title="open").update(locality_path=world.far.locality_path)


def test_what_one_does_not_see_one_does_not_change(world):
    with transaction.atomic(), acting_as(scope_of(world, "enterprise")):
        assert Contact.objects.filter(enterprise=world.theirs).update(name="x") == 0
        assert Contact.objects.filter(enterprise=world.mine).update(note="x") == 2


@pytest.mark.parametrize("name", ["analyst", "inspector", "leader", "administrator"])
def test_who_only_reads_writes_no_fact(world, name):
    fact = Fact(
        enterprise=world.mine, key="new", value=1, sensitivity="public", source="visit", as_of=NOON, recorded_at=NOON
    )
    with refused("permission denied"), acting_as(scope_of(world, name)):
        fact.save(force_insert=True)
    with refused("permission denied"), acting_as(scope_of(world, name)):
        Fact.objects.all().delete()


def test_nobody_unsays_what_was_said(world):
    for name, scope in world.scopes().items():
        with refused("permission denied"), acting_as(scope):
            Entry.objects.update(text=f"changed by {name}")
        with refused("permission denied"), acting_as(scope), connection.cursor() as cursor:
            cursor.execute("delete from core_journal")


def test_a_helping_office_cannot_make_itself_the_lead(world):
    case = Case.objects.get(enterprise=world.mine, title="open")
    piece = Handling(
        case=case,
        organisation=factories.organisation("housing"),
        locality_path=case.locality_path,
        part="lead",
        starts_at=NOON,
    )
    with refused("row-level security"), acting_as(scope_of(world, "handler helping")):
        piece.save(force_insert=True)


def test_an_enterprise_promises_for_itself_only(world):
    promise = Promise(
        place=world.place,
        enterprise=world.theirs,
        locality_path=world.theirs.locality_path,
        side="enterprise",
        made_by=world.roles["enterprise"].user,
        made_at=NOON,
        text="x",
        due_on=NOON,
    )
    with refused("row-level security"), acting_as(scope_of(world, "enterprise")):
        promise.save(force_insert=True)


def test_one_changes_no_name_but_ones_own(world):
    me, other = world.roles["officer"].user, world.roles["coordinator"].user
    with transaction.atomic(), acting_as(scope_of(world, "officer")):
        assert User.objects.filter(pk=me.pk).update(display_name="自己") == 1
        assert User.objects.filter(pk=other.pk).update(display_name="别人") == 0


def test_a_task_may_be_given_to_others_but_theirs_are_not_read(world):
    person = world.roles["leader"].user
    with transaction.atomic(), acting_as(scope_of(world, "officer")):
        given = Task(person=person, place=world.place, subject="x:2", about="x", url="/", created_at=NOON)
        Task.objects.bulk_create([given])
        assert not Task.objects.filter(person=person).exists()
    assert Task.objects.filter(person=person, subject="x:2").exists()


# ── What a forgotten filter shows ──

SLOPPY = {"cases": Case, "enterprises": Enterprise, "facts": Fact, "contacts": Contact, "visits": Visit, "links": Link}


@everybody()
def sloppy(request: HttpRequest, what: str) -> HttpResponse:
    """A view whose author forgot `visible_to`."""
    rows = SLOPPY[what].objects.all().order_by("pk")
    try:
        with transaction.atomic():
            return JsonResponse(list(rows.values_list("pk", flat=True)), safe=False)
    except ProgrammingError:
        return JsonResponse([], safe=False)


def handler500(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=500)


urlpatterns = [path("sloppy/<str:what>/", sloppy)]


@pytest.mark.urls(__name__)
def test_a_forgotten_filter_shows_nothing_that_the_role_may_not_see(world):
    for name, role in world.roles.items():
        client = Client()
        client.force_login(role.user)
        for what, model in SLOPPY.items():
            shown = set(json.loads(client.get(f"/sloppy/{what}/").content))
            assert shown == by_filter(model, role.scope(NOON)), f"{what} for {name}"


def test_a_role_that_ended_yesterday_opens_nothing(world):
    role = world.roles["coordinator"]
    Role.objects.filter(pk=role.pk).update(ends_on=NOON.date() - timedelta(days=1))
    client = Client()
    client.force_login(role.user)

    assert client.get("/cases/").status_code == 302


def test_without_a_scope_a_business_table_is_shut():
    for model in (Case, Fact, Contact, Visit, Entry):
        with refused("permission denied"), connection.cursor() as cursor:
            cursor.execute(f"set local role {WEB}")
            cursor.execute(f"select count(*) from {model._meta.db_table}")


def test_a_scope_ends_with_its_transaction(world):
    with transaction.atomic(), connection.cursor() as cursor:
        with transaction.atomic(), acting_as(scope_of(world, "officer")):
            cursor.execute("select current_user")
            assert cursor.fetchone() == (OFFICER,)
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("openliaison_owner",)


def test_the_scope_of_a_role_is_todays_in_its_place(world):
    scope = scope_of(world, "officer")
    assert scope.today == NOON.astimezone(world.place.zone).date()
    with transaction.atomic(), connection.cursor() as cursor:
        enter(scope, cursor)
        cursor.execute("select current_setting('app.today'), current_setting('app.user_id')")
        assert cursor.fetchone() == (scope.today.isoformat(), str(scope.user_id))
