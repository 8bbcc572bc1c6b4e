"""The door: who comes in, who waits, how a session ends."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from openliaison.accounts.models import LoginAttempt, User
from openliaison.core.models import Journal
from openliaison.core.now import frozen
from tests import factories as f

pytestmark = pytest.mark.django_db
GOOD = "ein gutes Passwort 7"
LOG_IN = "/account/log-in/"


@pytest.fixture
def person():
    role = f.role("officer")
    role.user.set_password(GOOD)
    role.user.save()
    return role.user


def send(client, name, password, **rest):
    return client.post(LOG_IN, {"username": name, "password": password, **rest})


def test_a_right_password_opens_the_desk_and_is_journalled(client, person):
    answer = send(client, person.username, GOOD)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("desks:home")
    assert Journal.objects.filter(verb="logged_in", actor=person).count() == 1


def test_capitals_in_the_user_name_make_no_difference(client, person):
    assert send(client, person.username.upper(), GOOD).status_code == 302


def test_the_session_key_changes_at_log_in(client, person):
    session = client.session
    session["language"] = "x"
    session.save()
    before = session.session_key
    send(client, person.username, GOOD)
    assert client.session.session_key != before


@pytest.mark.parametrize("kind", ["wrong password", "unknown name", "closed account"])
def test_every_refusal_reads_the_same(client, person, kind):
    if kind == "closed account":
        User.objects.filter(pk=person.pk).update(is_active=False)
    name = "nobody" if kind == "unknown name" else person.username
    answer = send(client, name, GOOD if kind == "closed account" else "wrong")
    client.cookies["language"] = "en"
    said = send(client, name, GOOD if kind == "closed account" else "wrong").content.decode()
    assert answer.status_code == 422
    assert "Name or password is wrong" in said


def test_an_unknown_name_costs_one_hash_as_a_known_one_does(client, person, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    send(client, "nobody", "wrong")
    assert hashed == ["wrong"]


@pytest.mark.parametrize("name", ["known", "unknown"])
def test_ten_wrong_passwords_mean_waiting_a_quarter_of_an_hour(client, person, name, noon):
    name = person.username if name == "known" else "nobody"
    for _ in range(10):
        assert send(client, name, "wrong").status_code == 422
    assert send(client, name, GOOD).status_code == 429
    with frozen(noon + timedelta(minutes=16)):
        assert send(client, name, GOOD).status_code == (302 if name == person.username else 422)


def test_a_right_password_wipes_the_wrong_ones(client, person):
    for _ in range(9):
        send(client, person.username, "wrong")
    send(client, person.username, GOOD)
    assert not LoginAttempt.objects.exists()


def test_one_address_that_tries_many_names_waits_too(client, person, noon):
    LoginAttempt.objects.bulk_create(LoginAttempt(username=f"n{i}", address="127.0.0.1", at=noon) for i in range(100))
    assert send(client, person.username, GOOD).status_code == 429


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http:///evil"])
def test_next_leads_to_no_other_host(client, person, target):
    assert send(client, person.username, GOOD, next=target)["Location"] == reverse("desks:home")


def test_next_leads_on_within_the_site(client, person):
    assert send(client, person.username, GOOD, next="/cases/?due=today")["Location"] == "/cases/?due=today"


def test_a_page_asks_for_log_in_and_remembers_where_one_wanted_to_go(client):
    assert client.get("/cases/?due=today")["Location"].endswith("?next=/cases/%3Fdue%3Dtoday")


def test_the_example_passwords_show_in_demo_mode_alone(client, settings):
    f.role("officer", who=f.user("wang", is_demo=True))
    assert b"openliaison</td>" in client.get(LOG_IN).content
    settings.IS_DEMO = False
    assert b"openliaison</td>" not in client.get(LOG_IN).content


def test_a_real_installation_refuses_the_example_people_and_ends_their_sessions(client, person, settings):
    User.objects.filter(pk=person.pk).update(is_demo=True)
    send(client, person.username, GOOD)
    assert client.get("/account/me/").status_code == 200
    settings.IS_DEMO = False
    assert client.get("/account/me/").status_code == 302
    assert send(client, person.username, GOOD).status_code == 422


def test_logging_out_ends_the_session(client, person):
    send(client, person.username, GOOD)
    client.post("/account/log-out/")
    assert client.get("/account/me/").status_code == 302


def test_logging_out_wants_a_post(client, person):
    send(client, person.username, GOOD)
    assert client.get("/account/log-out/").status_code == 405


def test_half_an_hour_without_a_request_ends_the_session(client, person, noon):
    send(client, person.username, GOOD)
    with frozen(noon + timedelta(minutes=29)):
        assert client.get("/account/me/").status_code == 200
    with frozen(noon + timedelta(minutes=58)):
        assert client.get("/account/me/").status_code == 200
    with frozen(noon + timedelta(minutes=89)):
        assert client.get("/account/me/").status_code == 302
        assert b"note-wait" in client.get(LOG_IN).content


def test_a_session_ends_after_twelve_hours_however_busy(client, person, noon):
    send(client, person.username, GOOD)
    for minutes in range(20, 721, 20):
        with frozen(noon + timedelta(minutes=minutes)):
            assert client.get("/account/me/").status_code == 200
    with frozen(noon + timedelta(minutes=725)):
        assert client.get("/account/me/").status_code == 302


def test_deactivating_a_person_ends_the_open_session_at_once(client, person):
    from openliaison.accounts import services

    send(client, person.username, GOOD)
    f.role("administrator")
    services.deactivate_person(user=person, by=f.role("administrator"), at=f.NOON)
    assert client.get("/account/me/").status_code == 302


def test_a_session_of_before_stays_ended_after_the_account_is_opened_again(client, person):
    from openliaison.accounts import services

    admin = f.role("administrator")
    f.role("administrator")
    send(client, person.username, GOOD)
    services.deactivate_person(user=person, by=admin, at=f.NOON)
    services.reactivate_person(user=person, by=admin, at=f.NOON)
    assert client.get("/account/me/").status_code == 302
    assert send(client, person.username, GOOD).status_code == 302


def test_who_holds_no_role_is_told_so_and_can_leave(client, person, noon):
    person.roles.update(ends_on=noon.date() - timedelta(days=1))
    assert send(client, person.username, GOOD).status_code == 302
    assert client.get(LOG_IN).status_code == 403
    client.post("/account/log-out/")
    assert client.get(LOG_IN).status_code == 200


def test_switching_to_another_role_is_journalled_and_only_ones_own_valid_ones(client, person):
    second, foreign = f.role("leader", who=person), f.role("coordinator")
    send(client, person.username, GOOD)
    client.post("/account/role/", {"role": second.pk})
    assert client.session["role_id"] == second.pk
    client.post("/account/role/", {"role": foreign.pk})
    assert client.session["role_id"] == second.pk
    assert Journal.objects.filter(verb="role_switched", actor=person).count() == 1


@pytest.mark.parametrize(
    ("table", "verb", "may"),
    [
        ("accounts_loginattempt", "INSERT", True),
        ("accounts_user", "UPDATE", True),
        ("accounts_invitation", "UPDATE", True),
        ("accounts_role", "INSERT", True),
        ("accounts_role", "UPDATE", False),
        ("accounts_user", "DELETE", False),
        ("register_enterprise", "SELECT", False),
        ("cases_case", "SELECT", False),
    ],
)
def test_the_door_reaches_only_what_it_needs(table, verb, may):
    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege('openliaison_web', %s, %s)", [table, verb])
        assert cursor.fetchone()[0] is may


def test_the_cookies_are_out_of_reach_of_scripts_and_other_sites(client, person):
    cookie = send(client, person.username, GOOD).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
