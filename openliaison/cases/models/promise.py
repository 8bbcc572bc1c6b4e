"""Who promised what to whom, by when."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Organisation
from openliaison.core.models import PATH, Place
from openliaison.core.scope import (
    ANALYST,
    AREA,
    ENTERPRISE,
    HANDLER,
    LEADER,
    OFFICER,
    AnyScope,
    Rule,
    ScopedQuerySet,
    within,
)
from openliaison.register.models import Enterprise, served_by_me

from .case import Case, handled


class PromiseQuerySet(ScopedQuerySet):
    def open(self) -> PromiseQuerySet:
        return self.filter(state=Promise.State.OPEN)

    def late(self, today: date) -> PromiseQuerySet:
        return self.open().filter(due_on__lt=today)


class Promise(models.Model):
    """Who promised what to whom, by when; kept or not. The enterprise sees both sides' promises."""

    class Side(models.TextChoices):
        COUNTY = "county", _("by an office")
        ENTERPRISE = "enterprise", _("by the enterprise")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        KEPT = "kept", _("kept")
        BROKEN = "broken", _("not kept")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Reminded(models.TextChoices):
        """How far the house has reminded who keeps it."""

        SOON = "soon", _("due soon")
        TODAY = "today", _("due today")
        LATE = "late", _("late")

    place = models.ForeignKey(Place, models.PROTECT)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="promises")
    locality_path = models.CharField(**PATH)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="promises")
    client_key = models.UUIDField(unique=True, default=uuid.uuid4)
    side = models.CharField(max_length=10, choices=Side)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    text = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300, blank=True)
    due_on = models.DateField()
    # Where another day was agreed: the first one, which the measures keep counting from, and why it was moved.
    first_due_on = models.DateField(null=True, blank=True)
    moved_reason = models.CharField(max_length=300, blank=True)
    visit_id = models.BigIntegerField(null=True, blank=True)  # the visit at which it was made, in a room above
    # The office that was named says that it is not its promise: who made it names another or withdraws it.
    disowned_at = models.DateTimeField(null=True, blank=True)
    disowned_reason = models.CharField(max_length=300, blank=True)
    # The other side said "not so" after it had been called kept.
    disputed_at = models.DateTimeField(null=True, blank=True)
    disputed_reason = models.CharField(max_length=300, blank=True)
    reminded = models.CharField(max_length=5, choices=Reminded, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_reason = models.CharField(max_length=300, blank=True)
    is_confidential = models.BooleanField(default=False)  # as its case

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        of_case = {role: _case_seen(rule) for role, rule in Case.rule(scope).items()}
        open_ = Q(is_confidential=False)
        area = within(scope, "locality_path")
        # Where and by whom its case is seen, an open promise is seen anyway; a confidential one asks its case.
        return {
            OFFICER: Q(enterprise_id__in=served_by_me(scope)) & (open_ | of_case[OFFICER]),
            AREA: area & (open_ | of_case[AREA]),
            HANDLER: (Q(organisation_id=scope.organisation_id) & open_) | handled(scope, "case_id"),
            LEADER: area & open_,
            ANALYST: area & open_,
            ENTERPRISE: Q(enterprise_id=scope.enterprise_id),
        }

    objects = PromiseQuerySet.as_manager()
    writers = dict.fromkeys((OFFICER, AREA, HANDLER, ENTERPRISE), "INSERT, UPDATE")

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="promise_settled_iff_not_open",
                condition=Q(state="open", settled_at=None) | (~Q(state="open") & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="promise_of_office_names_it", condition=Q(side="enterprise") | Q(organisation__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "state", "due_on"], name="promise_enterprise"),
            models.Index(fields=["state", "due_on", "id"], name="promise_due"),
            models.Index(fields=["due_on", "id"], name="promise_day"),
            models.Index(fields=["organisation", "state", "due_on"], name="promise_organisation"),
            models.Index(fields=["visit_id"], name="promise_visit", condition=Q(visit_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def promised_on(self) -> date:
        """The day that was promised first."""
        return self.first_due_on or self.due_on

    @property
    def told(self) -> dict[str, str]:
        """What a task or notice may say of it, in both languages; of a confidential case not its words."""
        if self.is_confidential:
            return {"zh": "保密诉求中的承诺", "en": "a promise in a confidential case"}
        return {"zh": self.text, "en": self.text_en or self.text}

    @property
    def label(self) -> str:
        return self.text_en if self.text_en and (get_language() or "").startswith("en") else self.text


def _case_seen(rule: Q) -> Q:
    """The promise's case lies within `rule`. Looked up by its key: beside an OR, PostgreSQL would answer an EXISTS by
    listing every case of the area, for the sake of the few confidential ones."""
    return Q(case_id=Subquery(Case.objects.filter(rule, pk=OuterRef("case_id")).values("pk")))
