"""Where an enterprise works, whom it belongs to, and to whom one speaks there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openliaison.core.models import Locality, TwoNames
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
)

from .enterprises import Enterprise, handled_by_us, in_area, served_by_me


def _held_rule(scope: AnyScope) -> Rule:
    """Rows held about an enterprise that its team, its area and itself see."""
    area = in_area(scope)
    return {
        OFFICER: Q(enterprise_id__in=served_by_me(scope)),
        AREA: area,
        LEADER: area,
        ENTERPRISE: Q(enterprise_id=scope.enterprise_id),
        INSPECTOR: area,
    }


class Site(TwoNames):
    """A place where the enterprise works, beside its registered address."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="sites")
    locality = models.ForeignKey(Locality, models.PROTECT)
    street = models.CharField(max_length=200, blank=True)
    lon = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    lat = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return _held_rule(scope) | {
            ANALYST: in_area(scope),
            HANDLER: Q(enterprise_id__in=handled_by_us(scope)),
        }

    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE, DELETE", OFFICER: "INSERT, UPDATE", ENTERPRISE: "INSERT, UPDATE"}


class GroupTie(models.Model):
    """One enterprise belongs to another."""

    parent = models.ForeignKey(Enterprise, models.CASCADE, related_name="owns")
    child = models.ForeignKey(Enterprise, models.CASCADE, related_name="owned_by")
    share = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)  # 0–1
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        area = in_area(scope, "child_id") | in_area(scope, "parent_id")
        own = Q(child_id=scope.enterprise_id) | Q(parent_id=scope.enterprise_id)
        served = Q(child_id__in=served_by_me(scope)) | Q(parent_id__in=served_by_me(scope))
        return {OFFICER: served, AREA: area, LEADER: area, ANALYST: area, INSPECTOR: area, ENTERPRISE: own}

    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE, DELETE"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "child"], condition=Q(ends_on=None), name="group_tie_once"),
            models.CheckConstraint(condition=~Q(parent=F("child")), name="group_tie_to_another"),
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gt=0, share__lte=1), name="group_tie_share_between_0_and_1"
            ),
        ]


class ContactQuerySet(ScopedQuerySet):
    def current(self) -> ContactQuerySet:
        return self.filter(ends_on=None)


class Contact(models.Model):
    """A person to speak to, in one function, from a day to a day."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=80)
    function = models.CharField(_("function"), max_length=80, blank=True)
    function_en = models.CharField(_("function in English"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(blank=True)
    is_main = models.BooleanField(default=False)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    rule = staticmethod(_held_rule)
    objects = ContactQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE, DELETE", OFFICER: "INSERT, UPDATE", ENTERPRISE: "INSERT, UPDATE"}

    class Meta:
        ordering = ["-is_main", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(is_main=True, ends_on=None), name="contact_one_main"
            ),
        ]

    @property
    def function_label(self) -> str:
        in_english = (get_language() or "").startswith("en")
        return self.function_en if in_english and self.function_en else self.function
