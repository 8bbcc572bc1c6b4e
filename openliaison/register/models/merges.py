"""Enterprises that turned out to be one."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from openliaison.core.models import PATH, Place
from openliaison.core.scope import AREA, AnyScope, Rule, ScopedQuerySet, within

from .enterprises import Enterprise


class Merge(models.Model):
    """One enterprise taken into another, with what moved, so that it can be taken apart again."""

    place = models.ForeignKey(Place, models.PROTECT)
    locality_path = models.CharField(**PATH)
    kept = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    taken = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    moved = models.JSONField(default=dict)  # {"register.fact": [ids], …}
    before = models.JSONField(default=dict)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {AREA: within(scope, "locality_path")}

    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE"}

    class Meta:
        ordering = ["-merged_at"]
