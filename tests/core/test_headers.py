"""What every answer carries, and what is refused before anything is read."""

from __future__ import annotations

import re

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import path

import config.settings
from openliaison.core.access import public
from openliaison.core.middleware import CONTENT_POLICY
from tests.factories import World

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


@public
def breaks(request):
    raise RuntimeError("the password of the database is swordfish")


urlpatterns = [path("breaks/", breaks)]
handler500 = "openliaison.core.views.server_error"


@pytest.fixture
def client() -> Client:
    return Client(headers=ENGLISH, raise_request_exception=False)


@pytest.mark.parametrize("address", ["/account/log-in/", "/nothing-here/", "/cases/", "/healthz", "/api/v1/me"])
def test_every_answer_carries_the_policies(client, address):
    headers = client.get(address).headers

    assert headers["Content-Security-Policy"] == CONTENT_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_content_policy_lets_nothing_inline_and_nothing_foreign_run():
    assert "unsafe" not in CONTENT_POLICY
    assert "*" not in CONTENT_POLICY
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= set(
        CONTENT_POLICY.split("; ")
    )


def test_a_page_of_a_person_is_kept_in_no_cache(client):
    client.force_login(World().officer.user)

    assert client.get("/cases/").headers["Cache-Control"] == "no-store, private"


@pytest.mark.urls(__name__)
def test_a_fault_of_ours_says_nothing_of_itself(client, monkeypatch):
    from openliaison.core import views

    monkeypatch.setattr(
        views, "render", lambda request, name, context, status: views.HttpResponse(context["text"], status=status)
    )
    answer = client.get("/breaks/")

    assert answer.status_code == 500
    assert "swordfish" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_an_unknown_host_is_refused_under_the_same_policies(client, settings):
    settings.ALLOWED_HOSTS = ["county.example"]
    answer = client.get("/account/log-in/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    assert answer.headers["Content-Security-Policy"] == CONTENT_POLICY


def test_a_body_that_nobody_takes_is_refused_unread(client, settings):
    settings.MOST_BODY_MB = 0
    answer = client.post("/account/log-in/", {"username": "x"})

    assert answer.status_code == 413
    assert "0 MB" in answer.content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil.example"]
)
def test_no_door_sends_people_elsewhere(client, target):
    world = World()
    world.officer.user.set_password("a sentence to come in by")
    world.officer.user.save()
    body = {"username": world.officer.user.username, "password": "a sentence to come in by", "next": target}

    come_in = client.post("/account/log-in/", body)
    language = client.post("/language/", {"language": "en", "next": target})

    for answer in (come_in, language):
        assert answer.status_code == 302
        assert re.fullmatch(r"/(?!/).*", answer.headers["Location"]), answer.headers["Location"]
        assert "evil" not in answer.headers["Location"]


def test_a_form_without_its_token_is_refused_in_words():
    client = Client(enforce_csrf_checks=True, headers=ENGLISH)

    answer = client.post("/account/log-in/", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert "Please send it once more" in answer.content.decode()


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client):
    user = World().officer.user
    user.set_password("a sentence to come in by")
    user.save()
    client.post("/account/log-in/", {"username": user.username, "password": "a sentence to come in by"})

    cookie = client.cookies["sessionid"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"


def test_with_tls_cookies_are_secure_and_the_browser_remembers(tmp_path):
    import json
    import os
    import subprocess
    import sys

    from tests.conftest import ROOT

    asked = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "ALLOWED_HOSTS",
        "CSRF_TRUSTED_ORIGINS",
    )
    code = f"import json, config.settings as s; print(json.dumps([getattr(s, n) for n in {asked}]))"
    given = {
        "OPENLIAISON_PUBLIC_URL": "https://county.example/",
        "OPENLIAISON_DEMO": "0",
        "OPENLIAISON_DATA": str(tmp_path),
    }
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OPENLIAISON", "DJANGO"))} | given
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    assert json.loads(said.stdout) == [True, True, 31_536_000, ["county.example"], ["https://county.example"]]


def test_the_example_answers_to_this_machine_only():
    """A name of somebody else's that points here (DNS rebinding) opens nothing."""
    from openliaison.core.hosts import names_of

    assert names_of("192.0.2.7") == ["192.0.2.7"]
    assert names_of("::1") == ["[::1]"]
    everything = names_of("0.0.0.0")
    assert "127.0.0.1" in everything
    assert "*" not in everything
    assert config.settings.IS_DEMO
    assert "*" not in config.settings.ALLOWED_HOSTS


@pytest.mark.parametrize("is_logged_in", [False, True])
def test_health_says_that_the_database_is_away(client, monkeypatch, is_logged_in):
    if is_logged_in:  # whose session cannot be read
        client.force_login(World().officer.user)

    def away(*_, **__):
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", away)
    monkeypatch.setattr("django.db.transaction.Atomic.__enter__", away)
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "missing": ["database"]}
