"""A problem from its first word to the enterprise's own verdict; promises of both sides."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Organisation
from openliaison.core.models import PATH, Place, Seeded, StoredFile, TwoNames
from openliaison.core.scope import (
    ADMIN,
    ANALYST,
    AREA,
    ENTERPRISE,
    HANDLER,
    LEADER,
    OFFICER,
    STAFF,
    AnyScope,
    Rule,
    ScopedQuerySet,
    within,
)
from openliaison.register.models import Enterprise, served_by_me


class Category(TwoNames, Seeded):
    """What a case is about; says who usually leads and how long a reply may take."""

    place = models.ForeignKey(Place, models.CASCADE)
    code = models.SlugField()
    description = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    reply_days = models.PositiveSmallIntegerField(default=3)
    solution_days = models.PositiveSmallIntegerField(default=15)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True)
    is_factor = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return dict.fromkeys((*STAFF, ENTERPRISE, ADMIN), Q(place_id=scope.place_id))

    objects = ScopedQuerySet.as_manager()
    writers = {ADMIN: "INSERT, UPDATE"}

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["place", "code"], name="category_code_once"),
            models.CheckConstraint(condition=Q(reply_days__gte=1, reply_days__lte=15), name="category_reply_days"),
        ]


class Handling(models.Model):
    """One organisation's piece of a case. In a confidential case the piece belongs to one named person."""

    class Part(models.TextChoices):
        LEAD = "lead", _("lead")
        CO = "co", _("co-handler")

    # Made here and not by the database: a lead may add a co-handler whose piece it cannot read back.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("Case", models.CASCADE, related_name="handlings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    locality_path = models.CharField(**PATH)
    part = models.CharField(max_length=4, choices=Part)
    starts_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)  # this piece is finished
    ends_at = models.DateTimeField(null=True)  # taken away: no longer theirs to see
    # Of a confidential case: who may give it to another lead. Kept here because walls do not ask each other in a ring.
    arbiter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        area = within(scope, "locality_path")
        # Enterprise and officer read who is to be told of their word; their walls of Case do not ask this table.
        cases = Case.rule(scope)
        of_case = {role: _case_seen(cases[role]) for role in (ENTERPRISE, OFFICER)}
        return {
            AREA: area,
            HANDLER: _mine(scope) | Q(arbiter_id=scope.user_id),
            LEADER: area & Q(user=None),
            **of_case,
        }

    @staticmethod
    def insert_rule(scope: AnyScope) -> Rule:
        led = Case.objects.filter(lead_id=scope.organisation_id).values("id")
        ruled = Case.objects.filter(arbiter_id=scope.user_id).values("id")
        return {HANDLER: Q(case_id__in=led, part="co") | Q(case_id__in=ruled, arbiter_id=scope.user_id)}

    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE", HANDLER: "UPDATE", LEADER: "INSERT, UPDATE"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "organisation", "user"],
                condition=Q(ends_at=None),
                nulls_distinct=False,
                name="handling_once",
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(part="lead", ends_at=None), name="handling_one_lead"),
        ]
        indexes = [
            models.Index(fields=["organisation", "case"], name="handling_organisation"),
            models.Index(fields=["user", "case"], name="handling_user"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.part} of {self.case_id}"


def _mine(scope: AnyScope) -> Q:
    ours = Q(organisation_id=scope.organisation_id, user=None)
    return (ours | Q(user_id=scope.user_id)) & Q(ends_at=None)


class CaseQuerySet(ScopedQuerySet):
    def open(self) -> CaseQuerySet:
        return self.exclude(status__in=[Case.Status.CLOSED, Case.Status.DRAFT])

    def running(self) -> CaseQuerySet:
        """Somebody on the county's side is to act now."""
        return self.filter(Q(status__in=Case.RUNNING) | Q(status="replied", reply_kind="referred"))

    def overdue(self, at: datetime) -> CaseQuerySet:
        return self.running().filter(due_at__lte=at)

    def due_between(self, start: datetime, end: datetime) -> CaseQuerySet:
        return self.running().filter(due_at__gt=start, due_at__lt=end)

    def objected(self) -> CaseQuerySet:
        """An objection waits for its ruling."""
        return self.open().filter(pk__in=Objection.objects.filter(ruled_at=None).values("case_id"))

    def extension_asked(self) -> CaseQuerySet:
        return self.open().filter(pk__in=Extension.objects.filter(ruled_at=None).values("case_id"))

    def referral_asked(self) -> CaseQuerySet:
        """The lead says that it must be decided higher up; the desk has not answered."""
        return self.filter(status="replied", reply_kind="referred")

    def withdrawal_asked(self) -> CaseQuerySet:
        return self.open().exclude(withdrawal_asked_at=None)

    def put_to_enterprise(self) -> CaseQuerySet:
        """The enterprise is to answer: a question, or whether it is solved."""
        return self.filter(status__in=["replied", "waiting_enterprise"]).exclude(reply_kind="referred")


class Case(models.Model):
    """One problem of one enterprise, followed until the enterprise says whether it is solved."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        ASSIGNED = "assigned", _("assigned")
        IN_HAND = "in_hand", _("in hand")
        WAITING = "waiting_enterprise", _("waits for the enterprise")
        REPLIED = "replied", _("replied")
        PLANNED = "planned", _("planned")
        REFERRED_UP = "referred_up", _("referred up")
        CLOSED = "closed", _("closed")

    RUNNING = (Status.SUBMITTED, Status.ASSIGNED, Status.IN_HAND, Status.REFERRED_UP)

    class ReplyKind(models.TextChoices):
        SOLVED = "solved", _("solved")
        PLANNED = "planned", _("will be solved by a date")
        EXPLAINED = "explained", _("cannot be done, explained")
        REFERRED = "referred", _("must be decided higher up")

    class Outcome(models.TextChoices):
        SOLVED = "solved", _("solved")
        PARTLY = "partly", _("partly solved")
        EXPLAINED = "explained", _("explained")
        SILENT = "silent", _("no answer from the enterprise")
        WITHDRAWN = "withdrawn", _("withdrawn")
        DECLINED = "declined", _("not accepted")
        DUPLICATE = "duplicate", _("duplicate")

    class Channel(models.TextChoices):
        VISIT = "visit", _("visit")
        ENTERPRISE = "enterprise", _("enterprise's page")
        PHONE = "phone", _("phone")
        IMPORT = "import", _("imported")
        API = "api", _("other system")

    place = models.ForeignKey(Place, models.PROTECT)
    number = models.CharField(max_length=20)  # 2026-0418
    # Made by whoever sends it: a form sent twice opens one case.
    client_key = models.UUIDField(unique=True, default=uuid.uuid4)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="cases")
    locality_path = models.CharField(**PATH)
    channel = models.CharField(max_length=10, choices=Channel)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    officer = models.ForeignKey(  # it came through this officer
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    visit_id = models.BigIntegerField(null=True, blank=True, db_index=True)  # the visit it was told at; a floor above
    contact_name = models.CharField(max_length=80, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    text = models.TextField()
    text_en = models.TextField(blank=True)
    wanted_result = models.CharField(max_length=300, blank=True)
    is_confidential = models.BooleanField(default=False)
    received_path = models.CharField(**PATH)  # the level whose coordinator received it
    is_common = models.BooleanField(default=False)

    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    reply_kind = models.CharField(max_length=9, choices=ReplyKind, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    decline_reason = models.CharField(max_length=200, blank=True)
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="duplicates")
    planned_on = models.DateField(null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)  # 1–5, the enterprise's own
    withdrawal_asked_at = models.DateTimeField(null=True, blank=True)

    lead = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    co_handlers = ArrayField(models.BigIntegerField(), default=list, blank=True)  # organisations, for display
    arbiter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    contacted_at = models.DateTimeField(null=True, blank=True)
    assigned_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)  # the lead's first written answer
    replied_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    # As the clock stood after the last event: what lists sort by. The page recomputes.
    due_at = models.DateTimeField(null=True, blank=True)
    due_clock = models.CharField(max_length=10, blank=True)  # contact | assignment | reply | solution
    due_is_provisional = models.BooleanField(default=False)
    solution_due_at = models.DateTimeField(null=True, blank=True)
    solved_in_time = models.BooleanField(null=True, blank=True)  # the first result; a reopening leaves it
    redo_count = models.PositiveSmallIntegerField(default=0)
    return_count = models.PositiveSmallIntegerField(default=0)  # objections, by whomever
    reopen_count = models.PositiveSmallIntegerField(default=0)
    search = SearchVectorField(null=True)  # words of number, title and text: register.search

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        """terms.md §1. A draft is seen by its author's side only."""
        not_draft, by_me = ~Q(status="draft"), Q(raised_by_id=scope.user_id)
        public = Q(is_confidential=False) & not_draft
        area = within(scope, "locality_path")
        handled = Exists(Handling.objects.filter(_mine(scope), case_id=OuterRef("id")))
        through_me = Q(officer_id=scope.user_id)
        served = Q(enterprise_id__in=served_by_me(scope))
        return {
            OFFICER: served & (public | through_me),
            AREA: area & (Q(is_confidential=False) | Q(received_path=scope.path_from)) & (not_draft | by_me),
            HANDLER: Q(handled),
            LEADER: area & public,
            ANALYST: area & public,
            ENTERPRISE: Q(enterprise_id=scope.enterprise_id) & (not_draft | Q(channel="enterprise")),
        }

    objects = CaseQuerySet.as_manager()
    writers = {
        OFFICER: "INSERT, UPDATE",
        AREA: "INSERT, UPDATE",
        HANDLER: "UPDATE",
        LEADER: "UPDATE",  # as arbiter
        ENTERPRISE: "INSERT, UPDATE",
    }

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["place", "number"], name="case_number_once"),
            models.CheckConstraint(
                name="case_closed_at_iff_closed",
                condition=Q(status="closed", closed_at__isnull=False) | (~Q(status="closed") & Q(closed_at=None)),
            ),
            models.CheckConstraint(
                name="case_outcome_when_closed",
                condition=(Q(status="closed") & ~Q(outcome="")) | ~Q(status="closed"),
            ),
            models.CheckConstraint(
                name="case_submitted_unless_draft",
                condition=Q(status="draft") | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="case_planned_has_date", condition=~Q(status="planned") | Q(planned_on__isnull=False)
            ),
            models.CheckConstraint(
                name="case_duplicate_names_the_other",
                condition=~Q(outcome="duplicate") | Q(duplicate_of__isnull=False),
            ),
            models.CheckConstraint(
                name="case_satisfaction_1_to_5",
                condition=Q(satisfaction=None) | Q(satisfaction__gte=1, satisfaction__lte=5),
            ),
        ]
        indexes = [
            # Without the place: the walls of an area ask for its path alone.
            models.Index(fields=["locality_path", "status", "due_at"], name="case_area"),
            models.Index(fields=["-created_at", "id"], name="case_newest"),
            models.Index(fields=["enterprise", "-created_at"], name="case_enterprise"),
            models.Index(fields=["status", "due_at"], name="case_due"),
            models.Index(fields=["lead", "status", "due_at"], name="case_lead_due"),
            GinIndex(fields=["search"], name="case_search"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

    @property
    def label(self) -> str:
        return self.title_en if self.title_en and (get_language() or "").startswith("en") else self.title

    @property
    def body(self) -> str:
        return self.text_en if self.text_en and (get_language() or "").startswith("en") else self.text

    @property
    def state_key(self) -> str:
        return f"outcome.{self.outcome}" if self.outcome else f"case.{self.status}"

    @property
    def is_open(self) -> bool:
        return self.status not in (self.Status.CLOSED, self.Status.DRAFT)


def _case_seen(rule: Q) -> Q:
    """The row's case lies within `rule`. Asked of each row: an IN would first list every case of the scope."""
    return Q(Exists(Case.objects.filter(rule, pk=OuterRef("case_id"))))


def _of_visible_case(scope: AnyScope, *, internal: tuple[str, ...]) -> Rule:
    """Rows of a case, for whoever sees the case; internal ones for the roles in `internal` only."""
    rules = {}
    for role, rule in Case.rule(scope).items():
        seen = _case_seen(rule)
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


class PromiseQuerySet(ScopedQuerySet):
    def open(self) -> PromiseQuerySet:
        return self.filter(state=Promise.State.OPEN)


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
            HANDLER: (Q(organisation_id=scope.organisation_id) & open_) | of_case[HANDLER],
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
            models.Index(fields=["organisation", "state", "due_on"], name="promise_organisation"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def label(self) -> str:
        return self.text_en if self.text_en and (get_language() or "").startswith("en") else self.text


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
