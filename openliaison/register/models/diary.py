"""An enterprise's diary: who wants to come or to know something, when, and what the enterprise said."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Organisation
from openliaison.core.models import PATH, Place
from openliaison.core.scope import (
    ANALYST,
    AREA,
    ENTERPRISE,
    HANDLER,
    INSPECTOR,
    LEADER,
    OFFICER,
    AnyScope,
    Rule,
    ScopedQuerySet,
    within,
)

from .enterprises import Enterprise, served_by_me


class BookingQuerySet(ScopedQuerySet):
    def open(self) -> BookingQuerySet:
        """Those that still want something of the enterprise."""
        return self.filter(state__in=(Booking.State.REQUESTED, Booking.State.ACCEPTED))

    def hosts(self) -> BookingQuerySet:
        """Those that stand in the diary by themselves: not taken into a joint visit."""
        return self.filter(joined=None)


class Booking(models.Model):
    """A request for an enterprise's time. A part of a joint visit copies its host's time and state,
    so that its wall need not ask the host."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("service visit")
        STUDY = "study", _("study visit")
        INSPECTION = "inspection", _("inspection")
        DATA = "data", _("data request")
        JOINT = "joint", _("joint visit")

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        ACCEPTED = "accepted", pgettext_lazy("booking", "accepted")
        NOT_NOW = "not_now", _("not at this time")
        HELD = "held", _("held")
        RECORDED = "recorded", pgettext_lazy("booking", "recorded")
        CANCELLED = "cancelled", _("cancelled by who asked")

    class Instead(models.TextChoices):
        """What the enterprise would do instead. Whether it refused is not told by this."""

        OTHER_TIME = "other_time", _("at another time")
        TOGETHER = "together", _("together with another visit")
        BY_PHONE = "by_phone", _("by phone")
        IN_WRITING = "in_writing", _("in writing")
        THROUGH_OFFICER = "officer", _("through our liaison officer")

    place = models.ForeignKey(Place, models.PROTECT)
    client_key = models.UUIDField(unique=True, default=uuid.uuid4)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="bookings", db_index=False)
    locality_path = models.CharField(**PATH)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind)
    purpose = models.CharField(max_length=300)
    purpose_en = models.CharField(max_length=300, blank=True)
    basis = models.CharField(max_length=200, blank=True)  # of an inspection: the item of the published list, the law
    starts_at = models.DateTimeField()  # of a data request: by when the answer is wanted
    minutes = models.PositiveSmallIntegerField()  # of the enterprise's time
    people = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    joined = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    # Of a part: who comes together, [{"zh": …, "en": …}, …], for who asked does not see the others' rows;
    # and how it stood before, so that it can be taken out again.
    together = models.JSONField(default=list)
    before = models.JSONField(null=True, blank=True)
    instead = models.CharField(max_length=10, choices=Instead, blank=True)
    instead_at = models.DateTimeField(null=True, blank=True)
    instead_note = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    over_reason = models.CharField(max_length=300, blank=True)  # why asked although the stop sign stood
    questions = models.JSONField(default=list)  # of a data request: [{"key" or "label", "type"}, …]
    answers = models.JSONField(null=True, blank=True)  # {"values": {key or id: value}, "as_of": day}
    sheet = models.UUIDField(null=True, blank=True)  # the same of all enterprises asked the same questions at once

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        area = within(scope, "locality_path")
        our_own = Q(organisation_id=scope.organisation_id)
        return {
            OFFICER: Q(enterprise_id__in=served_by_me(scope)) | Q(requested_by_id=scope.user_id),
            AREA: area,
            HANDLER: our_own,
            INSPECTOR: our_own,
            LEADER: area,
            ANALYST: area,
            ENTERPRISE: Q(enterprise_id=scope.enterprise_id),
        }

    @staticmethod
    def update_rule(scope: AnyScope) -> Rule:
        return {LEADER: Q(requested_by_id=scope.user_id)}

    objects = BookingQuerySet.as_manager()
    writers = dict.fromkeys((OFFICER, AREA, HANDLER, INSPECTOR, ENTERPRISE), "INSERT, UPDATE") | {LEADER: "INSERT"}

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="booking_not_now_says_what_instead",
                condition=Q(state="not_now", instead__gt="") | ~Q(state="not_now"),
            ),
            models.CheckConstraint(
                name="booking_other_time_names_it", condition=~Q(instead="other_time") | Q(instead_at__isnull=False)
            ),
            models.CheckConstraint(name="booking_takes_time", condition=Q(minutes__gt=0)),
        ]
        indexes = [
            models.Index(fields=["enterprise", "starts_at"], name="booking_enterprise"),
            models.Index(fields=["organisation", "state", "starts_at"], name="booking_organisation"),
            models.Index(fields=["locality_path", "state"], name="booking_area"),
            models.Index(fields=["starts_at", "id"], name="booking_day"),
            models.Index(fields=["sheet"], condition=Q(sheet__isnull=False), name="booking_sheet"),
        ]

    def __str__(self) -> str:
        return self.purpose

    @property
    def label(self) -> str:
        return self.purpose_en if self.purpose_en and (get_language() or "").startswith("en") else self.purpose

    @property
    def is_at_door(self) -> bool:
        return self.kind != Booking.Kind.DATA

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def state_key(self) -> str:
        return f"booking.{self.state}"

    @property
    def asker(self) -> str:
        """Who asked, as pages say it: the office, else the person."""
        return self.organisation.label if self.organisation else self.requested_by.label


class Refusal(models.Model):
    """That a "not at this time" was a refusal, and why: the coordinator's and the enterprise's own, nobody else's."""

    booking = models.OneToOneField(Booking, models.CASCADE, related_name="refusal")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    locality_path = models.CharField(**PATH)
    reason = models.CharField(max_length=300, blank=True)
    refused_at = models.DateTimeField()

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {AREA: within(scope, "locality_path"), ENTERPRISE: Q(enterprise_id=scope.enterprise_id)}

    objects = ScopedQuerySet.as_manager()
    writers = {ENTERPRISE: "INSERT", AREA: "INSERT"}  # the desk writes down what it was told by phone

    class Meta:
        ordering = ["-refused_at"]
