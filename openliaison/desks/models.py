"""What the desks keep of their own: who handed work over to whom."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from openliaison.core.models import Place
from openliaison.core.scope import AREA, OFFICER, ROLES, AnyScope, Rule, ScopedQuerySet


class Handover(models.Model):
    """One person's open work given to another, for good or for an absence. The brief is made from it."""

    class Kind(models.TextChoices):
        LEAVE = "leave", _("for good")
        ABSENCE = "absence", _("for an absence")

    place = models.ForeignKey(Place, models.PROTECT)
    # Made by the form: pressed twice, it happens once.
    client_key = models.UUIDField(default=uuid.uuid4)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    successor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    enterprises = ArrayField(models.BigIntegerField(), default=list)
    cases = ArrayField(models.BigIntegerField(), default=list)
    promises = ArrayField(models.BigIntegerField(), default=list)
    task_count = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        mine = Q(successor_id=scope.user_id) | Q(person_id=scope.user_id)
        return dict.fromkeys(ROLES, mine) | {AREA: Q(place_id=scope.place_id)}

    @staticmethod
    def insert_rule(scope: AnyScope) -> Rule:
        """The desk's; an officer's own absence is theirs to arrange."""
        return {AREA: Q(place_id=scope.place_id), OFFICER: Q(person_id=scope.user_id, kind="absence")}

    @staticmethod
    def update_rule(scope: AnyScope) -> Rule:
        return {AREA: Q(place_id=scope.place_id), OFFICER: Q(person_id=scope.user_id, kind="absence")}

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["client_key", "successor"], name="handover_once"),
            models.CheckConstraint(condition=~Q(person=F("successor")), name="handover_to_another"),
            models.CheckConstraint(
                condition=Q(kind="leave", ends_on=None) | Q(kind="absence", ends_on__isnull=False),
                name="handover_absence_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.successor}"
