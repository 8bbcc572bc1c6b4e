"""The catalogue of facts, and the facts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openliaison.core.models import Place
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
)

from .enterprises import Enterprise, handled_by_us, in_area, served_by_me


class FactDefinition(models.Model):
    """What may be known of an enterprise: one entry of the place's fact catalogue."""

    class Sensitivity(models.TextChoices):
        PUBLIC = "public", _("public")
        OFFICIAL = "official", _("for official use")
        RESTRICTED = "restricted", _("restricted")
        PRIVATE = "private", _("private")

    place = models.ForeignKey(Place, models.CASCADE)
    key = models.SlugField(max_length=60)
    type = models.CharField(max_length=200)  # bool, int, decimal, date, text, code:…, enum:a|b, list:…
    unit = models.CharField(max_length=30, blank=True)
    label_zh = models.CharField(max_length=100)
    label_en = models.CharField(max_length=100)
    subject = models.CharField(max_length=12, default="enterprise")
    holder = models.CharField(max_length=60, blank=True)
    sensitivity = models.CharField(max_length=10, choices=Sensitivity)
    fresh_days = models.PositiveIntegerField(null=True)
    same_as = models.CharField(max_length=60, blank=True)
    may_lie_ahead = models.BooleanField(default=False)  # a date that may still come, such as a licence's end

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return dict.fromkeys((*STAFF, ENTERPRISE, "ol_admin"), Q(place_id=scope.place_id))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["place", "key"], name="fact_definition_once")]

    @property
    def label(self) -> str:
        return self.label_en if (get_language() or "").startswith("en") else self.label_zh


class FactQuerySet(ScopedQuerySet):
    def current(self) -> FactQuerySet:
        return self.filter(superseded_at=None, retracted_at=None)


class Fact(models.Model):
    """One value, with where it comes from, for when it holds, and who confirmed it. Never overwritten."""

    class Source(models.TextChoices):
        REGISTER = "register", _("public register")
        IMPORT = "import", _("imported file")
        ENTERPRISE = "enterprise", _("the enterprise")
        VISIT = "visit", _("visit")
        CASE = "case", _("case")
        OFFICE = "office", _("department")
        DERIVED = "derived", _("derived by rule")

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="facts")
    key = models.CharField(max_length=60)
    value = models.JSONField()
    unit = models.CharField(max_length=30, blank=True)
    sensitivity = models.CharField(max_length=10, choices=FactDefinition.Sensitivity)
    source = models.CharField(max_length=10, choices=Source)
    source_ref = models.CharField(max_length=200, blank=True)
    as_of = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    retracted_at = models.DateTimeField(null=True)
    retracted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    retract_reason = models.CharField(max_length=300, blank=True)
    batch = models.ForeignKey("ImportBatch", models.SET_NULL, null=True, related_name="+")

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        open_to_offices = Q(sensitivity__in=["public", "official"])
        area = in_area(scope)
        return {
            OFFICER: Q(enterprise_id__in=served_by_me(scope)),
            AREA: area,
            LEADER: area & ~Q(sensitivity="private"),
            ANALYST: area & ~Q(sensitivity="private"),
            HANDLER: Q(enterprise_id__in=handled_by_us(scope)) & open_to_offices,
            INSPECTOR: area & open_to_offices,
            ENTERPRISE: Q(enterprise_id=scope.enterprise_id),
        }

    objects = FactQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE, DELETE", OFFICER: "INSERT, UPDATE", ENTERPRISE: "INSERT, UPDATE"}

    class Meta:
        ordering = ["key", "-as_of", "-recorded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "key"],
                condition=Q(superseded_at=None, retracted_at=None),
                name="fact_one_current",
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "key", "-as_of"], name="fact_history")]
