"""People, organisations, and the roles in which people act."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openliaison.core.models import Locality, Place, Seeded, TwoNames, of_own_place, open_to_all
from openliaison.core.scope import (
    ADMIN,
    ANALYST,
    AREA,
    ENTERPRISE,
    HANDLER,
    INSPECTOR,
    LEADER,
    OFFICER,
    ROLES,
    STAFF,
    WEB,
    AnyScope,
    Rule,
    Scope,
    ScopedQuerySet,
    area,
)


class Organisation(TwoNames, Seeded):
    """A department, township office, bank or upper body."""

    place = models.ForeignKey(Place, models.PROTECT)
    code = models.SlugField()
    kind = models.CharField(max_length=20)
    level = models.CharField(max_length=20)
    locality = models.ForeignKey(Locality, models.PROTECT, null=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True)
    phone = models.CharField(max_length=40, blank=True)

    rule = staticmethod(open_to_all)
    insert_rule = update_rule = staticmethod(of_own_place)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["place", "code"], name="organisation_code_once")]


class UserQuerySet(ScopedQuerySet):
    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str) -> User:
        """The person of a user name; capitals make no difference."""
        return self.get(username__iexact=username)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """One person. What they may see hangs on the role they act in, never on the person alone."""

    username = models.CharField(_("user name"), max_length=60, unique=True)
    display_name = models.CharField(_("name"), max_length=60)
    display_name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)  # its password is printed at the start; demo mode only
    created_at = models.DateTimeField(auto_now_add=True)
    session_version = models.PositiveIntegerField(default=0)  # one more, and every session of this person ends

    USERNAME_FIELD = "username"

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        colleague = Exists(Role.objects.filter(user_id=OuterRef("id"), enterprise_id=scope.enterprise_id))
        official = Exists(Role.objects.filter(user_id=OuterRef("id"), enterprise_id=None))
        return {role: Q() for role in (*STAFF, ADMIN, WEB)} | {ENTERPRISE: Q(colleague) | Q(official)}

    @staticmethod
    def insert_rule(scope: AnyScope) -> Rule:
        return {WEB: Q(), ADMIN: Q()}

    @staticmethod
    def update_rule(scope: AnyScope) -> Rule:
        """One's own row; the administrator's and the log-in page's reach is everybody's."""
        return {role: Q(id=scope.user_id) for role in ROLES} | {WEB: Q(), ADMIN: Q()}

    objects = UserManager()

    class Meta:
        ordering = ["username"]
        constraints = [models.UniqueConstraint(Lower("username"), name="user_name_once_whatever_case")]

    def __str__(self) -> str:
        return self.label

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must carry to be this person's: it changes with the password and with the version."""
        salt = "openliaison.accounts.models.User.session"
        value = f"{self.password}{self.session_version}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def label(self) -> str:
        in_english = (get_language() or "").startswith("en")
        return self.display_name_en if in_english and self.display_name_en else self.display_name

    @property
    def roles_held(self) -> list[Role]:
        return list(self.roles.select_related("place", "organisation", "locality").order_by("id"))

    def roles_valid(self, at: datetime) -> list[Role]:
        """The roles that hold on the day their own place has."""
        return [role for role in self.roles_held if role.is_valid(role.place.day(at))]

    def role_in(self, session: Any, *, at: datetime) -> Role | None:
        """The role this session acts in; the first valid one where none was chosen."""
        valid = self.roles_valid(at)
        chosen = session.get("role_id")
        return next((role for role in valid if role.pk == chosen), None) or next(iter(valid), None)


class RoleQuerySet(ScopedQuerySet):
    def valid(self, today: date) -> RoleQuerySet:
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=today), Q(ends_on=None) | Q(ends_on__gte=today))

    def in_office(self, today: date) -> RoleQuerySet:
        """Valid, and of a person who may still come in: whom a task or notice can reach."""
        return self.valid(today).filter(user__is_active=True)


class Role(models.Model):
    """One person acting as one kind of person, for one area, organisation or enterprise."""

    class Kind(models.TextChoices):
        OFFICER = "officer", _("liaison officer")
        COORDINATOR = "coordinator", _("coordinator")
        HANDLER = "handler", _("department")
        LEADER = "leader", _("leader")
        ENTERPRISE = "enterprise", _("enterprise")
        INSPECTOR = "inspector", _("inspector")
        ANALYST = "analyst", _("analyst")
        ADMINISTRATOR = "administrator", _("administrator")

    DATABASE_ROLE = {
        Kind.OFFICER: OFFICER,
        Kind.COORDINATOR: AREA,
        Kind.HANDLER: HANDLER,
        Kind.LEADER: LEADER,
        Kind.ENTERPRISE: ENTERPRISE,
        Kind.INSPECTOR: INSPECTOR,
        Kind.ANALYST: ANALYST,
        Kind.ADMINISTRATOR: ADMIN,
    }

    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    place = models.ForeignKey(Place, models.PROTECT)
    kind = models.CharField(max_length=14, choices=Kind)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True)
    locality = models.ForeignKey(Locality, models.PROTECT, null=True, blank=True)
    # The register stands a floor higher, hence a number and not a key.
    enterprise_id = models.BigIntegerField(null=True, blank=True)
    enterprise_name = models.CharField(max_length=200, blank=True)  # as it was called when they joined
    enterprise_name_en = models.CharField(max_length=200, blank=True)
    contact_id = models.BigIntegerField(null=True, blank=True)
    is_enterprise_admin = models.BooleanField(default=False)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        own = Q(enterprise_id=None) | Q(enterprise_id=scope.enterprise_id)
        return {role: Q() for role in (*STAFF, ADMIN, WEB)} | {ENTERPRISE: own}

    @staticmethod
    def insert_rule(scope: AnyScope) -> Rule:
        return {ADMIN: Q(place_id=scope.place_id), WEB: Q()}

    @staticmethod
    def update_rule(scope: AnyScope) -> Rule:
        return {ADMIN: Q(place_id=scope.place_id)}

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_has_what_it_needs",
                condition=(
                    Q(kind="enterprise", enterprise_id__isnull=False)
                    | (Q(kind="handler", organisation__isnull=False) & Q(enterprise_id=None))
                    | (~Q(kind__in=["enterprise", "handler"]) & Q(locality__isnull=False) & Q(enterprise_id=None))
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise_id"], name="role_enterprise"),
            models.Index(fields=["place", "kind"], name="role_place_kind"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.get_kind_display()

    def is_valid(self, today: date) -> bool:
        return (self.starts_on or today) <= today <= (self.ends_on or today)

    @property
    def organisation_label(self) -> str:
        if self.enterprise_name:
            return _enterprise_label(self)
        if self.organisation:
            return self.organisation.label
        return self.locality.label if self.locality else self.place.label

    @property
    def database_role(self) -> str:
        return self.DATABASE_ROLE[self.Kind(self.kind)]

    def scope(self, at: datetime) -> Scope:
        path_from, path_to = area(self.locality.path) if self.locality else ("", "")
        return Scope(
            role=self.database_role,
            user_id=self.user_id,
            place_id=self.place_id,
            organisation_id=self.organisation_id or 0,
            enterprise_id=self.enterprise_id or 0,
            path_from=path_from,
            path_to=path_to,
            today=self.place.day(at),
        )


class InvitationQuerySet(ScopedQuerySet):
    def in_state(self, state: str, at: datetime) -> InvitationQuerySet:
        unused = self.filter(used_at=None, revoked_at=None)
        return {
            "open": unused.filter(expires_at__gt=at),
            "expired": unused.filter(expires_at__lte=at),
            "used": self.exclude(used_at=None),
            "revoked": self.exclude(revoked_at=None).filter(used_at=None),
        }.get(state, self)


class Invitation(models.Model):
    """A one-time link, on paper as a QR code: to join, or to choose a new password."""

    class Purpose(models.TextChoices):
        JOIN = "join", _("join")
        RESET = "reset", _("new password")

    # Made by the form that asked for it: pressed twice, it is one invitation.
    client_key = models.UUIDField(unique=True, null=True)
    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=5, choices=Purpose)
    place = models.ForeignKey(Place, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE, null=True)  # whose password
    kind = models.CharField(max_length=14, choices=Role.Kind, blank=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True)
    locality = models.ForeignKey(Locality, models.CASCADE, null=True)
    enterprise_id = models.BigIntegerField(null=True)
    enterprise_name = models.CharField(max_length=200, blank=True)
    enterprise_name_en = models.CharField(max_length=200, blank=True)
    contact_id = models.BigIntegerField(null=True)
    is_enterprise_admin = models.BooleanField(default=False)
    display_name = models.CharField(max_length=60, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        of_enterprise = Q(place_id=scope.place_id, enterprise_id__isnull=False)
        return {
            WEB: Q(),
            ADMIN: Q(place_id=scope.place_id),
            AREA: of_enterprise,
            OFFICER: of_enterprise & Q(created_by_id=scope.user_id),
            ENTERPRISE: Q(enterprise_id=scope.enterprise_id),
        }

    objects = InvitationQuerySet.as_manager()
    writers = dict.fromkeys((ADMIN, AREA, OFFICER, ENTERPRISE), "INSERT, UPDATE") | {WEB: "INSERT, UPDATE"}

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="invitation_to_an_enterprise_as_its_person",
                condition=Q(enterprise_id=None) | Q(kind__in=["", "enterprise"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_name} {self.as_what}"

    def state(self, at: datetime) -> str:
        """open, used, expired or revoked."""
        if self.used_at:
            return "used"
        if self.revoked_at:
            return "revoked"
        return "open" if self.expires_at > at else "expired"

    @property
    def as_what(self) -> str:
        """The role it leads to, or that it gives a new password."""
        return self.get_purpose_display() if self.purpose == self.Purpose.RESET else self.get_kind_display()

    @property
    def for_whom(self) -> str:
        """Where that role is held."""
        if self.enterprise_name:
            return _enterprise_label(self)
        held = self.organisation or self.locality
        return held.label if held else ""


def _enterprise_label(row: Role | Invitation) -> str:
    is_english = row.enterprise_name_en and (get_language() or "").startswith("en")
    return row.enterprise_name_en if is_english else row.enterprise_name


class LoginAttempt(models.Model):
    """A failed log-in, kept for a day: many of them slow the next down."""

    username = models.CharField(max_length=60, db_index=True)
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.username} {self.at}"

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {WEB: Q()}

    objects = ScopedQuerySet.as_manager()
    writers = {WEB: "INSERT, UPDATE, DELETE"}


class ApiToken(models.Model):
    """What lets another system act as one person in one of their roles, as far as its scopes reach."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="tokens")
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")  # the role's
    place = models.ForeignKey(Place, models.CASCADE)  # the role's
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)  # its first letters, to tell one from another
    scopes = models.JSONField(default=list)  # ["cases:read", "cases:write", …]
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        own = Q(user_id=scope.user_id)
        return dict.fromkeys(ROLES, own) | {ADMIN: own | Q(place_id=scope.place_id), WEB: Q()}

    @staticmethod
    def insert_rule(scope: AnyScope) -> Rule:
        return dict.fromkeys(ROLES, Q(user_id=scope.user_id))

    objects = ScopedQuerySet.as_manager()
    writers = dict.fromkeys((*ROLES, WEB), "UPDATE")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def allows(self, room: str, right: str) -> bool:
        """Whether the token reaches so far; whoever may write may read."""
        return f"{room}:write" in self.scopes or f"{room}:{right}" in self.scopes
