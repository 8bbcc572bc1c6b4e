"""Places and what is known of them; tasks; saved views; the journal, its seals and the read log."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from . import formatting
from .scope import ADMIN, AREA, ENTERPRISE, ROLES, WEB, AnyScope, Rule, ScopedQuerySet, within

PATH = {"max_length": 200, "db_collation": "C"}


class TwoNames(models.Model):
    """A thing with a name in the place's language and, where given, an English one."""

    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    def __str__(self) -> str:
        return self.label


def open_to_all(scope: AnyScope) -> Rule:
    return {role: Q() for role in (*ROLES, WEB)}


def of_own_place(scope: AnyScope) -> Rule:
    """The administrator changes the place they administer, not the other places of the installation."""
    return {ADMIN: Q(place_id=scope.place_id)}


class Place(TwoNames):
    """One county or city that uses this installation."""

    code = models.SlugField(unique=True)
    time_zone = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    languages = models.JSONField(default=list)
    number_scheme = models.CharField(max_length=40)
    industry_scheme = models.CharField(max_length=40)
    hours = models.JSONField(default=list)  # [{"valid_from": …, "week": {…}}], as in place.toml
    words = models.JSONField(default=dict)  # {"zh": {key: text}, "en": {…}}
    root_path = models.CharField(**PATH)
    is_example = models.BooleanField(default=False)

    rule = staticmethod(open_to_all)
    objects = ScopedQuerySet.as_manager()

    @staticmethod
    def update_rule(scope: AnyScope) -> Rule:
        return {ADMIN: Q(pk=scope.place_id)}

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def day(self, at: datetime) -> date:
        """The day of an instant as the place's calendar has it."""
        return at.astimezone(self.zone).date()


class Locality(TwoNames):
    """A node of a place's tree: city, county, township, park."""

    place = models.ForeignKey(Place, models.PROTECT)
    code = models.CharField(max_length=30)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    level = models.CharField(max_length=20)
    path = models.CharField(unique=True, **PATH)  # "tieling/211200/211221/": an area is a range of it
    lon = models.DecimalField(max_digits=7, decimal_places=3, null=True)
    lat = models.DecimalField(max_digits=7, decimal_places=3, null=True)
    grid_row = models.PositiveSmallIntegerField(null=True)
    grid_col = models.PositiveSmallIntegerField(null=True)

    rule = staticmethod(open_to_all)
    insert_rule = update_rule = staticmethod(of_own_place)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["place", "code"], name="locality_code_once")]


class Seeded(models.Model):
    """A row that a place's files seed; one edited on screen wins over a later load."""

    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class CalendarDay(Seeded):
    """A day that differs from the ordinary week."""

    class Kind(models.TextChoices):
        OFF = "off", _lazy("day off")
        WORK = "work", _lazy("working day")
        PROVISIONAL = "provisional", _lazy("not yet settled")

    place = models.ForeignKey(Place, models.CASCADE)
    day = models.DateField()
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=200, blank=True)

    rule = staticmethod(open_to_all)
    insert_rule = update_rule = staticmethod(of_own_place)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["place", "day"], name="calendar_day_once")]


class ClockLimit(Seeded):
    """How long a clock runs, from a date on."""

    place = models.ForeignKey(Place, models.CASCADE)
    key = models.SlugField()
    amount = models.DecimalField(max_digits=7, decimal_places=2)
    unit = models.CharField(max_length=2, choices=[(u, u) for u in ("h", "wh", "wd", "d")])
    valid_from = models.DateField()
    source = models.CharField(max_length=200, blank=True)

    rule = staticmethod(open_to_all)
    insert_rule = update_rule = staticmethod(of_own_place)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["key", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["place", "key", "valid_from"], name="clock_limit_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="clock_limit_positive"),
        ]


class Setting(Seeded):
    """A number, list or switch of a place, from a date on."""

    place = models.ForeignKey(Place, models.CASCADE)
    key = models.SlugField()
    value = models.JSONField()
    valid_from = models.DateField()

    rule = staticmethod(open_to_all)
    insert_rule = update_rule = staticmethod(of_own_place)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["key", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["place", "key", "valid_from"], name="setting_once")]


class Counter(models.Model):
    """A running number, such as the cases of a place in a year."""

    key = models.CharField(max_length=80, primary_key=True)
    value = models.PositiveIntegerField(default=0)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {role: Q() for role in ROLES}

    objects = ScopedQuerySet.as_manager()
    writers = dict.fromkeys(ROLES, "INSERT, UPDATE")

    @classmethod
    def next(cls, key: str) -> int:
        """The next number of `key`, starting at 1; holds the row until the transaction ends."""
        cls.objects.bulk_create([cls(key=key)], ignore_conflicts=True)
        cls.objects.filter(key=key).update(value=F("value") + 1)
        return cls.objects.values_list("value", flat=True).get(key=key)


class Task(models.Model):
    """Something that one person should do or know, with its reason."""

    class Kind(models.TextChoices):
        TASK = "task", _lazy("to do")
        NOTICE = "notice", _lazy("to know")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tasks")
    place = models.ForeignKey(Place, models.CASCADE)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.TASK)
    subject = models.CharField(max_length=80)  # "cases.case:12"
    about = models.CharField(max_length=200)  # msgid; worded when read, in the reader's language
    why = models.CharField(max_length=200, blank=True)  # msgid
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300)
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {role: Q(person_id=scope.user_id) for role in ROLES}

    @staticmethod
    def insert_rule(scope: AnyScope) -> Rule:
        return {role: Q() for role in ROLES}

    objects = ScopedQuerySet.as_manager()
    writers = dict.fromkeys(ROLES, "UPDATE")

    class Meta:
        ordering = ["due_at", "-created_at"]
        indexes = [
            models.Index(fields=["person", "done_at", "due_at"], name="task_person"),
            models.Index(fields=["subject"], name="task_subject"),
        ]

    @property
    def text(self) -> str:
        return _(self.about) % self._words

    @property
    def reason(self) -> str:
        return _(self.why) % self._words if self.why else ""

    @property
    def _words(self) -> dict[str, Any]:
        """The params in the reader's language: one that has two is kept as {"zh": …, "en": …}, a day as ISO text."""
        return {key: formatting.worded(value) for key, value in self.params.items()}


class SavedView(models.Model):
    """A list as one person filtered and sorted it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    page = models.SlugField()
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {role: Q(person_id=scope.user_id) for role in ROLES}

    objects = ScopedQuerySet.as_manager()
    writers = dict.fromkeys(ROLES, "INSERT, UPDATE, DELETE")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "page", "name"], name="saved_view_once")]


class Receipt(models.Model):
    """What was sent under a sender's own key, and what became of it. Written by `receipts.once`."""

    client_key = models.UUIDField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    room = models.CharField(max_length=40)  # "visits.visit"
    row_id = models.BigIntegerField()
    body_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {role: Q(person_id=scope.user_id) for role in ROLES}

    objects = ScopedQuerySet.as_manager()
    writers = dict.fromkeys(ROLES, "INSERT, UPDATE")


class AppendOnly(models.Model):
    """A table that refuses change: its triggers are in the migration."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError(f"{type(self).__name__} is written by its own module only.")


class Journal(AppendOnly):
    """Who did what, when, to what. Written by `journal.record`."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=40)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    locality_path = models.CharField(blank=True, **PATH)
    detail = models.TextField()  # JSON with sorted keys; sealed as written

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {AREA: within(scope, "locality_path")}

    @staticmethod
    def insert_rule(scope: AnyScope) -> Rule:
        return {role: Q() for role in (*ROLES, WEB)}

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject"], name="journal_subject")]


class ReadLog(AppendOnly):
    """Who from outside its team opened an enterprise's file. Written by `reads.write`."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    organisation_id = models.BigIntegerField(null=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    enterprise_id = models.BigIntegerField()
    day = models.DateField()
    at = models.DateTimeField()

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {ENTERPRISE: Q(enterprise_id=scope.enterprise_id), AREA: Q(place_id=scope.place_id)}

    @staticmethod
    def insert_rule(scope: AnyScope) -> Rule:
        return {WEB: Q()}

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise_id", "person", "day"], name="read_once_a_day"),
        ]


class Seal(models.Model):
    """A hash over the rows of one append-only table up to an id, chained to the seal before."""

    id = models.BigAutoField(primary_key=True)
    stream = models.CharField(max_length=10)  # journal | readlog
    last_id = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)
    at = models.DateTimeField()

    @staticmethod
    def rule(scope: AnyScope) -> Rule:
        return {role: Q() for role in ROLES}

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["stream", "last_id"], name="sealed_once")]


class StoredFile(models.Model):
    """What every uploaded file carries; rooms add whose it is and who may see it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        abstract = True
