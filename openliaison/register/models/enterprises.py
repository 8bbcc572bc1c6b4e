"""Who an enterprise is, and who has to do with it."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openliaison.accounts.models import Organisation
from openliaison.core.models import PATH, Locality, Place, TwoNames
from openliaison.core.scope import AREA, ENTERPRISE, STAFF, AnyScope, Rule, ScopedQuerySet, within


class LinkQuerySet(ScopedQuerySet):
    def active(self, today: date) -> LinkQuerySet:
        return self.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gte=today))

    def serving(self) -> LinkQuerySet:
        """Officers, deputies and covers: those who go there."""
        return self.filter(kind__in=SERVING)


class Link(models.Model):
    """Who has to do with an enterprise: its officer, deputy, cover, or a handling organisation.

    Other rows' walls ask this table; its own asks nothing, so that walls do not ask each other in a ring.
    """

    class Kind(models.TextChoices):
        OFFICER = "officer", _("liaison officer")
        DEPUTY = "deputy", _("deputy")
        COVER = "cover", _("cover")
        LEADER = "leader", _("leader responsible")
        HANDLER = "handler", _("handling organisation")

    place = models.ForeignKey(Place, models.PROTECT)
    enterprise = models.ForeignKey("Enterprise", models.CASCADE, related_name="links", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="enterprise_links", db_index=False
    )
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    term_until = models.DateField(null=True, blank=True)  # when to renew or hand over; service goes on until `ends_on`
    term_asked = models.DateField(null=True, blank=True)  # the term about whose end the desk was asked
    end_reason = models.CharField(max_length=200, blank=True)

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
            # Who serves an enterprise and whom one serves, answered from the index alone.
            models.Index(
                fields=["enterprise"], include=["place", "user", "kind", "starts_on", "ends_on"], name="link_enterprise"
            ),
            models.Index(
                fields=["user", "enterprise"], include=["place", "kind", "starts_on", "ends_on"], name="link_user"
            ),
            models.Index(fields=["organisation", "enterprise"], name="link_organisation"),
            # Who stands in today: a handful among many links, asked of each officer of a list.
            models.Index(fields=["enterprise"], condition=Q(kind="cover"), name="link_cover"),
            models.Index(
                fields=["place", "term_until"],
                condition=Q(ends_on=None, term_until__isnull=False),
                name="link_term",
            ),
        ]


SERVING = (Link.Kind.OFFICER, Link.Kind.DEPUTY, Link.Kind.COVER)
WITH_TERM = (Link.Kind.OFFICER, Link.Kind.DEPUTY)


def _linked(scope: AnyScope, **who: object) -> models.QuerySet:
    open_ = Q(ends_on=None) | Q(ends_on__gte=scope.today)
    return Link.objects.filter(open_, starts_on__lte=scope.today, **who).values("enterprise_id")


def served_by_me(scope: AnyScope) -> models.QuerySet:
    """Ids of the enterprises where this person is officer, deputy or cover today."""
    return _linked(scope, user_id=scope.user_id, kind__in=SERVING)


def handled_by_us(scope: AnyScope) -> models.QuerySet:
    """Ids of the enterprises of which this person's organisation handles a case, or did until lately."""
    return _linked(scope, organisation_id=scope.organisation_id, kind=Link.Kind.HANDLER)


def in_area(scope: AnyScope, field: str = "enterprise_id") -> Q:
    """Rows of enterprises in the scope's area. Asked of each row: an IN would first list the whole area."""
    return Q(Exists(Enterprise.objects.filter(within(scope, "locality_path"), pk=OuterRef(field))))


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
        CLOSED = "closed", pgettext_lazy("enterprise", "closed")

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
            # Those of an area, counted from the index alone.
            models.Index(
                fields=["place", "locality_path", "name"],
                include=["id", "merged_into", "status"],
                name="enterprise_area",
            ),
            models.Index(fields=["place", "name"], name="enterprise_name"),
            # The list and its count, answered from the index alone.
            models.Index(fields=["place", "name", "id"], condition=Q(merged_into=None), name="enterprise_listed"),
            models.Index(fields=["place", "name_key"], name="enterprise_name_key"),
            models.Index(fields=["place", "industry"], name="enterprise_industry"),
            GinIndex(fields=["search"], name="enterprise_search"),
        ]

    @property
    def state_key(self) -> str:
        return f"enterprise.{self.status}"
