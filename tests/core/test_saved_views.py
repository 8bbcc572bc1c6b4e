"""Saved views: one's own, by name, and back to a page of ours."""

import pytest

from openliaison.core.models import SavedView
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client):
    role = f.role("officer")
    client.force_login(role.user)
    return role.user


def save(client, **changes):
    data = {"page": "cases", "name": "本周到期", "query": "due=today&sort=-due_at", "next": "/cases/?due=today"}
    return client.post("/views/save/", data | changes)


def test_a_view_is_kept_and_the_same_name_overwrites_it(client, me):
    assert save(client)["Location"] == "/cases/?due=today"
    save(client, query="due=overdue")
    assert SavedView.objects.get(person=me).query == "due=overdue"


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"name": "x" * 61}, {"page": ""}, {"page": "no such!"}, {"query": "x" * 501}]
)
def test_what_is_no_view_is_said_and_not_kept(client, me, changes):
    answer = save(client, **changes)
    assert answer["Location"] == "/cases/?due=today"
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)"])
def test_it_leads_back_to_no_other_host(client, me, target):
    assert save(client, next=target)["Location"] == "/"
    assert client.post(f"/views/{SavedView.objects.get().pk}/drop/", {"next": target})["Location"] == "/"


def test_nobody_sees_or_drops_anothers_view(client, me):
    theirs = SavedView.objects.create(person=f.user(), page="cases", name="x", query="a=b")
    assert client.post(f"/views/{theirs.pk}/drop/", {"next": "/"}).status_code == 404
    assert SavedView.objects.filter(pk=theirs.pk).exists()
    assert not SavedView.objects.visible_to(me.roles.get().scope(f.NOON)).exists()


def test_one_drops_ones_own(client, me):
    save(client)
    client.post(f"/views/{SavedView.objects.get().pk}/drop/", {"next": "/cases/"})
    assert not SavedView.objects.exists()


def test_a_stranger_keeps_nothing(client):
    assert save(client).status_code == 302
    assert not SavedView.objects.exists()
