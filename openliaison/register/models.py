"""Enterprises: who they are, what is known of them and from where, who serves them."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Organisation
from openliaison.core.models import PATH, Locality, Place, TwoNames
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
    within,
)


class LinkQuerySet(ScopedQuerySet):
    def active(self, today: date) -> LinkQuerySet:
        return self.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gte=today))


class Link(models.Model):
    """Who has to do with an enterprise: its officer, deputy, cover, or a handling organisation.

    Other rows' walls ask this table; its own asks nothing, so that walls do not ask each other in a ring.
    """

    class Kind(models.TextChoices):
        OFFICER = "officer", _("liaison officer")
        DEPUTY = "deputy", _("deputy")
        COVER = "cover", _("cover")
        HANDLER = "handler", _("handling organisation")

    place = models.ForeignKey(Place, models.PROTECT)
    enterprise = models.ForeignKey("Enterprise", models.CASCADE, related_name="links")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="enterprise_links")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return dict.fromkeys(STAFF, Q(place_id=scope.place_id)) | {ENTERPRISE: Q(enterprise_id=scope.enterprise_id)}

    objects = LinkQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="link_is_to_one",
                condition=Q(user=None, organisation__isnull=False, kind="handler")
                | (Q(user__isnull=False, organisation=None) & ~Q(kind="handler")),
            ),
            models.UniqueConstraint(
                fields=["enterprise", "user", "kind"], condition=Q(ends_on=None), name="link_open_once"
            ),
            models.UniqueConstraint(
                fields=["enterprise", "organisation"], condition=Q(kind="handler"), name="link_handler_once"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "enterprise"], name="link_user"),
            models.Index(fields=["organisation", "enterprise"], name="link_organisation"),
        ]


def _linked(scope: AnyScope, **who: object) -> models.QuerySet:
    open_ = Q(ends_on=None) | Q(ends_on__gte=scope.today)
    return Link.objects.filter(open_, starts_on__lte=scope.today, **who).values("enterprise_id")


def served_by_me(scope: AnyScope) -> models.QuerySet:
    """Ids of the enterprises where this person is officer, deputy or cover today."""
    return _linked(scope, user_id=scope.user_id)


def handled_by_us(scope: AnyScope) -> models.QuerySet:
    """Ids of the enterprises of which this person's organisation handles a case, or did until lately."""
    return _linked(scope, organisation_id=scope.organisation_id, kind=Link.Kind.HANDLER)


def in_area(scope: AnyScope) -> models.QuerySet:
    """Ids of the enterprises in the scope's area."""
    return Enterprise.objects.filter(within(scope, "locality_path")).values("id")


class EnterpriseQuerySet(ScopedQuerySet):
    def standing(self) -> EnterpriseQuerySet:
        """Neither merged into another nor struck off."""
        return self.filter(merged_into=None).exclude(status=Enterprise.Status.CLOSED)


class Enterprise(TwoNames):
    """Identity only, readable by all staff; everything else is rows with walls of their own."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("in operation")
        STOPPED = "stopped", _("production stopped")
        MOVED = "moved", _("moved away")
        CLOSED = "closed", _("closed")

    place = models.ForeignKey(Place, models.PROTECT)
    number = models.CharField(_("official number"), max_length=40, blank=True)
    source = models.CharField(max_length=60, blank=True)
    source_key = models.CharField(max_length=120, blank=True)
    name_key = models.CharField(max_length=200, blank=True)  # normalised, for look-alikes
    street = models.CharField(_("street"), max_length=200, blank=True)
    locality = models.ForeignKey(Locality, models.PROTECT)
    locality_path = models.CharField(**PATH)
    industry = models.CharField(_("industry"), max_length=10, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    batch = models.ForeignKey("ImportBatch", models.SET_NULL, null=True, blank=True, related_name="+")
    is_example = models.BooleanField(default=False)
    search = SearchVectorField(null=True)
    created_at = models.DateTimeField()

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return dict.fromkeys(STAFF, Q(place_id=scope.place_id)) | {ENTERPRISE: Q(id=scope.enterprise_id)}

    objects = EnterpriseQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE, DELETE"}

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "number"],
                condition=~Q(number="") & Q(merged_into=None),
                name="enterprise_number_once",
            ),
            models.UniqueConstraint(
                fields=["place", "source", "source_key"],
                condition=~Q(source_key="") & Q(merged_into=None),
                name="enterprise_source_key_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="enterprise_has_name"),
        ]
        indexes = [
            models.Index(fields=["place", "locality_path", "name"], name="enterprise_area"),
            models.Index(fields=["place", "name"], name="enterprise_name"),
            models.Index(fields=["place", "name_key"], name="enterprise_name_key"),
            models.Index(fields=["place", "industry"], name="enterprise_industry"),
            GinIndex(fields=["search"], name="enterprise_search"),
        ]

    @property
    def state_key(self) -> str:
        return f"enterprise.{self.status}"


def _held_rule(scope: AnyScope) -> Rule:
    """Rows held about an enterprise that its team, its area and itself see."""
    area = Q(enterprise_id__in=in_area(scope))
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
            ANALYST: Q(enterprise_id__in=in_area(scope)),
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
        area = Q(child_id__in=in_area(scope)) | Q(parent_id__in=in_area(scope))
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
    batch = models.ForeignKey("ImportBatch", models.SET_NULL, null=True, related_name="+")

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        open_to_offices = Q(sensitivity__in=["public", "official"])
        area = Q(enterprise_id__in=in_area(scope))
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


class ImportBatch(models.Model):
    """One file taken into the register, as a whole and undone as a whole."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKED = "checked", _("checked")
        RUNNING = "running", _("running")
        DONE = "done", _("taken in")
        FAILED = "failed", _("failed")
        UNDONE = "undone", _("undone")

    place = models.ForeignKey(Place, models.PROTECT)
    locality_path = models.CharField(**PATH)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    sheet = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=60)  # what the file is called as a source of facts
    signature = models.CharField(max_length=64, blank=True)  # of its header, to remember the mapping
    mapping = models.JSONField(default=dict)
    units = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    undecided = models.PositiveIntegerField(default=0)  # look-alikes waiting for a person
    message = models.TextField(blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {AREA: within(scope, "locality_path")}

    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE"}

    class Meta:
        ordering = ["-created_at"]


class ImportRow(models.Model):
    """What became of one row of a file: enough to undo it, or to say what is wrong with it."""

    class Action(models.TextChoices):
        CREATED = "created", _("created")
        UPDATED = "updated", _("updated")
        UNCHANGED = "unchanged", _("unchanged")
        REFUSED = "refused", _("refused")
        UNDECIDED = "undecided", _("to be decided")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    row_number = models.PositiveIntegerField()
    action = models.CharField(max_length=9, choices=Action)
    enterprise = models.ForeignKey(Enterprise, models.SET_NULL, null=True, related_name="+")
    before = models.JSONField(null=True)  # identity as it was, where the row changed it
    cells = models.JSONField(null=True)  # the row as it stood, where it was refused or waits
    problems = models.JSONField(default=list)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        batches = ImportBatch.objects.filter(within(scope, "locality_path")).values("id")
        return {AREA: Q(batch_id__in=batches)}

    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE, DELETE"}

    class Meta:
        ordering = ["row_number"]
        constraints = [models.UniqueConstraint(fields=["batch", "row_number"], name="import_row_once")]


class ImportMapping(models.Model):
    """How the columns of a kind of file were mapped, remembered by its header."""

    place = models.ForeignKey(Place, models.CASCADE)
    signature = models.CharField(max_length=64)
    mapping = models.JSONField()
    units = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {AREA: Q(place_id=scope.place_id)}

    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "signature"], name="import_mapping_once")]


class LookAlike(models.Model):
    """A decision whether a name and street from a file is an enterprise on file. Asked once."""

    place = models.ForeignKey(Place, models.CASCADE)
    key = models.CharField(max_length=420)  # name key, street key of the row
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    is_same = models.BooleanField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField()

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {AREA: Q(place_id=scope.place_id)}

    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE, DELETE"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "key", "enterprise"], name="look_alike_once")]


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
