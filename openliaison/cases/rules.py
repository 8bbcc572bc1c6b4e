"""Who may do what with a case, in which state: the one table. `services` asks it, pages read it, tests walk it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.core.formatting import instant

from .errors import NotAllowed
from .models import Case

S = Case.Status
OPEN = frozenset({S.SUBMITTED, S.ASSIGNED, S.IN_HAND, S.WAITING, S.REPLIED, S.PLANNED, S.REFERRED_UP})
WITH_LEAD = frozenset({S.ASSIGNED, S.IN_HAND, S.WAITING})

# In what capacity a person stands to a case.
AUTHOR, OFFICER, COORDINATOR = "author", "officer", "coordinator"
LEAD, CO, ENTERPRISE, ARBITER = "lead", "co", "enterprise", "arbiter"
TALKERS = frozenset({OFFICER, COORDINATOR, LEAD, CO, ENTERPRISE})


@dataclass(frozen=True)
class Verb:
    """A verb is allowed to these capacities while the case is in one of these states."""

    who: frozenset[str]
    when: frozenset[Case.Status]
    words: str  # msgid: the verb as a person says it


def _verb(who: set[str] | frozenset[str], when: set[Case.Status] | frozenset[Case.Status], words: str) -> Verb:
    return Verb(frozenset(who), frozenset(when), words)


VERBS: dict[str, Verb] = {
    "submit": _verb({AUTHOR}, {S.DRAFT}, N_("submit the case")),
    "discard": _verb({AUTHOR}, {S.DRAFT}, N_("throw the draft away")),
    "contact": _verb({OFFICER, COORDINATOR, LEAD, CO}, OPEN, N_("record a contact")),
    "assign": _verb({COORDINATOR}, {S.SUBMITTED} | WITH_LEAD, N_("assign the case")),
    "add_co": _verb({COORDINATOR, LEAD}, WITH_LEAD, N_("add a co-handler")),
    "finish_piece": _verb({CO}, WITH_LEAD | {S.REPLIED}, N_("finish the co-handler's piece")),
    "decline": _verb({COORDINATOR}, {S.SUBMITTED, S.ASSIGNED}, N_("decline the case")),
    "mark_duplicate": _verb({COORDINATOR}, {S.SUBMITTED} | WITH_LEAD, N_("close the case as a duplicate")),
    "categorise": _verb({COORDINATOR}, OPEN, N_("change the category")),
    "answer": _verb({LEAD}, {S.ASSIGNED, S.IN_HAND}, N_("say what will be done")),
    "ask": _verb({LEAD, CO, COORDINATOR}, {S.ASSIGNED, S.IN_HAND}, N_("ask the enterprise")),
    "answer_question": _verb({ENTERPRISE, OFFICER, COORDINATOR}, {S.WAITING}, N_("answer the question")),
    "object": _verb({LEAD, CO}, {S.ASSIGNED, S.IN_HAND}, N_("object to the assignment")),
    "rule": _verb({COORDINATOR, ARBITER}, WITH_LEAD, N_("rule on the objection")),
    "request_extension": _verb({LEAD}, WITH_LEAD, N_("ask for more time")),
    "rule_extension": _verb({COORDINATOR}, WITH_LEAD, N_("rule on more time")),
    "reply": _verb({LEAD}, {S.ASSIGNED, S.IN_HAND}, N_("reply")),
    "refer_up": _verb({COORDINATOR}, {S.REPLIED}, N_("refer the case up")),
    "refuse_referral": _verb({COORDINATOR}, {S.REPLIED}, N_("give the case back to the lead")),
    "return_from_above": _verb({COORDINATOR}, {S.REFERRED_UP}, N_("record the upper level's answer")),
    "confirm": _verb({ENTERPRISE, COORDINATOR}, {S.REPLIED}, N_("give the enterprise's verdict")),
    "remind": _verb({COORDINATOR}, {S.REPLIED, S.WAITING}, N_("remind the enterprise")),
    "call_back": _verb({COORDINATOR}, OPEN | {S.CLOSED}, N_("record a call")),
    "close_silent": _verb({COORDINATOR}, {S.REPLIED}, N_("close the case as unanswered")),
    "request_withdrawal": _verb({ENTERPRISE}, OPEN, N_("withdraw the case")),
    "confirm_withdrawal": _verb({COORDINATOR}, OPEN, N_("close the case as withdrawn")),
    "drop_withdrawal": _verb({ENTERPRISE, COORDINATOR}, OPEN, N_("go on with the case")),
    "reopen": _verb({ENTERPRISE, COORDINATOR}, {S.CLOSED}, N_("reopen the case")),
    "message": _verb(TALKERS, OPEN | {S.CLOSED}, N_("write a message")),
    "note": _verb({COORDINATOR, LEAD, CO}, OPEN | {S.CLOSED}, N_("write an internal note")),
    "attach": _verb(TALKERS | {AUTHOR}, OPEN | {S.CLOSED, S.DRAFT}, N_("attach a file")),
    "promise": _verb({OFFICER, COORDINATOR, LEAD, CO, ENTERPRISE}, OPEN, N_("make a promise")),
    "name_person": _verb({COORDINATOR}, OPEN, N_("name a person")),
    "lift_confidentiality": _verb({ENTERPRISE}, OPEN | {S.CLOSED}, N_("lift confidentiality")),
    "refer_externally": _verb({COORDINATOR}, OPEN | {S.CLOSED}, N_("keep another system's number")),
}


def capacities(case: Case, by: Role, at: datetime) -> frozenset[str]:
    """How this person, in this role, stands to the case."""
    found = set()
    if case.raised_by_id == by.user_id and by.kind in _AUTHORS:
        found.add(AUTHOR)
    if case.arbiter_id == by.user_id and by.kind in (Role.Kind.HANDLER, Role.Kind.LEADER):
        found.add(ARBITER)
    found |= _BY_KIND[by.kind](case, by, at) if by.kind in _BY_KIND else set()
    if case.status == S.DRAFT:  # seen by its author's side only
        found &= {AUTHOR, ENTERPRISE} if case.channel == Case.Channel.ENTERPRISE else {AUTHOR}
    return frozenset(found)


_AUTHORS = (Role.Kind.OFFICER, Role.Kind.COORDINATOR, Role.Kind.ENTERPRISE)


def _as_officer(case: Case, by: Role, at: datetime) -> set[str]:
    if case.is_confidential and case.officer_id != by.user_id:
        return set()
    serves = case.enterprise.links.active(by.place.day(at)).filter(user_id=by.user_id).exists()
    return {OFFICER} if serves else set()


def _as_coordinator(case: Case, by: Role, at: datetime) -> set[str]:
    inside = bool(by.locality) and case.locality_path.startswith(by.locality.path)
    received = not case.is_confidential or case.received_path == (by.locality.path if by.locality else "")
    return {COORDINATOR} if inside and received else set()


def _as_handler(case: Case, by: Role, at: datetime) -> set[str]:
    pieces = [h for h in case.handlings.all() if h.ends_at is None and h.organisation_id == by.organisation_id]
    mine = [h for h in pieces if h.user_id in (None, by.user_id)]
    return {LEAD if h.part == "lead" else CO for h in mine}


def _as_enterprise(case: Case, by: Role, at: datetime) -> set[str]:
    return {ENTERPRISE} if case.enterprise_id == by.enterprise_id else set()


def _as_leader(case: Case, by: Role, at: datetime) -> set[str]:
    """The leader responsible is the arbiter of a second return, where the desk has named no other."""
    inside = bool(by.locality) and case.locality_path.startswith(by.locality.path)
    return {ARBITER} if inside and case.arbiter_id is None and not case.is_confidential else set()


_BY_KIND = {
    Role.Kind.LEADER: _as_leader,
    Role.Kind.OFFICER: _as_officer,
    Role.Kind.COORDINATOR: _as_coordinator,
    Role.Kind.HANDLER: _as_handler,
    Role.Kind.ENTERPRISE: _as_enterprise,
}


def allowed(case: Case, by: Role, at: datetime) -> list[str]:
    """The verbs this person may use on this case now."""
    return verbs_of(case, capacities(case, by, at))


def verbs_of(case: Case, held: frozenset[str]) -> list[str]:
    """The verbs of these capacities in the case's state."""
    return [name for name, verb in VERBS.items() if verb.who & held and case.status in verb.when]


def require_acting(by: Role) -> None:
    """Refuse the roles that only read, before anything is touched."""
    if by.kind not in _BY_KIND:
        raise NotAllowed(_("Your role only reads cases.") + " " + _("It is for others to act now."))


def require(case: Case, by: Role, name: str, at: datetime) -> frozenset[str]:
    """The capacities in which `by` may use the verb.

    Raises:
        NotAllowed: with a sentence that says what is possible instead.
    """
    verb, held = VERBS[name], capacities(case, by, at)
    if case.status in verb.when and verb.who & held:
        return held & verb.who
    can = [_(VERBS[v].words) for v in allowed(case, by, at)]
    instead = _("What you can do: %(verbs)s.") % {"verbs": "; ".join(can)} if can else _("It is for others to act now.")
    said = {"verb": _(verb.words), "status": case.get_outcome_display() or case.get_status_display()}
    if not verb.who & held:
        raise NotAllowed(_("It is not for you to %(verb)s.") % said + f" {instead}")
    why = _("One cannot %(verb)s while the case is “%(status)s”.") % said
    raise NotAllowed(f"{why} {last_step(case)} {instead}")


def last_step(case: Case) -> str:
    """What happened last and who did it: for the second of two people who decide at once."""
    entry = case.entries.filter(is_internal=False).select_related("author").last()
    if entry is None or entry.author is None:
        return ""
    return _("The last step was “%(step)s” by %(person)s, %(at)s.") % {
        "step": entry.get_kind_display(),
        "person": entry.author.label,
        "at": instant(entry.at),
    }
