"""Tokens open what they say, for as long as they say, as the person who made them."""

from datetime import timedelta

import pytest
from django.test import Client

from openliaison.accounts import tokens
from openliaison.accounts.errors import TokenRefused
from openliaison.accounts.models import ApiToken, LoginAttempt, Role
from openliaison.core.models import Journal
from openliaison.core.now import frozen
from tests import factories
from tests.api.conftest import API, Caller
from tests.conftest import NOON


def test_a_token_acts_as_its_person_in_its_role(world):
    answer = Caller(world.coordinator).get("me")

    assert answer.status_code == 200
    assert answer.json()["username"] == world.coordinator.user.username
    assert answer.json()["role"] == "coordinator"
    assert "cases:write" in answer.json()["scopes"]


def test_of_two_roles_the_token_holds_the_one_it_was_made_for(world):
    second = factories.role("leader", who=world.coordinator.user)

    assert Caller(second).get("me").json()["role"] == "leader"
    assert Caller(world.coordinator).get("me").json()["role"] == "coordinator"


def test_only_a_hash_is_kept(world):
    caller = Caller(world.officer)

    kept = ApiToken.objects.values().get(pk=caller.token.pk)
    assert caller.secret not in str(kept)
    assert caller.secret.startswith(kept["hint"])


def test_a_scope_that_only_reads_does_not_write(world):
    caller = Caller(world.officer, scopes=["cases:read"])

    assert caller.get("cases").status_code == 200
    refused = caller.post("cases", enterprise_id=world.enterprise.pk, text="停电")
    assert refused.status_code == 403
    assert refused.json()["error"] == "The token's scopes do not hold “cases:write”."


def test_a_scope_of_one_room_does_not_open_another(world):
    caller = Caller(world.officer, scopes=["cases:write"])

    assert caller.get("visits").status_code == 403
    assert caller.get("enterprises").status_code == 403


def test_without_session_or_token_nothing_opens(world, client):
    answer = client.get(f"{API}cases")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert set(answer.json()) == {"error", "fields"}


def test_a_revoked_token_is_shut(world):
    caller = Caller(world.officer)
    tokens.revoke_token(token=caller.token, by=world.officer, at=NOON)

    answer = caller.get("me")
    assert answer.status_code == 401
    assert "revoked" in answer.json()["error"]


def test_a_token_runs_out_to_the_minute(world):
    caller = Caller(world.officer)

    with frozen(NOON + timedelta(days=30, minutes=-1)):
        assert caller.get("me").status_code == 200
    with frozen(NOON + timedelta(days=30)):
        assert caller.get("me").status_code == 401


def test_whoever_left_takes_their_tokens_along(world):
    caller = Caller(world.officer)
    world.officer.user.is_active = False
    world.officer.user.save(update_fields=["is_active"])

    assert caller.get("me").status_code == 401


def test_a_role_that_ended_shuts_its_token(world):
    caller = Caller(world.officer)
    Role.objects.filter(pk=world.officer.pk).update(ends_on=NOON.date() - timedelta(days=1))

    assert caller.get("me").status_code == 401


def test_a_wrong_token_beside_a_good_session_opens_nothing(world, client):
    client.force_login(world.officer.user)

    assert client.get(f"{API}me").status_code == 200
    assert client.get(f"{API}me", headers={"Authorization": "Bearer olt_wrong"}).status_code == 401


def test_a_token_opens_no_page(world, client):
    caller = Caller(world.officer)

    answer = client.get("/cases/", headers={"Authorization": f"Bearer {caller.secret}"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/log-in/")


def test_the_twenty_first_wrong_token_is_told_to_wait_and_a_right_one_still_opens(world):
    wrong, right = Caller(world.officer), Caller(world.coordinator)
    wrong.secret = "olt_guess"

    statuses = [wrong.get("me").status_code for _ in range(22)]

    assert statuses == [401] * 20 + [429] * 2
    assert LoginAttempt.objects.filter(username="(token)").count() == 20
    assert right.get("me").status_code == 200


def test_use_is_noted_once_a_day(world, django_assert_num_queries):
    caller = Caller(world.officer)
    caller.get("me")
    assert ApiToken.objects.get(pk=caller.token.pk).last_used_on == NOON.date()


def test_making_and_revoking_stand_in_the_journal(world):
    caller = Caller(world.officer)
    tokens.revoke_token(token=caller.token, by=world.officer, at=NOON)
    tokens.revoke_token(token=caller.token, by=world.officer, at=NOON)

    verbs = list(Journal.objects.filter(subject=f"accounts.apitoken:{caller.token.pk}").values_list("verb", flat=True))
    assert verbs == ["token_made", "token_revoked"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"name": "  "}, "which system"),
        ({"scopes": []}, "read or change"),
        ({"scopes": ["cases:erase"]}, "read or change"),
        ({"days": 366}, "1 to 365"),
        ({"days": 0}, "1 to 365"),
    ],
)
def test_a_token_that_says_too_little_or_too_much_is_refused(world, wish, words):
    from django.utils.translation import override

    fields = {"name": "12345", "scopes": ["cases:read"], "days": 30} | wish
    with override("en"), pytest.raises(TokenRefused, match=words):
        tokens.make_token(by=world.officer, at=NOON, **fields)


def test_the_page_shows_a_new_token_once(world):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(world.officer.user)
    body = {"name": "12345", "scopes": ["cases:write"], "days": "90"}

    made = client.post("/account/tokens/", body)
    later = client.get("/account/tokens/")

    token = ApiToken.objects.get(user=world.officer.user)
    secret = made.content.decode().split('<code class="token">')[1].split("<")[0]
    assert tokens.read_token(secret, address=None, at=NOON).pk == token.pk
    assert secret not in later.content.decode()
    assert "12345" in later.content.decode()
    assert made.headers["Cache-Control"].count("no-store") == 1


def test_nobody_revokes_the_token_of_another(world, client):
    caller = Caller(world.officer)
    client.force_login(world.coordinator.user)

    assert client.post(f"/account/tokens/{caller.token.pk}/revoke/").status_code == 404
    assert caller.get("me").status_code == 200
