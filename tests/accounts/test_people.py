"""People, their roles and organisations; one's own account."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from openliaison.accounts import services
from openliaison.accounts.errors import NotAllowed, WouldLockOut
from openliaison.accounts.models import Organisation, Role, User
from openliaison.core.models import Journal
from openliaison.core.scope import acting_as
from tests import factories as f

pytestmark = pytest.mark.django_db
OLD, GOOD = "das alte Passwort 1", "ein gutes Passwort 7"
KINDS = ["officer", "coordinator", "handler", "leader", "inspector", "analyst", "administrator"]


@pytest.fixture
def admin():
    return f.role("administrator")


def logged_in(client, role):
    client.force_login(role.user)
    return client


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/account/people/", {"administrator", "coordinator"}),
        ("/account/invitations/", {"administrator", "coordinator", "officer"}),
        ("/account/invitations/new/", {"administrator"}),
        ("/account/organisations/", {"administrator", "coordinator"}),
        ("/account/organisations/new/", {"administrator"}),
    ],
)
def test_each_page_opens_to_its_roles_alone(client, path, allowed):
    for kind in KINDS:
        status = logged_in(client, f.role(kind)).get(path).status_code
        assert status == (200 if kind in allowed else 403), kind


def test_the_list_is_searched_filtered_and_exported(client, admin):
    f.role("officer", who=f.user("zhaoyi"))
    gone = f.role("leader", who=f.user("qianer")).user
    User.objects.filter(pk=gone.pk).update(is_active=False)
    logged_in(client, admin)
    assert "zhaoyi" in client.get("/account/people/?q=zhao").content.decode()
    page = client.get("/account/people/?state=left").content.decode()
    assert "qianer" in page
    assert "zhaoyi" not in page
    assert "zhaoyi" not in client.get("/account/people/?kind=leader").content.decode()
    assert b"zhaoyi" in client.get("/account/people/?kind=officer&export=csv").getvalue()


def test_the_list_costs_the_same_queries_however_many_people(client, admin):
    logged_in(client, admin).get("/account/people/")
    with CaptureQueriesContext(connection) as few:
        client.get("/account/people/")
    for _ in range(12):
        f.role("officer")
    with CaptureQueriesContext(connection) as many:
        client.get("/account/people/")
    assert len(many) == len(few)


def test_the_coordinator_reads_a_person_and_changes_nothing(client, admin):
    person = f.role("officer")
    logged_in(client, f.role("coordinator"))
    page = client.get(f"/account/people/{person.user_id}/").content.decode()
    assert "/close/" not in page
    data = {"kind": "administrator", "locality": f.locality("211221").pk}
    client.post(f"/account/people/{person.user_id}/", data)
    assert person.user.roles.count() == 1
    assert client.post(f"/account/people/{person.user_id}/reactivate/").status_code == 403


def test_the_administrator_gives_a_further_role_with_dates(client, admin):
    person = f.role("officer").user
    logged_in(client, admin)
    data = {"kind": "handler", "organisation": f.organisation("grid").pk, "starts_on": "2026-12-01"}
    assert client.post(f"/account/people/{person.pk}/", data).status_code == 302
    role = person.roles.get(kind="handler")
    assert (role.organisation.code, role.locality, role.starts_on) == ("grid", None, date(2026, 12, 1))
    assert not role.is_valid(f.NOON.date())
    assert Journal.objects.filter(verb="role_added").count() == 1


@pytest.mark.parametrize(
    "data",
    [{"kind": "handler"}, {"kind": "officer"}, {"kind": "enterprise"}, {"kind": "leader", "ends_on": "yesterday"}],
)
def test_a_role_that_lacks_what_it_needs_is_refused(client, admin, data):
    person = f.role("officer").user
    logged_in(client, admin)
    assert client.post(f"/account/people/{person.pk}/", data).status_code == 422
    assert person.roles.count() == 1


def test_a_role_that_ended_lets_nobody_in(client, admin):
    role = f.role("officer")
    services.end_role(role=role, on=f.NOON.date() - timedelta(days=1), by=admin, at=f.NOON)
    assert logged_in(client, role).get("/account/me/").status_code == 302


def test_the_last_administrator_stays(admin):
    with pytest.raises(WouldLockOut):
        services.deactivate_person(user=admin.user, by=admin, at=f.NOON)
    with pytest.raises(WouldLockOut):
        services.end_role(role=admin, on=date(2026, 1, 1), by=admin, at=f.NOON)
    second = f.role("administrator")
    services.deactivate_person(user=admin.user, by=second, at=f.NOON)
    assert not User.objects.get(pk=admin.user_id).is_active


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "administrator"])
def test_accounts_are_changed_by_the_administrator_alone(kind):
    by, person = f.role(kind), f.role("officer")
    for change in (
        lambda: services.deactivate_person(user=person.user, by=by, at=f.NOON),
        lambda: services.reactivate_person(user=person.user, by=by, at=f.NOON),
        lambda: services.add_role(user=by.user, by=by, at=f.NOON, kind="administrator", locality=by.locality),
        lambda: services.edit_role(role=person, by=by, at=f.NOON, ends_on=None),
    ):
        with pytest.raises(NotAllowed):
            change()


@pytest.mark.parametrize("kind", ["officer", "coordinator", "handler", "leader", "inspector", "analyst"])
def test_the_database_lets_nobody_but_the_administrator_write_roles(kind):
    role, victim = f.role(kind), f.role("officer")
    with acting_as(role.scope(f.NOON)):
        for sql in ("update accounts_role set kind = 'administrator'", "insert into accounts_role (kind) values ('x')"):
            with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
                cursor.execute("savepoint here")
                try:
                    cursor.execute(sql)
                finally:
                    cursor.execute("rollback to savepoint here")
    assert Role.objects.get(pk=victim.pk).kind == "officer"


def test_a_person_changes_only_their_own_row_behind_the_wall():
    me, other = f.role("officer"), f.role("officer")
    with acting_as(me.scope(f.NOON)):
        assert User.objects.filter(pk=other.user_id).update(display_name="x") == 0
        assert User.objects.filter(pk=me.user_id).update(display_name="x") == 1


# ── My own account ───────────────────────────────────────────


@pytest.fixture
def me(client):
    role = f.role("officer")
    role.user.set_password(OLD)
    role.user.save()
    client.post("/account/log-in/", {"username": role.user.username, "password": OLD})
    return role.user


def change(client, old=OLD, new=GOOD, again=None):
    return client.post("/account/me/password/", {"old": old, "password": new, "again": again or new})


def test_a_new_password_wants_the_old_one_and_keeps_only_this_session(client, me):
    other = type(client)()
    other.force_login(me)
    assert change(client).status_code == 302
    assert client.get("/account/me/").status_code == 200
    assert other.get("/account/me/").status_code == 302
    me.refresh_from_db()
    assert me.check_password(GOOD)


@pytest.mark.parametrize(
    "typed", [{"old": "wrong"}, {"new": "short"}, {"again": "another one 123"}, {"new": "password123456"}, {"old": ""}]
)
def test_a_password_is_not_changed_by_what_is_wrong(client, me, typed):
    assert change(client, **typed).status_code == 422
    me.refresh_from_db()
    assert me.check_password(OLD)


def test_five_wrong_old_passwords_end_the_session(client, me):
    for _ in range(4):
        assert change(client, old="wrong").status_code == 422
    assert change(client, old="wrong").status_code == 302
    assert client.get("/account/me/").status_code == 302


def test_logging_out_everywhere_keeps_this_device(client, me):
    other = type(client)()
    other.force_login(me)
    client.post("/account/me/sessions/")
    assert client.get("/account/me/").status_code == 200
    assert other.get("/account/me/").status_code == 302


def test_name_and_phone_are_changed_and_a_bad_address_is_not(client, me):
    client.post("/account/me/profile/", {"display_name": "王立", "phone": "024-1", "email": "w@example.cn"})
    me.refresh_from_db()
    assert (me.display_name, me.phone) == ("王立", "024-1")
    answer = client.post("/account/me/profile/", {"display_name": "", "email": "no"})
    assert answer.status_code == 422
    me.refresh_from_db()
    assert me.display_name == "王立"


# ── Organisations ────────────────────────────────────────────


def test_an_organisation_edited_on_screen_wins_over_a_later_load(client, admin):
    grid = f.organisation("grid")
    logged_in(client, admin)
    data = {"name": "供电所", "name_en": "Grid", "kind": grid.kind, "level": grid.level, "phone": "95598"}
    assert client.post(f"/account/organisations/{grid.pk}/", data).status_code == 302
    services.seed_organisations(f.place(), f.pack("tieling").organisations)
    grid.refresh_from_db()
    assert (grid.name, grid.phone) == ("供电所", "95598")
    assert Journal.objects.filter(verb="organisation_edited").count() == 1


def test_an_organisation_stands_beneath_no_other_that_stands_beneath_it(admin):
    above, below = f.organisation("grid"), f.organisation("housing")
    services.edit_organisation(organisation=below, parent=above, by=admin, at=f.NOON)
    with pytest.raises(NotAllowed):
        services.edit_organisation(organisation=above, parent=below, by=admin, at=f.NOON)


def test_a_code_is_given_once(client, admin):
    logged_in(client, admin)
    data = {"name": "新单位", "kind": "bank", "level": "county", "code": "newbank"}
    assert client.post("/account/organisations/new/", data).status_code == 302
    assert client.post("/account/organisations/new/", data).status_code == 422
    assert Organisation.objects.filter(code="newbank").count() == 1
