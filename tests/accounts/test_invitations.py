"""One-time links: who makes them for whom, how they open, and that they open once."""

import uuid
from datetime import timedelta

import pytest
from django.utils import translation

from openliaison.accounts import services
from openliaison.accounts.errors import InvitationRefused, NameTaken, NotAllowed
from openliaison.accounts.models import Invitation, Role, User
from openliaison.core.models import Journal
from openliaison.core.now import frozen
from openliaison.core.scope import acting_as
from tests import factories as f

pytestmark = pytest.mark.django_db
GOOD = "ein gutes Passwort 7"


@pytest.fixture
def admin():
    return f.role("administrator")


def unsaved(kind="officer", **fields):
    if kind == "enterprise":
        return Role(place=f.place(), kind=kind, **fields)
    return Role(place=f.place(), kind=kind, locality=f.locality("211221"), **fields)


def join(client, token, **fields):
    data = {"display_name": "王小明", "username": "xiaoming", "password": GOOD, "again": GOOD} | fields
    return client.post(f"/account/join/{token}/", data)


def test_a_link_lets_a_person_join_in_its_role_and_only_once(client, admin):
    _invitation, token = services.invite(role=unsaved(), by=admin, at=f.NOON, display_name="王小明")
    assert client.get(f"/account/join/{token}/").status_code == 200
    assert join(client, token).status_code == 302
    role = Role.objects.get(user__username="xiaoming")
    assert (role.kind, role.locality.code) == ("officer", "211221")
    assert client.get("/account/me/").status_code == 200
    client.logout()
    assert client.get(f"/account/join/{token}/").status_code == 410
    assert join(client, token, username="second").status_code == 410
    assert not User.objects.filter(username="second").exists()
    assert Journal.objects.filter(verb="invitation_accepted").count() == 1


def test_only_the_hash_of_a_token_is_kept(admin):
    invitation, token = services.invite(role=unsaved(), by=admin, at=f.NOON)
    kept = [str(value) for value in Invitation.objects.values().get(pk=invitation.pk).values()]
    assert not any(token in value for value in kept)
    assert not Journal.objects.filter(detail__contains=token).exists()


@pytest.mark.parametrize("fate", ["guessed", "expired", "revoked", "closed account"])
def test_a_link_that_is_not_open_says_so_and_lets_nobody_in(client, admin, fate, noon):
    person = f.role("officer").user
    invitation, token = services.invite_to_new_password(user=person, place=f.place(), by=admin, at=f.NOON)
    before, at = person.password, noon
    if fate == "guessed":
        token = "x" * 43
    elif fate == "expired":
        at = noon + timedelta(days=14)
    elif fate == "revoked":
        services.revoke_invitation(invitation=invitation, by=admin, at=f.NOON)
    else:
        User.objects.filter(pk=person.pk).update(is_active=False)
    with frozen(at):
        assert client.get(f"/account/join/{token}/").status_code == 410
        assert client.post(f"/account/join/{token}/", {"password": GOOD, "again": GOOD}).status_code == 410
    person.refresh_from_db()
    assert person.password == before


def test_a_new_link_to_a_password_closes_the_one_before_and_a_used_one_ends_sessions(client, admin):
    person = f.role("officer").user
    _first, old = services.invite_to_new_password(user=person, place=f.place(), by=admin, at=f.NOON)
    _second, token = services.invite_to_new_password(user=person, place=f.place(), by=admin, at=f.NOON)
    with pytest.raises(InvitationRefused):
        services.read_invitation(old, f.NOON)
    client.force_login(person)
    services.accept_invitation(token=token, password=GOOD, at=f.NOON)
    assert client.get("/account/me/").status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "kurz", "again": "kurz"}, "password"),
        ({"password": "123456789012345", "again": "123456789012345"}, "password"),
        ({"password": "xiaoming-xiaoming", "again": "xiaoming-xiaoming", "username": "xiaoming-xiaoming"}, "password"),
        ({"again": "something else 9"}, "again"),
        ({"username": "with space"}, "username"),
        ({"username": ""}, "username"),
    ],
)
def test_what_is_typed_wrong_is_said_at_its_field_and_the_link_stays_open(client, admin, changes, field):
    _invitation, token = services.invite(role=unsaved(), by=admin, at=f.NOON)
    answer = join(client, token, **changes)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    services.read_invitation(token, f.NOON)


def test_a_user_name_taken_in_other_capitals_is_refused(admin):
    f.user("Xiaoming")
    _invitation, token = services.invite(role=unsaved(), by=admin, at=f.NOON)
    with pytest.raises(NameTaken, match="xiaoming"):
        services.accept_invitation(token=token, username="xiaoming", password=GOOD, at=f.NOON)


def test_a_person_who_is_logged_in_is_asked_to_log_out_first(client, admin):
    _invitation, token = services.invite(role=unsaved(), by=admin, at=f.NOON)
    client.force_login(admin.user)
    assert client.get(f"/account/join/{token}/").status_code == 409
    answer = client.post("/account/log-out/", {"next": f"/account/join/{token}/"})
    assert answer["Location"] == f"/account/join/{token}/"


@pytest.mark.parametrize(
    ("inviter", "kind", "may"),
    [
        ("administrator", "officer", True),
        ("administrator", "administrator", True),
        ("administrator", "enterprise", False),
        ("coordinator", "enterprise", True),
        ("coordinator", "officer", False),
        ("coordinator", "administrator", False),
        ("officer", "enterprise", True),
        ("officer", "coordinator", False),
        ("leader", "officer", False),
        ("handler", "enterprise", False),
        ("inspector", "enterprise", False),
        ("analyst", "enterprise", False),
    ],
)
def test_who_invites_to_which_role(inviter, kind, may):
    by = f.role(inviter)
    role = unsaved(kind, enterprise_id=f.enterprise().pk) if kind == "enterprise" else unsaved(kind)
    if may:
        _invitation, token = services.invite(role=role, by=by, at=f.NOON)
        assert services.read_invitation(token, f.NOON).kind == kind
    else:
        with pytest.raises(NotAllowed):
            services.invite(role=role, by=by, at=f.NOON)


def test_an_enterprises_administrator_invites_for_their_own_enterprise_alone(client):
    ours, other = f.enterprise(), f.enterprise()
    by = f.role("enterprise", enterprise=ours)
    with pytest.raises(NotAllowed):
        services.invite(role=unsaved("enterprise", enterprise_id=ours.pk), by=by, at=f.NOON)
    client.force_login(by.user)
    assert client.get("/account/invitations/new/").status_code == 403
    Role.objects.filter(pk=by.pk).update(is_enterprise_admin=True)
    by.refresh_from_db()
    with pytest.raises(NotAllowed):
        services.invite(role=unsaved("enterprise", enterprise_id=other.pk), by=by, at=f.NOON)
    key = str(uuid.uuid4())
    answer = client.post("/account/invitations/new/", {"display_name": "同事", "client_key": key})
    assert answer.status_code == 302
    made = Invitation.objects.get(client_key=key)
    assert (made.enterprise_id, made.kind) == (ours.pk, "enterprise")


def test_nobody_but_the_administrator_renews_an_officials_password():
    official, both = f.role("leader").user, f.role("officer").user
    enterprise = f.enterprise()
    firm = f.role("enterprise", enterprise=enterprise)
    f.role("enterprise", enterprise=enterprise, who=both)
    boss = f.role("enterprise", enterprise=enterprise)
    boss.is_enterprise_admin = True
    stranger = f.role("enterprise", enterprise=f.enterprise())
    stranger.is_enterprise_admin = True
    for by in (f.role("coordinator"), f.role("officer"), boss):
        assert services.may_reset(by, firm.user)
        assert not services.may_reset(by, official)
        assert not services.may_reset(by, both)
    assert not services.may_reset(stranger, firm.user)
    assert services.may_reset(f.role("administrator"), official)


def test_the_sheet_shows_link_and_code_to_the_browser_that_made_it_and_to_no_other(client, admin):
    client.force_login(admin.user)
    key = str(uuid.uuid4())
    data = {"display_name": "赵一", "kind": "officer", "locality": f.locality("211221").pk, "client_key": key}
    answer = client.post("/account/invitations/new/", data)
    assert answer.status_code == 302
    sheet = client.get(answer["Location"]).content.decode()
    assert "http://testserver/account/join/" in sheet
    assert "data:image/svg+xml" in sheet
    assert "扫描" in sheet
    assert "Scan the code" in sheet
    again = client.post("/account/invitations/new/", data)
    assert again["Location"] == answer["Location"]
    assert Invitation.objects.count() == 1
    client.cookies.pop("paper")
    assert "/account/join/" not in client.get(answer["Location"]).content.decode()


def test_the_link_bears_the_public_address_where_there_is_one(client, admin, settings):
    settings.PUBLIC_URL = "https://help.example.cn/"
    client.force_login(admin.user)
    data = {"display_name": "赵一", "kind": "officer", "locality": f.locality("211221").pk}
    answer = client.post("/account/invitations/new/", data | {"client_key": str(uuid.uuid4())})
    assert "https://help.example.cn/account/join/" in client.get(answer["Location"]).content.decode()


def test_an_invitation_is_made_anew_and_the_old_link_opens_no_more(client, admin):
    invitation, old = services.invite(role=unsaved(), by=admin, at=f.NOON, display_name="赵一")
    client.force_login(admin.user)
    answer = client.post(f"/account/invitations/{invitation.pk}/renew/")
    assert "/account/join/" in client.get(answer["Location"]).content.decode()
    with pytest.raises(InvitationRefused):
        services.read_invitation(old, f.NOON)


def test_the_list_shows_states_and_filters_by_them(client, admin):
    services.invite(role=unsaved(), by=admin, at=f.NOON, display_name="开着的")
    gone, _token = services.invite(role=unsaved(), by=admin, at=f.NOON, display_name="收回的")
    client.force_login(admin.user)
    client.post(f"/account/invitations/{gone.pk}/revoke/", follow=True)
    page = client.get("/account/invitations/?state=open").content.decode()
    assert "开着的" in page
    assert "收回的" not in page
    assert "收回的" in client.get("/account/invitations/?state=revoked").content.decode()


def test_both_walls_show_each_role_the_same_invitations(admin):
    ours, other = f.enterprise(), f.enterprise()
    officer, desk = f.role("officer"), f.role("coordinator")
    services.invite(role=unsaved(), by=admin, at=f.NOON)
    services.invite(role=unsaved("enterprise", enterprise_id=ours.pk), by=officer, at=f.NOON)
    services.invite(role=unsaved("enterprise", enterprise_id=other.pk), by=desk, at=f.NOON)
    seen = {"administrator": 3, "coordinator": 2, "officer": 1, "enterprise": 1, "leader": 0}
    people = {"administrator": admin, "coordinator": desk, "officer": officer, "leader": f.role("leader")}
    people["enterprise"] = f.role("enterprise", enterprise=ours)
    for kind, count in seen.items():
        scope = people[kind].scope(f.NOON)
        assert Invitation.objects.visible_to(scope).count() == count, kind
        if count:
            with acting_as(scope):
                assert Invitation.objects.count() == count, kind


@pytest.mark.parametrize("kind", ["officer", "coordinator"])
def test_staff_invite_people_of_the_enterprises_they_serve_only(client, kind):
    ours, far = f.enterprise(), f.enterprise(at="211202")
    by = f.role(kind)
    if kind == "officer":
        f.stationed(by, ours)
    client.force_login(by.user)
    assert client.get(f"/enterprises/{far.pk}/people/").status_code == 404
    key = str(uuid.uuid4())
    data = {"display_name": "刘经理", "client_key": key, "is_enterprise_admin": "on"}
    assert client.post(f"/enterprises/{ours.pk}/people/", data).status_code == 302
    made = Invitation.objects.get(client_key=key)
    assert (made.enterprise_id, made.enterprise_name, made.is_enterprise_admin) == (ours.pk, ours.name, True)


def test_a_person_of_an_enterprise_reads_its_name_in_their_language(client):
    desk, ours = f.role("coordinator"), f.enterprise("北岗专用汽车", name_en="Beigang Vehicles")
    client.force_login(desk.user)
    client.post(f"/enterprises/{ours.pk}/people/", {"display_name": "刘经理", "client_key": str(uuid.uuid4())})
    made = Invitation.objects.get()
    again, _token = services.renew_invitation(invitation=made, by=desk, at=f.NOON)
    role = Role(kind="enterprise", place=f.place(), enterprise_name=again.enterprise_name,
                enterprise_name_en=again.enterprise_name_en)  # fmt: skip
    for language, name in (("en", "Beigang Vehicles"), ("zh-hans", "北岗专用汽车")):
        with translation.override(language):
            assert (again.for_whom, role.organisation_label) == (name, name)


def test_an_invitation_keeps_the_contact_it_was_made_for(client):
    from openliaison.register.services import add_contact

    desk, ours = f.role("coordinator"), f.enterprise()
    contact = add_contact(enterprise=ours, by=desk, at=f.NOON, name="刘经理", function="经理")
    client.force_login(desk.user)
    client.post(f"/enterprises/{ours.pk}/people/", {"contact": contact.pk, "client_key": str(uuid.uuid4())})
    made = Invitation.objects.get()
    assert (made.contact_id, made.display_name) == (contact.pk, "刘经理")


def test_an_enterprises_administrator_finds_colleagues_and_makes_them_a_link(client):
    enterprise = f.enterprise()
    boss, colleague = f.role("enterprise", enterprise=enterprise), f.role("enterprise", enterprise=enterprise)
    stranger = f.role("enterprise", enterprise=f.enterprise())
    Role.objects.filter(pk=boss.pk).update(is_enterprise_admin=True)
    client.force_login(boss.user)
    page = client.get("/account/invitations/").content.decode()
    assert colleague.user.username in page
    assert stranger.user.username not in page
    assert "/paper/" in client.post(f"/account/people/{colleague.user_id}/new-password/")["Location"]
    assert client.post(f"/account/people/{stranger.user_id}/new-password/").status_code == 404
    assert not Invitation.objects.filter(user=stranger.user).exists()


def test_how_long_a_link_stays_open_is_the_places(admin):
    from openliaison.core.models import ClockLimit

    ClockLimit.objects.filter(place=f.place(), key="invitation").update(amount=3)
    invitation, _token = services.invite(role=unsaved(), by=admin, at=f.NOON)
    assert invitation.expires_at == f.NOON + timedelta(days=3)
