"""Visits, calls and online meetings of liaison officers with their enterprises."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from openliaison.core.models import PATH, Place, StoredFile
from openliaison.core.scope import ANALYST, AREA, ENTERPRISE, LEADER, OFFICER, AnyScope, Rule, ScopedQuerySet, within
from openliaison.register.models import Booking, Contact, Enterprise, served_by_me


class VisitQuerySet(ScopedQuerySet):
    def standing(self) -> VisitQuerySet:
        """Those that count: not taken back by who recorded them."""
        return self.filter(withdrawn_at=None)

    def since(self, at: datetime) -> VisitQuerySet:
        return self.standing().filter(at__gte=at)

    def at_the_door(self) -> VisitQuerySet:
        """Those for which somebody came: calls and online meetings cost the enterprise less."""
        return self.standing().filter(mode=Visit.Mode.VISIT)


class Visit(models.Model):
    """One contact with an enterprise. "Nothing new" is a full record."""

    class Mode(models.TextChoices):
        VISIT = "visit", pgettext_lazy("mode", "visit")
        CALL = "call", _("call")
        ONLINE = "online", _("online")

    place = models.ForeignKey(Place, models.PROTECT)
    # Made on the phone: a visit sent twice is recorded once.
    client_key = models.UUIDField(unique=True, default=uuid.uuid4)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="visits", db_index=False)
    locality_path = models.CharField(**PATH)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits")
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.VISIT)
    at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    met = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    booking = models.ForeignKey(Booking, models.SET_NULL, null=True, blank=True, related_name="visits")
    nothing_new = models.BooleanField(default=False)
    notes = models.TextField(blank=True)
    notes_en = models.TextField(blank=True)
    learned = models.JSONField(default=list, blank=True)  # keys of the facts told; the values stand in the register
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # taken back at once: on file, counted nowhere
    confirmed_at = models.DateTimeField(null=True, blank=True)  # by the enterprise
    objection = models.CharField(max_length=1000, blank=True)  # the enterprise's words: one thing is wrong
    objected_at = models.DateTimeField(null=True, blank=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        area = within(scope, "locality_path")
        return {
            OFFICER: Q(enterprise_id__in=served_by_me(scope)),
            AREA: area,
            LEADER: area,
            ANALYST: area,
            ENTERPRISE: Q(enterprise_id=scope.enterprise_id),
        }

    objects = VisitQuerySet.as_manager()
    writers = {OFFICER: "INSERT, UPDATE", AREA: "INSERT", ENTERPRISE: "UPDATE"}

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(name="visit_says_something", condition=Q(nothing_new=True) | ~Q(notes="")),
            models.CheckConstraint(name="visit_mode_known", condition=Q(mode__in=["visit", "call", "online"])),
            models.CheckConstraint(
                name="visit_objected_iff_it_says_what",
                condition=Q(objection="", objected_at=None) | (~Q(objection="") & Q(objected_at__isnull=False)),
            ),
        ]
        indexes = [
            # With what the walls ask, so that the last contact of each enterprise is read from the index alone.
            models.Index(
                fields=["enterprise", "-at"], include=["locality_path", "withdrawn_at"], name="visit_enterprise"
            ),
            models.Index(fields=["locality_path", "at"], include=["enterprise", "mode"], name="visit_area"),
            models.Index(fields=["-at", "id"], name="visit_newest"),  # walls of an area do not ask for the place
            models.Index(fields=["officer", "-at"], name="visit_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.get_mode_display()}"

    @property
    def body(self) -> str:
        return self.notes_en if self.notes_en and (get_language() or "").startswith("en") else self.notes


class VisitFile(StoredFile):
    """A picture or paper of a visit. Its id is made on the phone: sent twice, it is kept once."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="files")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    locality_path = models.CharField(**PATH)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        area = within(scope, "locality_path")
        return {
            OFFICER: Q(enterprise_id__in=served_by_me(scope)),
            AREA: area,
            LEADER: area,
            ENTERPRISE: Q(enterprise_id=scope.enterprise_id),
        }

    objects = ScopedQuerySet.as_manager()
    writers = {OFFICER: "INSERT"}

    class Meta:
        ordering = ["uploaded_at", "id"]
        constraints = [models.UniqueConstraint(fields=["visit", "sha256"], name="visit_file_once")]


class Correction(models.Model):
    """What a record said before its officer mended it, and why. The visit's own row says what stands."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="corrections")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    locality_path = models.CharField(**PATH)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    was = models.JSONField()  # {"at": …, "mode": …, "minutes": …, "notes": …}, those that changed

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return Visit.rule(scope)

    objects = ScopedQuerySet.as_manager()
    writers = {OFFICER: "INSERT"}

    class Meta:
        ordering = ["made_at", "id"]
