"""Pages for handing over work, naming a cover, and closing an account that work may hang on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_POST

from openliaison.accounts import services as accounts
from openliaison.accounts.models import Role, User
from openliaison.core import tasks
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.register.models import Link

from . import handover as service
from . import handover_absence as absence
from . import open_work
from .handover_brief import brief
from .handover_forms import KINDS, ChoosePersonForm, CoverForm, HandoverForm, people_with_work
from .handover_people import offered, searched
from .models import Handover
from .open_work import OpenWork


@roles("ol_area")
def handover(request: HttpRequest) -> HttpResponse:
    """Choose a person; see what hangs on them; choose who takes it."""
    choose = ChoosePersonForm(request.GET or None, place=request.place, today=request.scope.today)
    context: dict[str, Any] = {
        "choose": choose,
        "person": None,
        "past": Handover.objects.visible_to(request.scope).select_related("person", "successor")[:20],
    }
    status = 422 if choose.errors else 200
    if choose.is_valid():
        person = choose.cleaned_data["person"]
        work = open_work.open_work(person, request.scope, now())
        form = _form(request, person, work)
        if request.method == "POST" and form.is_valid():
            return _decide(request, person, work, form)
        status = 422 if form.errors else 200
        context |= _work(person, work) | {"form": form}
    return render(request, "desks/handover.html", context, status=status)


@roles("ol_area", "ol_officer")
def people_options(request: HttpRequest) -> HttpResponse:
    """People whose name holds the words: with `for` those who could take over from somebody, else the whole staff."""
    today, place = request.scope.today, request.place
    text, number = searched(request.GET), request.GET.get("for", "")
    if request.scope.role == "ol_officer":
        people = open_work.successors(request.user, place, today)
    elif number.isascii() and number.isdigit() and len(number) < 18:
        people = open_work.successors(get_object_or_404(people_with_work(place, today), pk=int(number)), place, today)
    else:
        people = people_with_work(place, today)
    return render(request, "desks/people_options.html", {"options": offered(people, text)[0]})


def _form(request: HttpRequest, person: User, work: OpenWork) -> HandoverForm:
    return HandoverForm(
        request.POST if request.method == "POST" else None,
        person=person,
        place=request.place,
        today=request.scope.today,
        work=work,
    )


def _work(person: User, work: OpenWork) -> dict[str, Any]:
    return {"person": person, "work": work, "counts": [(KINDS[k], n) for k, n in work.counts.items()]}


def _decide(request: HttpRequest, person: User, work: OpenWork, form: HandoverForm) -> HttpResponse:
    """First the numbers, to be confirmed; then all of it in one press."""
    data = form.cleaned_data
    shares = service.shares(work, data["successor"], by_kind=form.by_kind, by_enterprise=form.by_enterprise)
    is_absence = data["kind"] == Handover.Kind.ABSENCE
    context = _work(person, work) | {"form": form, "shares": shares, "is_absence": is_absence, "sent": _sent(request)}
    if "sure" not in request.POST:
        return render(request, "desks/handover_sure.html", context)
    try:
        if is_absence:
            absence.cover_absence(
                officer=person,
                cover=data["successor"],
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                by=request.role,
                at=now(),
                client_key=data["client_key"],
            )
        else:
            service.hand_over(person=person, wanted=shares, by=request.role, at=now(), client_key=data["client_key"])
    except Refused as error:
        return render(request, "desks/handover_sure.html", context | {"fault": str(error)}, status=422)
    messages.success(request, _("Handed over. Each successor has a task with the written brief."))
    return redirect(f"{reverse('desks:handover')}?person={person.pk}")


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """What was chosen, to be carried on to the confirmation."""
    return [(k, v) for k, v in request.POST.items() if k not in ("csrfmiddlewaretoken", "sure")]


@roles("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_inspector", "ol_analyst")
def handover_brief(request: HttpRequest, handover_id: int) -> HttpResponse:
    """The written brief, to be read or printed."""
    rows = Handover.objects.visible_to(request.scope).select_related("person", "successor", "made_by", "place")
    found = get_object_or_404(rows, pk=handover_id)
    context = {"handover": found, "briefs": brief(found, request.scope, now()), "at": now()}
    return render(request, "desks/handover_brief.html", context)


# ── Cover ────────────────────────────────────────────────────


@roles("ol_officer")
def cover(request: HttpRequest) -> HttpResponse:
    """Who covers for me and for whom I cover; name somebody for an absence."""
    form = CoverForm(request.POST or None, officer=request.user, place=request.place, today=request.scope.today)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = absence.cover_absence(
                officer=request.user,
                cover=data["cover"],
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                by=request.role,
                at=now(),
                client_key=data["client_key"],
            )
        except Refused as error:
            form.add_error("cover", str(error))
        else:
            messages.success(
                request, _("%(name)s sees and does the same as you in these days.") % {"name": made.successor}
            )
            return redirect("desks:cover")
    context = _cover(request) | {"form": form}
    template = "desks/cover_part.html" if "part" in request.GET else "desks/cover.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _cover(request: HttpRequest) -> dict[str, Any]:
    today, me = request.scope.today, request.user
    absences = Handover.objects.visible_to(request.scope).filter(kind=Handover.Kind.ABSENCE, ends_on__gte=today)
    absences = absences.select_related("person", "successor").order_by("starts_on")
    links = Link.objects.visible_to(request.scope).active(today).select_related("user", "enterprise")
    mine = links.filter(user=me)
    served = mine.filter(kind=Link.Kind.OFFICER).values("enterprise_id")
    helped = mine.filter(kind=Link.Kind.DEPUTY).values("enterprise_id")
    return {
        "by_others": absences.filter(person=me),
        "for_others": absences.filter(successor=me),
        "deputies": links.filter(kind=Link.Kind.DEPUTY, enterprise_id__in=served),
        "deputised": links.filter(kind=Link.Kind.OFFICER, enterprise_id__in=helped),
    }


@roles("ol_officer", "ol_area")
@require_POST
def end_cover(request: HttpRequest, handover_id: int) -> HttpResponse:
    rows = Handover.objects.visible_to(request.scope).filter(
        kind=Handover.Kind.ABSENCE, ends_on__gte=request.scope.today
    )
    found = get_object_or_404(rows, pk=handover_id)
    try:
        absence.end_cover(handover=found, by=request.role, at=now())
        messages.success(request, _("The cover has ended."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect("desks:cover" if request.scope.role == "ol_officer" else "desks:handover")


# ── A person leaves ──────────────────────────────────────────


@roles("ol_admin")
def close_account(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close an account, knowing in numbers what still hangs on the person; the desk is asked to hand it over."""
    held = Role.objects.filter(place=request.place).values("user_id")
    person = get_object_or_404(User.objects.filter(pk__in=held), pk=user_id)
    counts = open_work.counts_for_administrator(person, request.place, now())
    fault = ""
    if request.method == "POST":
        try:
            accounts.deactivate_person(user=person, by=request.role, at=now())
        except Refused as error:
            fault = str(error)
        else:
            _ask_desk(request, person, sum(counts.values()))
            messages.success(request, _("%(name)s can no longer log in.") % {"name": person.label})
            return redirect("accounts:person", person.pk)
    context = {
        "person": person,
        "counts": [(KINDS[k], n) for k, n in counts.items() if n],
        "desk": _desk(request, person),
        "fault": fault,
    }
    return render(request, "desks/close_account.html", context, status=422 if fault else 200)


def _desk(request: HttpRequest, person: User) -> list[User]:
    today = request.place.day(now())
    held = Role.objects.in_office(today).filter(place=request.place, kind=Role.Kind.COORDINATOR)
    found = {r.user_id: r.user for r in held.exclude(user=person).select_related("user")}
    return list(found.values())


def _ask_desk(request: HttpRequest, person: User, total: int) -> None:
    role = Role.objects.filter(user=person, place=request.place).first()
    if total and role:
        tasks.ask(
            _desk(request, person),
            role,
            N_("%(person)s has left: hand over %(count)s open things"),
            why=N_("The account is closed; the work still hangs on it"),
            url=f"{reverse('desks:handover')}?person={person.pk}",
            at=now(),
            person=person.display_name,
            count=str(total),
        )
