"""What a case's page shows: conversation, clock, holders, and what this person may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.accounts.models import Role
from openliaison.cases import clock, rules, selectors
from openliaison.cases.forms import decline_reasons
from openliaison.cases.models import Case, Entry, Promise
from openliaison.cases.verbs import DOORS
from openliaison.core.now import now

# In which order a page offers verbs; the first that is allowed is the open tab.
FRONT = (
    "submit", "confirm", "answer_question", "rule", "rule_extension", "refer_up", "call_back", "confirm_withdrawal",
    "assign", "return_from_above", "reply", "answer", "ask", "finish_piece", "close_silent", "reopen", "message",
    "note",
)  # fmt: skip
MOST_TABS = 5
_SMALL = ("message", "attach", "note", "contact", "categorise", "refer_externally")  # everybody knows these
CAPACITIES: dict[str, Words] = {
    rules.LEAD: _lazy("lead office"),
    rules.CO: _lazy("co-handler"),
    rules.COORDINATOR: _lazy("coordination desk"),
    rules.ARBITER: _lazy("arbiter"),
    rules.OFFICER: _lazy("liaison officer"),
    rules.ENTERPRISE: _lazy("enterprise"),
    rules.AUTHOR: _lazy("author of the draft"),
}


def context(request: HttpRequest, found: Case, form: Any = None, verb: str = "") -> dict[str, Any]:
    """Everything of the page; `form` and `verb` where one was sent and came back."""
    scope, at = request.scope, now()  # type: ignore[attr-defined]
    held = rules.capacities(found, request.role, at)  # type: ignore[attr-defined]
    able = [v for v in rules.verbs_of(found, held) if v in DOORS]
    able = [v for v in able if makes_sense(found, v, held)]
    asks_verdict = "confirm" in able and scope.is_enterprise  # asked on top, one question per page
    able = [v for v in able if not (asks_verdict and v == "confirm")]
    in_front = (v for v in FRONT if v in able and (v != "call_back" or awaits_call(found)))
    front = sorted(in_front, key=lambda v: _rank(found, v))[:MOST_TABS]
    chosen = verb or request.GET.get("tab", "")
    chosen = chosen if chosen in able or (verb and form) else (front[0] if front else "")
    lines = selectors.conversation(found, scope)
    tabs = list(dict.fromkeys([*front, *([chosen] if chosen else [])]))
    return {
        "case": found,
        "stages": _stages(found),
        "lines": lines,
        "files": selectors.loose_files(found, scope),
        "clock": selectors.clock_panel(found, at),
        "holders": selectors.holders(found, lines),
        "promises": _promises(found, scope),
        "refs": [] if scope.is_enterprise else found.external_refs.all(),
        "tabs": [(v, DOORS[v].label) for v in tabs],
        "more": [(v, DOORS[v].label, DOORS[v].icon) for v in able if v not in tabs],
        "verb": chosen,
        "door": DOORS.get(chosen),
        "form": form or (_empty_form(request, found, chosen) if chosen else None),
        "standing": [CAPACITIES[c] for c in _shown(found, held)],
        "can": [_(rules.VERBS[v].words) for v in able if v not in _SMALL][:6],
        "remarks": list(_remarks(found, held, scope.organisation_id)),
        "is_due_again": is_due_again(lines),
        "asks_verdict": asks_verdict,
        "decline_text": dict(decline_reasons(found)).get(found.decline_reason, "") if found.decline_reason else "",
        "at": at,
    }


def _shown(found: Case, held: frozenset[str]) -> list[str]:
    """The capacities worth a word: who raised a case is its author only while it is a draft."""
    return [c for c in CAPACITIES if c in held and (c != rules.AUTHOR or found.status == Case.Status.DRAFT)]


def _rank(found: Case, verb: str) -> int:
    """The first answer stands before the reply until it is given."""
    order = FRONT.index(verb)
    return FRONT.index("reply") - 1 if verb == "answer" and found.answered_at is None else order


def _empty_form(request: HttpRequest, found: Case, verb: str) -> Any:
    form = DOORS[verb].form(case=found, role=request.role)  # type: ignore[attr-defined]
    return worded(form, verb)


def worded(form: Any, verb: str) -> Any:
    """The verb's own placeholder in its box of words."""
    is_own = form.role.kind == Role.Kind.ENTERPRISE and verb == "message"
    words = _("The desk and the offices of this case read it.") if is_own else DOORS[verb].placeholder
    for name in ("text", "reason"):
        if name in form.fields and words:
            form.fields[name].widget.attrs["placeholder"] = words
            form.fields[name].widget.attrs["aria-label"] = form.fields[name].label
    return form


def makes_sense(found: Case, verb: str, held: frozenset[str]) -> bool:
    """Verbs that the table allows but for which there is nothing to do are not offered."""
    is_referral = found.reply_kind == Case.ReplyKind.REFERRED
    is_objected = any(o.ruled_at is None for o in found.objections.all())
    checks: dict[str, Callable[[], bool]] = {
        "refer_up": lambda: is_referral,
        "refuse_referral": lambda: is_referral,
        "confirm": lambda: not is_referral,
        "close_silent": lambda: not is_referral,
        "remind": lambda: not is_referral,
        "rule": lambda: is_objected,
        **dict.fromkeys(("assign", "ask", "answer", "reply"), lambda: not is_objected),
        "rule_extension": lambda: found.extensions.filter(ruled_at=None).exists(),
        "request_extension": lambda: not found.extensions.exists(),
        "object": lambda: _may_object(found),
        "confirm_withdrawal": lambda: found.withdrawal_asked_at is not None and not awaits_call(found),
        "drop_withdrawal": lambda: found.withdrawal_asked_at is not None,
        "request_withdrawal": lambda: found.withdrawal_asked_at is None,
        "name_person": lambda: found.is_confidential,
        "lift_confidentiality": lambda: found.is_confidential,
        "reopen": lambda: found.outcome != Case.Outcome.DUPLICATE,
        "add_co": lambda: not found.is_confidential or rules.COORDINATOR in held,
    }
    return checks[verb]() if verb in checks else True


def awaits_call(found: Case) -> bool:
    """Whether the enterprise asked to withdraw and nobody has spoken to it since."""
    asked = found.withdrawal_asked_at
    if asked is None:
        return False
    return not found.entries.filter(kind=Entry.Kind.CALLED, at__gte=asked, detail__reached=True).exists()


def _may_object(found: Case) -> bool:
    """Within a working day of the last change of hands, while no ruling is final."""
    pieces = [piece.starts_at for piece in found.handlings.all() if piece.ends_at is None]
    if not pieces or found.objections.filter(is_final=True).exists():
        return False
    return now() < clock.due_after(found.place, max(pieces), "objection", now())


def _remarks(found: Case, held: frozenset[str], organisation_id: int) -> Any:
    """What this person may not do, and why."""
    if held & {rules.LEAD, rules.CO}:
        if found.return_count and found.objections.filter(organisation_id=organisation_id).exists():
            yield _("Your objection is used up.")
        yield _("Only the enterprise says whether it is solved; an office never closes.")
    if rules.COORDINATOR in held and awaits_call(found):
        yield _("The enterprise asks to withdraw: call it first and ask whether anybody pressed it.")
    if rules.COORDINATOR in held and found.status == Case.Status.REPLIED and found.reply_kind != "referred":
        yield _("The enterprise gives the verdict; you may write it down after a call.")


def _stages(found: Case) -> list[dict[str, Any]]:
    """The progress line."""
    holder = found.lead.label if found.lead else ""
    reached = [
        (_("Raised"), found.submitted_at, ""),
        (_("Assigned"), found.assigned_at, ""),
        (_("In hand"), found.answered_at, holder),
        (_("Replied"), found.replied_at, ""),
        (_("Enterprise's word"), None, ""),
        (_("Closed"), found.closed_at, ""),
    ]
    position = {"draft": -1, "submitted": 0, "assigned": 1, "in_hand": 2, "waiting_enterprise": 2, "replied": 4}
    position |= {"planned": 4, "referred_up": 2, "closed": 5}
    now_at = position[found.status]
    if found.status == "replied" and found.reply_kind == "referred":
        now_at = 3
    return [
        {"label": label, "at": at if i <= now_at else None, "who": who, "is_done": i < now_at, "is_now": i == now_at}
        for i, (label, at, who) in enumerate(reached)
    ]


def is_due_again(lines: list[selectors.Line]) -> bool:
    """Whether the date of the plan has come, and the question is whether it was kept."""
    kinds = [line.entry.kind for line in lines if line.entry.kind in ("replied", "due_again")]
    return bool(kinds) and kinds[-1] == "due_again"


def _promises(found: Case, scope: Any) -> list[tuple[Promise, str]]:
    rows = Promise.objects.visible_to(scope).filter(case=found)
    joined = rows.select_related("organisation", "enterprise", "made_by")
    return [(p, selectors.promise_look(p, scope)) for p in joined]
