"""Pages of a proposal: ask for one, watch it being computed, read it beside today, decide."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import ListPage

from ..models import Proposal, Suggestion
from . import columns, computing, deciding, selectors, wording
from .forms import ProposalFilters, ProposeForm, SuggestionFilters
from .views import picked

MOST_AT_ONCE = 20_000


@roles("ol_area")
def propose(request: HttpRequest) -> HttpResponse:
    """Choose area, loads and what counts; the worker computes."""
    form = ProposeForm(request.POST or None, place=request.place, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = computing.start_proposal(
                locality=data["area"],
                usual=data["usual"],
                most=data["most"],
                emphasis=form.emphasis,
                client_key=data["client_key"],
                by=request.role,
                at=now(),
            )
        except Refused as error:
            form.add_error(None, str(error))
        else:
            return redirect("visits:proposal", made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "visits/stationing/propose.html", {"form": form}, status=status)


@roles("ol_area")
def proposals(request: HttpRequest) -> HttpResponse:
    """Every proposal of the area, the latest first."""
    filters = ProposalFilters(request.GET)
    is_valid = filters.is_valid()
    rows = selectors.proposals(request.scope)
    rows = rows.filter(state=filters.wanted["state"]) if filters.wanted.get("state") else rows
    page = ListPage(
        request,
        rows if is_valid else rows.none(),
        columns.of_proposals(),
        default_sort="-made_at",
        filters=filters,
        name="proposals",
    )
    if kind := request.GET.get("export"):
        return page.export(kind, "proposals", now())
    context = {"list": page, "page": page.page, "filters": filters}
    return render(request, "visits/stationing/proposals.html", context, status=200 if is_valid else 422)


@roles("ol_area")
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """A proposal: at work, failed, or with its measures beside today's and every suggestion with its reasons."""
    found = _found(request, proposal_id)
    if found.state in (Proposal.State.WORKING, Proposal.State.FAILED):
        return render(request, "visits/stationing/proposal_at_work.html", _at_work(found))
    filters = SuggestionFilters(request.GET, scope=request.scope, proposal=found)
    is_valid = filters.is_valid()
    rows = selectors.suggestions(request.scope, found, filters.wanted)
    page = _list(request, found, rows if is_valid else rows.none(), filters)
    if kind := request.GET.get("export"):
        page.columns = columns.of_suggestions(selectors.people_named(rows), request.place.industry_scheme)
        return page.export(kind, f"stationing-{found.pk}", now())
    names = selectors.people_named(page.page)
    for row in page.page:
        row.why = wording.told(row.reasons, names, request.place.industry_scheme)
    context = _compared(request, found) | {"list": page, "page": page.page, "filters": filters}
    return render(request, "visits/stationing/proposal.html", context, status=200 if is_valid else 422)


def _found(request: HttpRequest, proposal_id: int) -> Proposal:
    return get_object_or_404(selectors.proposals(request.scope), pk=proposal_id)  # type: ignore[attr-defined]


def _list(request: HttpRequest, found: Proposal, rows: Any, filters: SuggestionFilters) -> ListPage:
    return ListPage(
        request,
        rows,
        columns.of_suggestions({}, request.place.industry_scheme),  # type: ignore[attr-defined]
        default_sort="rank",
        filters=filters,
        name="suggestions",
    )


def _at_work(found: Proposal) -> dict[str, Any]:
    done, _slash, total = found.step.partition("/")
    return {
        "proposal": found,
        "done": int(done or 0),
        "total": int(total or 1),
        "is_stuck": computing.is_stuck(found, now()),
        "fault": wording.error(found.error) if found.state == Proposal.State.FAILED else "",
    }


def _compared(request: HttpRequest, found: Proposal) -> dict[str, Any]:
    """Measures of today beside those proposed, and what there is to decide."""
    today, proposed = found.measures["today"], found.measures["proposed"]
    top = max(int(load) for load in [*today["by_load"], *proposed["by_load"], found.wanted["usual"]])
    spread = [
        (load, today["by_load"].get(str(load), 0), proposed["by_load"].get(str(load), 0)) for load in range(top + 1)
    ]
    return {
        "proposal": found,
        "counts": selectors.change_counts(request.scope, found),  # type: ignore[attr-defined]
        "today": today,
        "proposed": proposed,
        "spread": spread,
        "most_officers": max([n for _load, a, b in spread for n in (a, b)], default=1),
        "kept_percent": round(100 * proposed["kept_share"]) if proposed["kept_share"] is not None else None,
        "is_accepting": found.step == "accepting",
        "decided": found.measures.get("decided"),
    }


@roles("ol_area")
def proposal_progress(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """The progress alone, asked for every two seconds; at the end the page is loaded anew."""
    found = _found(request, proposal_id)
    if found.step == "accepting" and found.state == Proposal.State.READY:
        return render(request, "visits/stationing/accepting.html", {"proposal": found})
    if found.state != Proposal.State.WORKING or computing.is_stuck(found, now()):
        return HttpResponseClientRefresh()
    return render(request, "visits/stationing/progress.html", _at_work(found))


@roles("ol_area")
@require_POST
def resume(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Compute on where it broke off."""
    found = _found(request, proposal_id)
    try:
        computing.resume_proposal(proposal=found, by=request.role, at=now())
    except Refused as error:
        messages.error(request, str(error))
    return redirect("visits:proposal", found.pk)


@roles("ol_area")
@require_POST
def decide(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Accept or decline the ticked suggestions, or all that the filter finds."""
    found = _found(request, proposal_id)
    ids = _chosen(request, found)
    try:
        if request.POST.get("what") == "decline":
            n = deciding.decline_suggestions(proposal=found, ids=ids, by=request.role, at=now())
            messages.success(request, ngettext("%(n)s stays as it is.", "%(n)s stay as they are.", n) % {"n": n})
        elif len(ids) > deciding.AT_ONCE:
            deciding.accept_later(proposal=found, ids=ids, by=request.role, at=now())
        else:
            _say(request, deciding.accept_suggestions(proposal=found, ids=ids, by=request.role, at=now()))
    except Refused as error:
        messages.error(request, str(error))
    return redirect("visits:proposal", found.pk)


def _chosen(request: HttpRequest, found: Proposal) -> list[int]:
    """The ticked rows; with `all` those that would change something among what the filter finds."""
    scope = request.scope  # type: ignore[attr-defined]
    if "all" not in request.POST:
        return list(selectors.suggestions(scope, found, {"pick": picked(request) or [0]}).values_list("pk", flat=True))
    filters = SuggestionFilters(request.POST, scope=scope, proposal=found)
    rows: Any = selectors.suggestions(scope, found, {**filters.wanted, "pick": None})
    return list(rows.to_decide().order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def _say(request: HttpRequest, result: deciding.Decided) -> None:
    n = len(result.accepted)
    if n:
        text = ngettext("%(n)s accepted; the officer has been told.", "%(n)s accepted; the officers have been told.", n)
        messages.success(request, text % {"n": n})
    if result.outdated:
        names = _(", ").join(s.enterprise.label for s in result.outdated[:3])
        messages.warning(
            request, _("No longer as it was when this was computed, and left alone: %(names)s") % {"names": names}
        )


@roles("ol_area")
@require_POST
def undo(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Put back what was before an accepted suggestion."""
    rows = Suggestion.objects.visible_to(request.scope).select_related("enterprise")
    found = get_object_or_404(rows, pk=suggestion_id)
    try:
        deciding.undo_acceptance(suggestion=found, by=request.role, at=now())
        messages.success(request, _("%(name)s is as it was before.") % {"name": found.enterprise.label})
    except Refused as error:
        messages.error(request, str(error))
    return redirect("visits:proposal", found.proposal_id)
