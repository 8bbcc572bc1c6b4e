"""What an enterprise's time is spent on: marks without names that everybody may count, and the ledger with names."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
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
    STAFF,
    AnyScope,
    Rule,
    ScopedQuerySet,
    within,
)

from .enterprises import Enterprise, served_by_me


class DiaryMark(models.Model):
    """That an enterprise's time is taken on a day, by whomever: what the stop sign counts.

    `source` is the client key of the booking, visit or form behind it, which tells nothing to who may not see that.
    """

    place = models.ForeignKey(Place, models.CASCADE)
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="marks", db_index=False)
    on = models.DateField()
    minutes = models.PositiveIntegerField()
    is_at_door = models.BooleanField()
    source = models.UUIDField(unique=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return dict.fromkeys(STAFF, Q(place_id=scope.place_id)) | {ENTERPRISE: Q(enterprise_id=scope.enterprise_id)}

    objects = ScopedQuerySet.as_manager()
    writers = dict.fromkeys((OFFICER, AREA, HANDLER, INSPECTOR, LEADER, ENTERPRISE), "INSERT, UPDATE, DELETE")

    class Meta:
        ordering = ["on"]
        indexes = [
            models.Index(
                fields=["enterprise", "on"], include=["place", "minutes", "is_at_door"], name="mark_enterprise"
            ),
            models.Index(fields=["place", "on"], include=["enterprise", "is_at_door", "minutes"], name="mark_day"),
        ]


class BurdenEntry(models.Model):
    """Minutes of an enterprise's time that an organisation asked for: one line of the form-burden ledger."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("visit")
        STUDY = "study", _("study visit")
        INSPECTION = "inspection", _("inspection")
        DATA = "data", _("data request")
        QUESTION = "question", _("question in a case")
        FORM = "form", _("form")

    place = models.ForeignKey(Place, models.CASCADE)
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="burden", db_index=False)
    locality_path = models.CharField(**PATH)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")  # none: the desk
    kind = models.CharField(max_length=10, choices=Kind)
    what = models.CharField(max_length=300)
    what_en = models.CharField(max_length=300, blank=True)
    on = models.DateField()
    minutes = models.PositiveIntegerField()
    source = models.UUIDField(unique=True)  # as the mark's

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        area = within(scope, "locality_path")
        our_own = Q(organisation_id=scope.organisation_id)
        return {
            OFFICER: Q(enterprise_id__in=served_by_me(scope)),
            AREA: area,
            LEADER: area,
            ANALYST: area,
            HANDLER: our_own,
            INSPECTOR: our_own,
            ENTERPRISE: Q(enterprise_id=scope.enterprise_id),
        }

    @staticmethod
    def insert_rule(scope: AnyScope) -> Rule:
        """Who makes an enterprise spend time writes it down, also where they may not read the ledger."""
        return dict.fromkeys((OFFICER, AREA, HANDLER, INSPECTOR, LEADER, ENTERPRISE), Q(place_id=scope.place_id))

    objects = ScopedQuerySet.as_manager()
    writers = dict.fromkeys((OFFICER, AREA, HANDLER, INSPECTOR, LEADER, ENTERPRISE), "UPDATE, DELETE")

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [
            models.Index(fields=["enterprise", "-on"], name="burden_enterprise"),
            models.Index(fields=["organisation", "-on"], name="burden_organisation"),
            models.Index(fields=["locality_path", "on"], include=["organisation", "minutes"], name="burden_area"),
            models.Index(fields=["-on", "-id"], name="burden_newest"),  # walls of an area do not ask for the place
        ]

    @property
    def label(self) -> str:
        return self.what_en if self.what_en and (get_language() or "").startswith("en") else self.what
