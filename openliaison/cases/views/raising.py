"""Raising a case: the enterprise for itself, officer and desk for one that told them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from openliaison.cases import services
from openliaison.cases.forms import DraftForm, RaiseForm
from openliaison.cases.models import Case
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.register import search
from openliaison.register.models import Contact, Enterprise, served_by_me

from .access import find_case

MOST_FOUND = 12


@roles("ol_officer", "ol_area", "ol_enterprise")
def raise_case(request: HttpRequest) -> HttpResponse:
    """First whose problem it is (staff search for it), then the problem."""
    enterprise = _enterprise(request)
    if enterprise is None:
        return _choose(request)
    asked = _main_contact(request, enterprise)
    form = RaiseForm(request.POST or None, request.FILES or None, role=request.role, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            opened = _open(request, form, enterprise)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _said(opened))
            return redirect("cases:case", opened.pk)
    shown = {"form": form, "enterprise": enterprise, "draft": None}
    return render(request, "cases/raise.html", shown, status=422 if form.errors else 200)


@roles("ol_officer", "ol_area", "ol_enterprise")
def edit_draft(request: HttpRequest, case_id: int) -> HttpResponse:
    """Go on with a draft: keep it, or send it."""
    found = find_case(request, case_id)
    if found.status != Case.Status.DRAFT:
        return redirect("cases:case", case_id)
    form = DraftForm(request.POST or None, request.FILES or None, role=request.role, initial=model_to_dict(found))
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form, found)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _said(saved))
            return redirect("cases:case", case_id)
    shown = {"form": form, "enterprise": found.enterprise, "draft": found}
    return render(request, "cases/raise.html", shown, status=422 if form.errors else 200)


@roles("ol_officer", "ol_area", "ol_enterprise")
def discard_draft(request: HttpRequest, case_id: int) -> HttpResponse:
    """Ask once, then throw the draft away."""
    found = find_case(request, case_id)
    if found.status != Case.Status.DRAFT:
        return redirect("cases:case", case_id)
    refused = ""
    if request.method == "POST":
        try:
            services.discard_draft(case=found, by=request.role, at=now())
        except Refused as error:
            refused = str(error)
        else:
            messages.success(request, _("The draft is thrown away."))
            return redirect("cases:case_list")
    shown = {
        "question": _("Throw “%(title)s” away?") % {"title": found.label},
        "consequence": refused or _("What you wrote and its files are gone; this cannot be taken back."),
        "yes": _("Throw it away"),
        "is_grave": True,
        "back": reverse("cases:case", args=[case_id]),
    }
    return render(request, "core/confirm.html", shown, status=422 if refused else 200)


@transaction.atomic
def _save(request: HttpRequest, form: DraftForm, found: Case) -> Case:
    words = dict(form.cleaned_data)
    uploads, key = words.pop("files"), words.pop("client_key")
    doing = {"by": request.role, "at": now()}  # type: ignore[attr-defined]
    saved = services.save_draft(case=found, **doing, **words)
    for upload in uploads:
        services.attach_file(case=saved, upload=upload, **doing)
    return saved if "draft" in request.POST else services.submit_case(case=saved, client_key=key, **doing)


@transaction.atomic
def _open(request: HttpRequest, form: RaiseForm, enterprise: Enterprise) -> Case:
    words = dict(form.cleaned_data)
    uploads = words.pop("files")
    at, by, is_own = now(), request.role, request.scope.is_enterprise  # type: ignore[attr-defined]
    opened = services.open_case(
        enterprise=enterprise,
        channel=Case.Channel.ENTERPRISE if is_own else Case.Channel.PHONE,
        by=by,
        at=at,
        as_draft="draft" in request.POST,
        **words,
    )
    for upload in uploads:
        services.attach_file(case=opened, upload=upload, by=by, at=at)
    return opened


def _said(opened: Case) -> str:
    if opened.status == Case.Status.DRAFT:
        return _("Kept as a draft. Only your side sees it, until you send it.")
    return _("Case %(number)s is with the desk.") % {"number": opened.number}


def _enterprise(request: HttpRequest) -> Enterprise | None:
    rows = _may_speak_for(request)
    scope = request.scope  # type: ignore[attr-defined]
    if scope.is_enterprise:
        return rows.filter(pk=scope.enterprise_id).first()
    wanted = request.GET.get("enterprise") or request.POST.get("enterprise") or ""
    return rows.filter(pk=int(wanted)).first() if wanted.isdigit() and len(wanted) < 19 else None


def _main_contact(request: HttpRequest, enterprise: Enterprise) -> dict[str, str]:
    """Whom one asks there is on file and need not be typed."""
    known = Contact.objects.visible_to(request.scope).current().filter(enterprise=enterprise, is_main=True)  # type: ignore[attr-defined]
    found = known.first()
    return {"contact_name": found.name, "contact_phone": found.phone} if found else {}


def _choose(request: HttpRequest) -> HttpResponse:
    """Whose problem is it: found by name, number or pinyin; an officer's own without searching."""
    rows, text = _may_speak_for(request), request.GET.get("q", "").strip()
    is_officer = request.scope.role == "ol_officer"  # type: ignore[attr-defined]
    if text:
        rows = search.matching(rows, text)
    elif not is_officer:
        rows = rows.none()
    found = list(rows.select_related("locality").order_by("name")[: MOST_FOUND + 1])
    shown = {"found": found[:MOST_FOUND], "has_more": len(found) > MOST_FOUND, "q": text, "is_officer": is_officer}
    return render(request, "cases/choose.html", shown)


def _may_speak_for(request: HttpRequest) -> QuerySet[Any]:
    scope = request.scope  # type: ignore[attr-defined]
    rows: Any = Enterprise.objects.visible_to(scope).filter(merged_into=None)
    if scope.role == "ol_officer":
        return rows.filter(pk__in=served_by_me(scope))
    if scope.role == "ol_area":
        return rows.filter(locality_path__startswith=scope.path_from)
    return rows
