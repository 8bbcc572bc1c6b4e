"""The frames of formal replies."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from openliaison.core.models import Place, Seeded, TwoNames
from openliaison.core.scope import (
    ADMIN,
    ENTERPRISE,
    STAFF,
    AnyScope,
    Rule,
    ScopedQuerySet,
)

from .case import Case


class ReplyTemplate(TwoNames, Seeded):
    """The frame of a formal reply, in a place's own manner: {title}, {number}, {raised_on}, {text}, {planned_on} …"""

    place = models.ForeignKey(Place, models.CASCADE)
    reply_kind = models.CharField(max_length=9, choices=Case.ReplyKind)
    body = models.TextField()
    body_en = models.TextField(blank=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return dict.fromkeys((*STAFF, ENTERPRISE, ADMIN), Q(place_id=scope.place_id))

    objects = ScopedQuerySet.as_manager()
    writers = {ADMIN: "INSERT, UPDATE"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "reply_kind"], name="reply_template_once")]

    @property
    def label_of_body(self) -> str:
        return self.body_en if self.body_en and (get_language() or "").startswith("en") else self.body
