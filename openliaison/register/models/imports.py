"""Files taken into the register, row by row, and what was decided about look-alikes."""

from __future__ import annotations

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
