"""Proposals of who serves whom: computed, then accepted by a person, all, some or none."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from openliaison.core.models import PATH, Locality, Place
from openliaison.core.scope import AREA, AnyScope, Rule, ScopedQuerySet, within
from openliaison.register.models import Enterprise, Link


class Proposal(models.Model):
    """One run over an area, with its measures beside today's."""

    class State(models.TextChoices):
        WORKING = "working", _("being computed")
        READY = "ready", _("to decide")
        FAILED = "failed", _("could not be computed")
        CLOSED = "closed", _("decided")

    place = models.ForeignKey(Place, models.PROTECT)
    locality = models.ForeignKey(Locality, models.PROTECT, related_name="+")
    locality_path = models.CharField(**PATH)
    client_key = models.UUIDField(unique=True, default=uuid.uuid4)
    wanted = models.JSONField(default=dict)  # loads and weights it was computed with
    state = models.CharField(max_length=7, choices=State, default=State.WORKING)
    step = models.CharField(max_length=20, blank=True)
    error = models.CharField(max_length=300, blank=True)
    measures = models.JSONField(default=dict)  # {"today": {…}, "proposed": {…}, "seconds": …}
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {AREA: within(scope, "locality_path")}

    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE"}

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.locality} {self.made_at:%Y-%m-%d}"

    @property
    def state_key(self) -> str:
        return f"proposal.{self.state}"


class SuggestionQuerySet(ScopedQuerySet):
    def to_decide(self) -> SuggestionQuerySet:
        """Those that would change something, and wait for a person's word."""
        return self.filter(state=Suggestion.State.OPEN, change__in=(Suggestion.Change.NEW, Suggestion.Change.MOVE))


class Suggestion(models.Model):
    """One enterprise of a proposal: who should serve it, who does, and why."""

    class State(models.TextChoices):
        OPEN = "open", _("to decide")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        OUTDATED = "outdated", _("no longer as it was")

    class Change(models.TextChoices):
        KEEP = "keep", _("stays")
        NEW = "new", _("first officer")
        MOVE = "move", _("changes")
        NOBODY = "nobody", _("nobody free")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="suggestions")
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    locality_path = models.CharField(**PATH)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    current = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    change = models.CharField(max_length=6, choices=Change)
    cost = models.IntegerField()
    reasons = models.JSONField(default=list)  # [{"key": …, values}, …], worded when read
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    # What accepting it made and ended, so that it can be undone.
    link = models.ForeignKey(Link, models.SET_NULL, null=True, related_name="+")
    former = models.ForeignKey(Link, models.SET_NULL, null=True, related_name="+")

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {AREA: within(scope, "locality_path")}

    objects = SuggestionQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE"}

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["proposal", "enterprise"], name="suggestion_once")]
        indexes = [models.Index(fields=["proposal", "change", "state"], name="suggestion_proposal")]

    def __str__(self) -> str:
        return f"{self.enterprise} → {self.officer}"

    @property
    def state_key(self) -> str:
        return f"suggestion.{self.state}"

    @property
    def change_key(self) -> str:
        return f"change.{self.change}"
