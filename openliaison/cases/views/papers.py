"""A case on paper: the whole file, and the formal reply in the place's own manner."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openliaison.cases import selectors
from openliaison.core.access import roles

from .access import EVERYBODY, find_case
from .page import context


@roles(*EVERYBODY)
def case_paper(request: HttpRequest, case_id: int) -> HttpResponse:
    """The case file to print; internal notes only where asked for, by who may read them."""
    found = find_case(request, case_id)
    shown = context(request, found)
    if "internal" not in request.GET:
        shown["lines"] = [line for line in shown["lines"] if not line.entry.is_internal]
    return render(request, "cases/paper.html", shown)


@roles(*EVERYBODY)
def reply_letter(request: HttpRequest, case_id: int) -> HttpResponse:
    """The formal reply to the enterprise: the lead's last reply within the place's frame."""
    found = find_case(request, case_id)
    letter = selectors.reply_letter(found, request.scope)
    if letter is None:
        messages.error(request, _("There is no reply yet; the letter is made from it."))
        return redirect("cases:case", case_id)
    return render(request, "cases/letter.html", {"case": found, "letter": letter})
