"""The phones that keep data of their officer, and what they learned while the register learned otherwise."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Role
from openliaison.core.models import PATH, Place
from openliaison.core.scope import AREA, OFFICER, AnyScope, Rule, ScopedQuerySet, within
from openliaison.register.models import Enterprise, served_by_me

from .visits import Visit


class Device(models.Model):
    """A browser that keeps an officer's briefings. Revoked, it deletes them at its next contact."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # made on the device
    place = models.ForeignKey(Place, models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    name = models.CharField(max_length=120)
    first_seen_at = models.DateTimeField()
    synced_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    wiped_at = models.DateTimeField(null=True, blank=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {OFFICER: Q(user_id=scope.user_id), AREA: Q(place_id=scope.place_id)}

    objects = ScopedQuerySet.as_manager()
    writers = {OFFICER: "INSERT, UPDATE", AREA: "UPDATE"}

    class Meta:
        ordering = ["-synced_at"]


class LateVisit(models.Model):
    """What a phone brought of an enterprise that its officer no longer serves. The house records it.

    Seen by nobody but its author; emptied once it is recorded.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("being recorded")
        RECORDED = "recorded", _("recorded")
        REFUSED = "refused", _("could not be recorded")

    place = models.ForeignKey(Place, models.CASCADE)
    client_key = models.UUIDField(unique=True)
    role = models.ForeignKey(Role, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, null=True, related_name="+")
    body = models.JSONField(default=dict)
    files = models.JSONField(
        default=list
    )  # kept, to be attached: [{"id", "name", "content_type", "size", "sha256"}, …]
    visited_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    why = models.CharField(max_length=300, blank=True)
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True, related_name="+")

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {OFFICER: Q(user_id=scope.user_id)}

    objects = ScopedQuerySet.as_manager()
    writers = {OFFICER: "INSERT, UPDATE"}

    class Meta:
        ordering = ["received_at", "id"]


class FactConflict(models.Model):
    """A fact told at a visit while another word was recorded since the phone last read it. A person chooses."""

    class State(models.TextChoices):
        OPEN = "open", _("to choose")
        MINE = "mine", _("the visit's word was taken")
        THEIRS = "theirs", _("the word on file was kept")

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="conflicts")
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    locality_path = models.CharField(**PATH)
    key = models.CharField(max_length=60)
    read = models.JSONField(null=True)  # what the phone had when the visit was written
    mine = models.JSONField()
    theirs = models.JSONField(null=True)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {OFFICER: Q(enterprise_id__in=served_by_me(scope)), AREA: within(scope, "locality_path")}

    objects = ScopedQuerySet.as_manager()
    writers = {OFFICER: "INSERT, UPDATE", AREA: "UPDATE"}

    class Meta:
        ordering = ["found_at", "id"]
        constraints = [models.UniqueConstraint(fields=["visit", "key"], name="fact_conflict_once")]

    @property
    def place_id(self) -> int:
        return self.visit.place_id
