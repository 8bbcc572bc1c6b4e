"""Files taken into the register, row by row, and what was decided about look-alikes."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from openliaison.core.models import PATH, Place
from openliaison.core.scope import AREA, AnyScope, Rule, ScopedQuerySet, within

from .enterprises import Enterprise


class ImportBatch(models.Model):
    """One file taken into the register, as a whole and undone as a whole."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        RUNNING = "running", _("being taken in")
        DONE = "done", _("taken in")
        FAILED = "failed", _("failed")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    WORKING = (State.CHECKING, State.RUNNING, State.UNDOING)

    # Made with the form: an upload sent twice is one batch.
    client_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(Place, models.PROTECT)
    locality_path = models.CharField(**PATH)  # the area of the person who brought the file
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    sheet = models.CharField(max_length=100, blank=True)
    head_first = models.PositiveIntegerField(default=0)  # rows of the head, counted from 0
    head_last = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=60)  # whose keys the column "key in the source" holds
    as_of = models.DateField()  # the day for which the file speaks
    signature = models.CharField(max_length=64, blank=True)  # of its header, to remember the mapping
    mapping = models.JSONField(default=dict)  # column number → target
    units = models.JSONField(default=dict)  # column number → how many currency units one of its units is
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    undecided = models.PositiveIntegerField(default=0)  # look-alikes waiting for a person
    skipped = models.PositiveIntegerField(default=0)
    outcome = models.JSONField(default=dict)  # {"code": …, …}: why it failed, or what undoing kept
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)  # last sign of life of the work going on
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {AREA: within(scope, "locality_path")}

    objects = ScopedQuerySet.as_manager()
    writers = {AREA: "INSERT, UPDATE"}

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["place", "sha256"], name="import_batch_file")]

    @property
    def state_key(self) -> str:
        return f"import.{self.state}"

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING


class ImportRow(models.Model):
    """What became of one row of a file: enough to undo it, or to say what is wrong with it."""

    class Action(models.TextChoices):
        CREATED = "created", _("created")
        UPDATED = "updated", _("updated")
        UNCHANGED = "unchanged", _("unchanged")
        REFUSED = "refused", _("refused")
        UNDECIDED = "undecided", _("to be decided")
        SKIPPED = "skipped", _("left out")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    row_number = models.PositiveIntegerField()
    action = models.CharField(max_length=9, choices=Action)
    enterprise = models.ForeignKey(Enterprise, models.SET_NULL, null=True, related_name="+")
    # What the row changed: {"identity": {field: [was, became]}, "superseded": [fact ids], "contacts": [ids made],
    # "contact": {"id": …, field: was}}.
    before = models.JSONField(null=True)
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

    @property
    def state_key(self) -> str:
        return f"import_row.{self.action}"


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
