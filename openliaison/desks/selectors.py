"""What each home asks of the rooms below: named reads that answer "what now, and why"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openliaison.cases.models import Case, Promise
from openliaison.core.models import Task
from openliaison.core.places import setting
from openliaison.core.scope import Scope
from openliaison.register.models import Enterprise, served_by_me
from openliaison.visits.models import Visit


@dataclass(frozen=True)
class VisitDue:
    """An enterprise to see, with the reason."""

    enterprise: Enterprise
    why: str
    last_at: datetime | None
    open_cases: int
    weight: int


def my_day(scope: Scope, place: Any, at: datetime) -> dict[str, Any]:
    """An officer's Today."""
    promises = Promise.objects.visible_to(scope).open().filter(made_by_id=scope.user_id)
    return {
        "visits": visits_due(scope, place, at),
        "promises": list(promises.filter(due_on__lte=scope.today + timedelta(days=3)).select_related("enterprise")),  # type: ignore[operator]
        "tasks": open_tasks(scope)[:10],
        "mine": Enterprise.objects.visible_to(scope).filter(pk__in=served_by_me(scope)).count(),
    }


def visits_due(scope: Scope, place: Any, at: datetime) -> list[VisitDue]:
    """My enterprises by how much they need to be seen; those without a reason are left out."""
    every = int(setting(place, "contact_every_days", at.date()))
    rows = Enterprise.objects.visible_to(scope).filter(pk__in=served_by_me(scope), merged_into=None)
    rows = rows.select_related("locality").annotate(last_at=Max("visits__at"))
    open_cases = _count_by_enterprise(Case.objects.visible_to(scope).open())
    due = _count_by_enterprise(Case.objects.visible_to(scope).running().filter(due_at__lte=at + timedelta(days=1)))
    waiting = _count_by_enterprise(Case.objects.visible_to(scope).filter(status__in=["replied", "waiting_enterprise"]))
    found = []
    for row in rows:
        reasons, weight = _reasons(row, at, every, due.get(row.pk, 0), waiting.get(row.pk, 0))
        if reasons:
            found.append(VisitDue(row, " ".join(reasons), row.last_at, open_cases.get(row.pk, 0), weight))
    return sorted(found, key=lambda v: (-v.weight, v.enterprise.name))


def _reasons(row: Any, at: datetime, every: int, due: int, waiting: int) -> tuple[list[str], int]:
    reasons, weight = [], 0
    days = (at - row.last_at).days if row.last_at else None
    if days is None:
        reasons.append(_("Never contacted since it is on file."))
        weight += 4
    elif days >= every:
        reasons.append(ngettext("No contact for %(n)s day.", "No contact for %(n)s days.", days) % {"n": days})
        weight += 3
    if due:
        reasons.append(ngettext("%(n)s case falls due.", "%(n)s cases fall due.", due) % {"n": due})
        weight += 3
    if waiting:
        text = ngettext("%(n)s case waits for its word.", "%(n)s cases wait for its word.", waiting)
        reasons.append(text % {"n": waiting})
        weight += 2
    return reasons, weight


def _count_by_enterprise(rows: QuerySet) -> dict[int, int]:
    return dict(rows.order_by().values_list("enterprise_id").annotate(Count("pk")))


def open_tasks(scope: Scope) -> QuerySet:
    return Task.objects.visible_to(scope).filter(done_at=None).order_by("due_at", "-created_at")


def desk_counts(scope: Scope, place: Any, at: datetime) -> list[dict[str, Any]]:
    """The coordinator's tiles: what waits, each opening its rows."""
    cases = Case.objects.visible_to(scope)
    since = at - timedelta(days=int(setting(place, "contact_every_days", at.date())))
    return [
        _tile(_("new, not assigned"), cases.filter(status="submitted").count(), "?status=submitted", "inbox"),
        _tile(_("objections to rule on"), cases.filter(objections__isnull=False, objections__ruled_at=None).count(),
              "?due=objected", "scale", urgent=True),
        _tile(_("more time asked"), cases.filter(extensions__isnull=False, extensions__ruled_at=None).count(),
              "?due=extension", "alarm"),
        _tile(_("to refer up?"), cases.filter(status="replied", reply_kind="referred").count(), "?due=referral", "flag"),
        _tile(_("withdrawals to call about"), cases.open().exclude(withdrawal_asked_at=None).count(),
              "?due=withdrawal", "phone"),
        _tile(_("overdue"), cases.overdue(at).count(), "?due=overdue", "alert-octagon", urgent=True),
        _tile(_("not contacted lately"), not_contacted(scope, since).count(), "", "clock", url="not-contacted/"),
    ]  # fmt: skip


def _tile(label: str, count: int, query: str, icon: str, *, url: str = "", urgent: bool = False) -> dict[str, Any]:
    return {"label": label, "count": count, "url": url or f"/cases/{query}", "icon": icon, "urgent": urgent and count}


def not_contacted(scope: Scope, since: datetime) -> QuerySet:
    """Enterprises of the area that nobody has visited or called since."""
    seen = Visit.objects.filter(at__gte=since).values("enterprise_id")
    rows = Enterprise.objects.visible_to(scope).standing()
    rows = rows.filter(locality_path__gte=scope.path_from, locality_path__lt=scope.path_to)
    return rows.exclude(pk__in=seen)


def figures(scope: Scope, at: datetime) -> list[dict[str, Any]]:
    """The leader's few numbers, each with its definition and the rows behind it."""
    cases = Case.objects.visible_to(scope)
    closed = cases.filter(status="closed", closed_at__gte=at - timedelta(days=365))
    counted = closed.exclude(outcome__in=["declined", "duplicate"])
    n = counted.aggregate(
        all=Count("pk"),
        solved=Count("pk", filter=Q(outcome="solved")),
        silent=Count("pk", filter=Q(outcome="silent")),
        timed=Count("pk", filter=Q(solved_in_time__isnull=False)),
        in_time=Count("pk", filter=Q(solved_in_time=True)),
        reached=Count("pk", filter=Q(satisfaction__isnull=False)),
        content=Count("pk", filter=Q(satisfaction__gte=4)),
    )
    return [
        _figure(_("Open cases"), cases.open().count(), "", _("Submitted and not closed, drafts left out."), "?status=open"),
        _figure(_("Overdue"), cases.overdue(at).count(), "",
                _("Open, the county is to act, and now is past the due instant."), "?due=overdue"),
        _share(_("Solved"), n["solved"], n["all"],
               _("Closed as solved ÷ closed within a year, without declined and duplicates; silent ones count."),
               "?status=closed&outcome=solved"),
        _share(_("In time"), n["in_time"], n["timed"],
               _("First result before the solution was due ÷ all closed with a result."), "?status=closed"),
        _share(_("Content"), n["content"], n["reached"],
               _("4 or 5 of 5 ÷ enterprises that said how content they are."), "?status=closed"),
        _figure(_("No answer"), n["silent"], "", _("Closed after ten working days without the enterprise's word."),
                "?outcome=silent"),
    ]  # fmt: skip


def _figure(label: str, value: int, unit: str, definition: str, query: str) -> dict[str, Any]:
    return {"label": label, "value": value, "unit": unit, "definition": definition, "url": f"/cases/{query}"}


def _share(label: str, part: int, whole: int, definition: str, query: str) -> dict[str, Any]:
    value = f"{100 * part / whole:.0f}" if whole else "–"
    unit = _("%% of %(n)s") % {"n": whole} if whole else ""
    return {"label": label, "value": value, "unit": unit, "definition": definition, "url": f"/cases/{query}"}


def stuck(scope: Scope, at: datetime) -> list[dict[str, Any]]:
    """Where overdue cases lie, by organisation."""
    rows = Case.objects.visible_to(scope).overdue(at).order_by().values("lead__code", "lead__name", "lead__name_en")
    return list(rows.annotate(n=Count("pk"), oldest=Max("due_at")).order_by("-n")[:8])


def handler_counts(scope: Scope, at: datetime) -> dict[str, Any]:
    """A department's cases by due time."""
    rows = Case.objects.visible_to(scope).select_related("enterprise__locality", "lead", "category")
    running = rows.running().order_by("due_at")
    return {
        "overdue": rows.overdue(at).order_by("due_at")[:50],
        "running": running.exclude(due_at__lte=at)[:50],
        "waiting": rows.filter(status__in=["waiting_enterprise", "replied", "planned"]).order_by("-created_at")[:20],
        "tasks": open_tasks(scope)[:10],
    }


def our_page(scope: Scope, at: datetime) -> dict[str, Any]:
    """The enterprise's home."""
    cases = Case.objects.visible_to(scope).select_related("lead", "category")
    today: date = scope.today or at.date()
    return {
        "to_answer": cases.filter(status__in=["replied", "waiting_enterprise"]).exclude(reply_kind="referred"),
        "cases": cases.exclude(status__in=["closed", "replied", "waiting_enterprise"])[:10],
        "closed": cases.filter(status="closed", closed_at__gte=at - timedelta(days=365)).count(),
        "solved": cases.filter(outcome="solved", closed_at__gte=at - timedelta(days=365)).count(),
        "promises": Promise.objects.visible_to(scope)
        .filter(Q(state="open") | Q(settled_at__gte=at - timedelta(days=60)))
        .select_related("organisation", "enterprise")
        .order_by("state", "due_on")[:8],
        "today": today,
    }
