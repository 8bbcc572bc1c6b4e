"""A case, what it is about, and which organisations hold a piece of it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Organisation
from openliaison.core.models import PATH, Place, Seeded, TwoNames
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
    Scope,
    ScopedQuerySet,
    expected,
    within,
)
from openliaison.register.models import Enterprise, served_by_me

AUTHORS = (OFFICER, AREA, ENTERPRISE)  # who raises cases


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
    case = models.ForeignKey("Case", models.CASCADE, related_name="handlings", db_index=False)
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
        of_case = {role: case_seen(cases[role]) for role in (ENTERPRISE, OFFICER)}
        return {
            AREA: area,
            HANDLER: expected(scope, _mine(scope) | Q(arbiter_id=scope.user_id)),
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
            models.Index(
                fields=["organisation", "case"],
                condition=Q(ends_at=None),
                include=["user", "arbiter", "ends_at"],
                name="handling_organisation",
            ),
            models.Index(fields=["user", "case"], name="handling_user"),
            # An office's wall asks of each case whose it is: answered from the index alone.
            models.Index(fields=["case"], include=["organisation", "user", "arbiter", "ends_at"], name="handling_case"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.part} of {self.case_id}"


def _pieces(scope: AnyScope) -> tuple[Q, Q]:
    """Those of this person's office, and those given to the person alone."""
    return Q(organisation_id=scope.organisation_id, user=None, ends_at=None), Q(user_id=scope.user_id, ends_at=None)


def _mine(scope: AnyScope) -> Q:
    ours, mine = _pieces(scope)
    return ours | mine


def running() -> Q:
    """The county's clock runs; with a question to the enterprise, once its pauses are used up."""
    with_the_desk = Q(status="replied", reply_kind="referred")
    return Q(status__in=Case.RUNNING) | with_the_desk | Q(status="waiting_enterprise", due_at__isnull=False)


class CaseQuerySet(ScopedQuerySet):
    def open(self) -> CaseQuerySet:
        return self.filter(status__in=Case.OPEN)  # named, not shut out: an index serves

    def running(self) -> CaseQuerySet:
        """Somebody on the county's side is to act now."""
        return self.filter(running())

    def overdue(self, at: datetime) -> CaseQuerySet:
        return self.running().filter(due_at__lte=at)

    def due_between(self, start: datetime, end: datetime) -> CaseQuerySet:
        return self.running().filter(due_at__gt=start, due_at__lt=end)

    def objected(self) -> CaseQuerySet:
        """An objection waits for its ruling."""
        return self.open().filter(objections__isnull=False, objections__ruled_at=None)

    def extension_asked(self) -> CaseQuerySet:
        return self.open().filter(extensions__isnull=False, extensions__ruled_at=None)

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
    OPEN = (*RUNNING, Status.WAITING, Status.REPLIED, Status.PLANNED)

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
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="cases", db_index=False)
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
        through_me = Q(officer_id=scope.user_id)
        served = Q(enterprise_id__in=served_by_me(scope))
        return {
            OFFICER: served & (public | through_me),
            AREA: area & (Q(is_confidential=False) | Q(received_path=scope.path_from)) & (not_draft | by_me),
            HANDLER: _held(scope) if isinstance(scope, Scope) else expected(scope, Q(id__in=_held_ids(scope))),
            LEADER: area & public,
            ANALYST: area & public,
            ENTERPRISE: Q(enterprise_id=scope.enterprise_id) & (not_draft | Q(channel="enterprise")),
        }

    @staticmethod
    def delete_rule(scope: AnyScope) -> Rule:
        """What was handed in stays. A draft goes when its author throws it away."""
        return dict.fromkeys(AUTHORS, Q(status="draft", raised_by_id=scope.user_id))

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
            # With all that those walls ask, so that a list is counted from the index alone.
            models.Index(
                fields=["locality_path", "status", "due_at"],
                include=["is_confidential", "received_path", "raised_by", "outcome", "category"],
                name="case_area",
            ),
            models.Index(  # who led cases of a category, summed from the index alone
                fields=["locality_path", "assigned_at"],
                include=["category", "lead", "is_confidential", "received_path", "status", "raised_by"],
                condition=Q(lead__isnull=False),
                name="case_assigned",
            ),
            models.Index(fields=["-created_at", "id"], name="case_newest"),
            models.Index(fields=["enterprise", "-created_at"], name="case_enterprise"),
            # A list by enterprise passes over those whose cases lie in other areas without looking at the cases.
            models.Index(fields=["enterprise", "locality_path"], name="case_enterprise_area"),
            models.Index(fields=["status", "due_at"], name="case_due"),
            models.Index(  # results of a span of time, summed from the index alone
                fields=["closed_at"],
                include=["locality_path", "is_confidential", "status", "outcome", "solved_in_time", "satisfaction"],
                condition=Q(closed_at__isnull=False),
                name="case_closed",
            ),
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


def handled(scope: AnyScope, field: str) -> Q:
    """The case that `field` names is in the hands of this person's office, or their own where it is confidential."""
    ours, mine = (Handling.objects.filter(q, case_id=OuterRef(field)) for q in _pieces(scope))
    return Q(Exists(ours)) | Q(Exists(mine))  # two questions: each has an index that answers alone


def _held(scope: AnyScope) -> Q:
    """The same of a case itself, as one question: the planner then begins with the pieces and joins the cases."""
    return Q(Exists(Handling.objects.filter(_mine(scope), case_id=OuterRef("id"))))


def _held_ids(scope: AnyScope) -> models.QuerySet:
    """The same in the policy of cases, listed: asked row by row, it would look up again whose each case is
    that the filter found."""
    ours, mine = (Handling.objects.filter(q).values("case_id") for q in _pieces(scope))
    return ours.union(mine, all=True)


def case_seen(rule: Q) -> Q:
    """The row's case lies within `rule`. Asked of each row: an IN would first list every case of the scope."""
    return Q(Exists(Case.objects.filter(rule, pk=OuterRef("case_id"))))
