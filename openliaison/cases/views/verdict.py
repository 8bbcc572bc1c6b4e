"""The enterprise's word on a reply: one question per page, big buttons."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openliaison.cases import selectors
from openliaison.cases.models import Case
from openliaison.cases.verbs import DOORS
from openliaison.core.access import roles
from openliaison.core.errors import Refused

from .access import find_case
from .cases import use
from .page import is_due_again

# What each answer still asks; "partly" first asks whether that is enough.
ASKS: dict[str, tuple[str, ...]] = {
    "yes": ("satisfaction",),
    "enough": ("text", "satisfaction"),
    "partly": (),
    "missing": ("text",),
    "no": ("text",),
}


@roles("ol_enterprise")
def verdict(request: HttpRequest, case_id: int, answer: str) -> HttpResponse:
    """Yes, partly or no, with the one thing that each still needs."""
    if answer not in ASKS:
        raise Http404
    found = find_case(request, case_id)
    if found.status != Case.Status.REPLIED or found.reply_kind == Case.ReplyKind.REFERRED:
        return redirect("cases:case", case_id)
    sent = request.POST.copy() if request.method == "POST" else None
    if sent is not None:
        sent["verdict"] = {"missing": "partly"}.get(answer, answer)
    lines = selectors.conversation(found, request.scope)
    is_plan = found.reply_kind == Case.ReplyKind.PLANNED and not is_due_again(lines)
    asks = () if is_plan and answer == "yes" else ASKS[answer]
    form = _narrowed(DOORS["confirm"].form(sent, case=found, role=request.role), answer, asks)
    if answer == "no" and (is_plan or found.reply_kind == Case.ReplyKind.EXPLAINED):
        form.fields["text"].label = _("Reason")  # nothing was done yet that could lack a part
    if sent is not None and form.is_valid():
        try:
            use(DOORS["confirm"], found, request.role, form)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _thanks(answer))
            return redirect("cases:case", case_id)
    shown = {"case": found, "form": form, "answer": answer, "is_plan": is_plan, "reply": _reply(lines)}
    return render(request, "cases/verdict.html", shown, status=422 if form.errors else 200)


def _narrowed(form: Any, answer: str, asks: tuple[str, ...]) -> Any:
    """Only what this answer asks; the verdict itself is known."""
    for name in ("text", "satisfaction"):
        if name not in asks:
            del form.fields[name]
    if answer in ("no", "missing"):
        form.fields["text"].required = True
    if answer == "enough":
        form.fields["text"].label = _("What was not done, if you like")
    form.fields["verdict"].widget = form.fields["verdict"].hidden_widget()
    return form


def _thanks(answer: str) -> str:
    if answer in ("yes", "enough"):
        return _("Thank you. It is noted in your words.")
    return _("Thank you. The office goes on with it; its clock runs again.")


def _reply(lines: list[selectors.Line]) -> Any:
    """The reply that is asked about."""
    said = [line.entry for line in lines if line.entry.kind == "replied"]
    return said[-1] if said else None
