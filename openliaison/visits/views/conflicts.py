"""Facts on which a visit and the register say two things: side by side, and a person chooses."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.scope import AREA, OFFICER
from openliaison.visits import services
from openliaison.visits.models import FactConflict
from openliaison.visits.phone.conflicts import open_conflicts, pairs
from openliaison.visits.phone.late import refused_of

A_PAGE = 20


@roles(OFFICER, AREA)
def conflicts(request: HttpRequest) -> HttpResponse:
    """What is to choose, the oldest first."""
    page = Paginator(open_conflicts(request.scope), A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "visits/conflicts.html",
        {"page": page, "pairs": pairs(page, request.scope), "refused": refused_of(request.scope)},
    )


@roles(OFFICER, AREA)
@require_POST
def settle_conflict(request: HttpRequest, conflict_id: int) -> HttpResponse:
    """Take the visit's word or the register's."""
    found = get_object_or_404(FactConflict.objects.visible_to(request.scope), pk=conflict_id)
    take = request.POST.get("take", "")
    if take not in (FactConflict.State.MINE, FactConflict.State.THEIRS):
        messages.error(request, _("Choose one of the two."))
        return redirect("visits:conflicts")
    try:
        row = services.settle_conflict(conflict=found, take=take, by=request.role, at=now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        if row.state == FactConflict.State.OPEN:
            messages.warning(request, _("The register has learned a third word since. Look again and choose."))
        else:
            messages.success(request, _("Chosen. The other word stays on record."))
    return redirect("visits:conflicts")
