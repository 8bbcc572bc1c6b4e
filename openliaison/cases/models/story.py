"""What is said and what happens in a case: entries, objections, more time, files, other systems' numbers."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Organisation
from openliaison.core.models import StoredFile
from openliaison.core.scope import (
    AREA,
    ENTERPRISE,
    HANDLER,
    LEADER,
    OFFICER,
    AnyScope,
    Rule,
    ScopedQuerySet,
)

from .case import AUTHORS, Case, case_seen, handled


def _of_visible_case(scope: AnyScope, *, internal: tuple[str, ...]) -> Rule:
    """Rows of a case, for whoever sees the case; internal ones for the roles in `internal` only."""
    rules = {}
    for role, rule in Case.rule(scope).items():
        seen = handled(scope, "case_id") if role == HANDLER else case_seen(rule)
        rules[role] = seen if role in internal else seen & Q(is_internal=False)
    return rules


def _with_internal_notes(scope: AnyScope) -> Rule:
    return _of_visible_case(scope, internal=(AREA, HANDLER))


def _for_judges_too(scope: AnyScope) -> Rule:
    """The leader rules on second returns, and must find them."""
    return _of_visible_case(scope, internal=(AREA, HANDLER, LEADER))


class Entry(models.Model):
    """One line of a case's story: something said, or something that happened. The clock reads these."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        CONTACTED = "contacted", _("contacted")
        ASSIGNED = "assigned", _("assigned")
        CO_ADDED = "co_added", _("co-handler added")
        CO_DONE = "co_done", _("co-handler done")
        ANSWERED = "answered", _("first answer")
        MESSAGE = "message", _("message")
        NOTE = "note", _("internal note")
        ASKED = "asked", _("question to the enterprise")
        ANSWER = "answer", _("answer of the enterprise")
        OBJECTED = "objected", _("objection")
        RULED = "ruled", _("ruling")
        EXTENSION_ASKED = "extension_asked", _("extension asked")
        EXTENSION_GRANTED = "extension_granted", _("extension granted")
        EXTENSION_REFUSED = "extension_refused", _("extension refused")
        REPLIED = "replied", _("reply")
        CONFIRMED = "confirmed", _("confirmed")
        REJECTED = "rejected", _("not accepted by the enterprise")
        PLANNED = "planned", _("planned")
        DUE_AGAIN = "due_again", _("date reached")
        REFERRED_UP = "referred_up", _("referred up")
        RETURNED = "returned", _("back from above")
        REMINDED = "reminded", _("reminder")
        CALLED = "called", _("call")
        WITHDRAWAL_ASKED = "withdrawal_asked", _("withdrawal asked")
        WITHDRAWAL_DROPPED = "withdrawal_dropped", _("withdrawal dropped")
        OPENED_UP = "opened_up", _("no longer confidential")
        NAMED = "named", _("person named")
        HANDED_OVER = "handed_over", _("handed over")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")

    case = models.ForeignKey(Case, models.CASCADE, related_name="entries")
    client_key = models.UUIDField(unique=True, default=uuid.uuid4)
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    author_role = models.CharField(max_length=14, blank=True)  # accounts.Role.Kind the author acted in
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    detail = models.JSONField(default=dict)  # reply_kind, planned_on, days, organisation ids …
    is_internal = models.BooleanField(default=False)

    rule = staticmethod(_with_internal_notes)
    objects = ScopedQuerySet.as_manager()
    writers = dict.fromkeys((OFFICER, AREA, HANDLER, LEADER, ENTERPRISE), "INSERT")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["case", "at"], name="entry_case")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"

    @property
    def kind_label(self) -> str:
        """What happened, told exactly: the kind of reply, how it ended, which verdict."""
        if self.kind == self.Kind.REPLIED:
            return str(Case.ReplyKind(self.detail["reply_kind"]).label)
        if self.kind == self.Kind.CLOSED:
            return str(_("closed: %(outcome)s") % {"outcome": Case.Outcome(self.detail["outcome"]).label})
        if self.kind == self.Kind.CONFIRMED:
            return str(_("confirmed: partly") if self.detail.get("verdict") == "partly" else _("confirmed: yes"))
        if self.kind == self.Kind.CALLED:
            return str(_("called: reached") if self.detail.get("reached") else _("called: not reached"))
        return self.get_kind_display()

    @property
    def planned_day(self) -> date | None:
        found = self.detail.get("planned_on")
        return date.fromisoformat(found) if found else None

    @property
    def body(self) -> str:
        return self.text_en if self.text_en and (get_language() or "").startswith("en") else self.text


class Objection(models.Model):
    """ "Not ours": once per organisation and case, within a working day, ruled the same day."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="objections")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reason = models.TextField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    rule_by_at = models.DateTimeField()
    ruling = models.TextField(blank=True)
    ruled_lead = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    ruled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ruled_at = models.DateTimeField(null=True)
    is_final = models.BooleanField(default=False)
    is_internal = models.BooleanField(default=True)

    rule = staticmethod(_for_judges_too)
    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE", HANDLER: "INSERT, UPDATE", LEADER: "UPDATE"}

    class Meta:
        ordering = ["raised_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "organisation"], name="objection_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(ruled_at=None), name="objection_one_open"),
        ]

    def __str__(self) -> str:
        return f"objection of {self.organisation_id} to {self.case_id}"


class Extension(models.Model):
    """More time for the solution: asked once, a working day before due, granted by the coordinator."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="extensions")
    days = models.PositiveSmallIntegerField()  # working days
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    is_granted = models.BooleanField(null=True)
    ruling = models.TextField(blank=True)
    ruled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ruled_at = models.DateTimeField(null=True)
    is_internal = models.BooleanField(default=False)

    rule = staticmethod(_with_internal_notes)
    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE", HANDLER: "INSERT"}

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["case"], name="extension_once"),
            models.CheckConstraint(condition=Q(days__gte=1), name="extension_days"),
        ]

    def __str__(self) -> str:
        return f"{self.days} days for {self.case_id}"


class CaseFile(StoredFile):
    """A file of a case; internal ones like internal notes."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="files")
    entry = models.ForeignKey(Entry, models.SET_NULL, null=True, related_name="files")
    is_internal = models.BooleanField(default=False)

    rule = staticmethod(_with_internal_notes)

    @staticmethod
    def delete_rule(scope: AnyScope) -> Rule:
        """The files of a draft go with it."""
        drafts = Case.delete_rule(scope)
        return {role: case_seen(drafts[role]) for role in AUTHORS}

    objects = ScopedQuerySet.as_manager()
    writers = dict.fromkeys((OFFICER, AREA, HANDLER, ENTERPRISE), "INSERT")

    class Meta:
        ordering = ["uploaded_at"]
        constraints = [models.UniqueConstraint(fields=["case", "sha256", "name"], name="case_file_once")]


class ExternalRef(models.Model):
    """The same matter in another system (12345, an upper platform), so that nobody types it twice."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="external_refs")
    system = models.SlugField()
    number = models.CharField(max_length=60)
    state = models.CharField(max_length=60, blank=True)
    changed_at = models.DateTimeField()
    is_internal = models.BooleanField(default=False)

    rule = staticmethod(_with_internal_notes)
    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE, DELETE"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "system"], name="external_ref_once")]

    def __str__(self) -> str:
        return f"{self.system} {self.number}"
