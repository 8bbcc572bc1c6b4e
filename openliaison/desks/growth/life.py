"""One invented case, played in memory: the verbs of `cases.services` without a database under them.

Every method leaves the rows that the service of the same name leaves; `tests/bench/test_growth.py` plays the
same steps through the services and compares.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from openliaison.accounts.models import Organisation, Role
from openliaison.cases.models import Case, Entry, Extension, Handling, Objection, Promise
from openliaison.cases.services import steps

from . import copying
from .rows import Rows


class Life(Rows):
    """The verbs of one case."""

    # From the first word to the desk

    def open(self, case: Case, at: datetime, by: Role, *, as_draft: bool) -> None:
        self.case, self.raised_by = case, by
        if as_draft:
            return
        case.status, case.submitted_at = Case.Status.SUBMITTED, at
        if case.channel in (Case.Channel.VISIT, Case.Channel.PHONE):
            case.contacted_at = at
        self.say(Entry.Kind.SUBMITTED, by, at)
        self.finish(at)
        people = self._coordinators()
        self.ask(people, "Assign case %(number)s: %(title)s", at, why="New from %(enterprise)s", due="case")

    # Who takes it

    def assign(self, at: datetime, lead: Organisation) -> None:
        self._give(lead, at)
        self.case.assigned_at = self.case.assigned_at or at
        if self.case.status == Case.Status.SUBMITTED:
            self.case.status = Case.Status.ASSIGNED
        self.say(Entry.Kind.ASSIGNED, self.desk, at, lead=lead.pk, co=self.case.co_handlers)
        self.finish(at)
        self.settle(at)
        self._ask_lead(at)

    def add_co(self, at: datetime, organisation: Organisation) -> None:
        self.case.co_handlers = [*self.case.co_handlers, organisation.pk]
        self._piece(organisation.pk, Handling.Part.CO, at)
        self.say(Entry.Kind.CO_ADDED, self.desk, at, organisation_id=organisation.pk)
        self.finish(at)
        self.ask(self._people_of(organisation.pk), "Help with case %(number)s: %(title)s", at, due="case")

    def object(self, at: datetime, words: dict[str, str]) -> None:
        by = self.lead
        self.case.return_count += 1
        rule_by = self._end_of_working_day(at)
        self.objections.append(
            copying.new(
                Objection,
                case_id=self.case.pk,
                organisation_id=by.organisation_id,
                reason=words["text"],
                raised_by_id=by.user_id,
                raised_at=at,
                rule_by_at=rule_by,
            )
        )
        self.say(Entry.Kind.OBJECTED, by, at, words)
        self.finish(at)
        leader = self.ground.leader(self.case.locality_path)
        judges = [leader.user_id] if self.case.return_count >= 2 and leader else self._coordinators()
        about = "Rule today on the objection of %(office)s, case %(number)s"
        self.ask(judges, about, at, why="Return no. %(count)s of %(title)s", due=rule_by,
                 office=by.organisation.name if by.organisation else "", count=str(self.case.return_count))  # fmt: skip

    def rule(self, at: datetime, lead: Organisation, words: dict[str, str], by: Role) -> None:
        objection = self.objections[-1]
        objection.ruling, objection.ruled_lead_id, objection.ruled_by_id = words["text"], lead.pk, by.user_id
        objection.ruled_at, objection.is_final = at, self.case.return_count >= 2
        if self.case.lead_id != lead.pk:
            self._give(lead, at)
            self.case.status = Case.Status.ASSIGNED if self.case.answered_at is None else Case.Status.IN_HAND
        self.say(Entry.Kind.RULED, by, at, words, lead=lead.pk, final=objection.is_final)
        self.finish(at)
        self.settle(at)
        self._ask_lead(at)

    def decline(self, at: datetime, reason: str, words: dict[str, str]) -> None:
        self.case.decline_reason = reason
        self.close(at, Case.Outcome.DECLINED, self.desk, words, reason=reason)

    def duplicate(self, at: datetime, of: Case, words: dict[str, str]) -> None:
        self.case.duplicate_of_id = of.pk
        self.close(at, Case.Outcome.DUPLICATE, self.desk, words, of=of.number)

    def close(self, at: datetime, outcome: str, by: Role, words: dict[str, str] | None = None, **detail: Any) -> None:
        self.case.status, self.case.outcome, self.case.closed_at = Case.Status.CLOSED, outcome, at
        self.say(Entry.Kind.CLOSED, by, at, words, outcome=outcome, **detail)
        self.finish(at)
        self.reckon()  # the first result stands, whatever comes later
        self.settle(at)
        people = {*self._enterprise(), *self._officers()} - {by.user_id}
        self.tell(people, "Case %(number)s is closed: %(title)s", at)

    def _give(self, lead: Organisation, at: datetime) -> None:
        for piece in self.handlings:
            if piece.ends_at is None and (piece.part == Handling.Part.LEAD or piece.organisation_id == lead.pk):
                piece.ends_at = at
        self.case.co_handlers = [pk for pk in self.case.co_handlers if pk != lead.pk]
        self.case.lead = lead
        self._piece(lead.pk, Handling.Part.LEAD, at)

    def _piece(self, organisation_id: int, part: str, at: datetime) -> None:
        person = self.ground.clerks[organisation_id][0].user_id if self.case.is_confidential else None
        self.handlings.append(
            copying.new(
                Handling,
                id=copying.key(self.rng),
                case_id=self.case.pk,
                organisation_id=organisation_id,
                user_id=person,
                locality_path=self.case.locality_path,
                part=part,
                starts_at=at,
            )
        )

    def _ask_lead(self, at: datetime) -> None:
        people = self._people_of(self.case.lead_id or 0)
        why = "Assigned to your office; from %(enterprise)s"
        self.ask(people, "Answer case %(number)s: %(title)s", at, why=why, due="case")

    def _end_of_working_day(self, at: datetime) -> datetime:
        days = self.ground.calendar
        today = days.end_of_day(days.local_day(at))
        return today if today > at else days.end_of_day(days.local_day(days.add_working(at, 1)))

    # The department

    def contact(self, at: datetime, words: dict[str, str]) -> None:
        self.case.contacted_at = self.case.contacted_at or at
        self.say(Entry.Kind.CONTACTED, self.lead, at, words)
        self.finish(at)

    def answer(self, at: datetime, words: dict[str, str]) -> None:
        self._first_answer(at)
        self.case.status = Case.Status.IN_HAND
        self.say(Entry.Kind.ANSWERED, self.lead, at, words)
        self.finish(at)
        self.tell(self._enterprise(), "%(lead)s has taken up case %(number)s: %(title)s", at, **self._lead_name())

    def ask_enterprise(self, at: datetime, words: dict[str, str]) -> None:
        self.case.contacted_at = self.case.contacted_at or at
        self.case.status = Case.Status.WAITING
        self.say(Entry.Kind.ASKED, self.lead, at, words)
        self.finish(at)
        why = "The office goes on as soon as it is answered"
        self.ask(self._enterprise() or self._officers(), "A question on case %(number)s: %(title)s", at, why=why)

    def answer_question(self, at: datetime, words: dict[str, str]) -> None:
        self.case.status = Case.Status.IN_HAND if self.case.answered_at else Case.Status.ASSIGNED
        self.say(Entry.Kind.ANSWER, self.voice, at, words)
        self.finish(at)
        self.settle(at)
        self.ask(self._people_of(self.case.lead_id or 0), "The enterprise has answered on case %(number)s: %(title)s",
                 at, due="case")  # fmt: skip

    def request_extension(self, at: datetime, days: int, reason: str) -> None:
        self.extensions.append(
            copying.new(
                Extension, case_id=self.case.pk, days=days, reason=reason, asked_by_id=self.lead.user_id, asked_at=at
            )
        )
        self.say(Entry.Kind.EXTENSION_ASKED, self.lead, at, {"text": reason}, days=days)
        self.finish(at)
        self.ask(self._coordinators(), "%(days)s more working days asked for case %(number)s", at, why="%(title)s",
                 due="case", days=str(days))  # fmt: skip

    def grant(self, at: datetime, words: dict[str, str]) -> None:
        extension = self.extensions[0]
        extension.is_granted, extension.ruling = True, words["text"]
        extension.ruled_by_id, extension.ruled_at = self.desk.user_id, at
        self.say(Entry.Kind.EXTENSION_GRANTED, self.desk, at, words, days=extension.days)
        self.finish(at)
        self.tell(self._people_of(self.case.lead_id or 0), "More time granted for case %(number)s", at)

    def reply(self, at: datetime, reply_kind: str, words: dict[str, str], planned_on: date | None = None) -> None:
        self.case.reply_kind, self.case.planned_on, self.case.replied_at = reply_kind, planned_on, at
        self._first_answer(at)
        self.case.status = Case.Status.REPLIED
        planned = planned_on.isoformat() if planned_on else None
        self.say(Entry.Kind.REPLIED, self.lead, at, words, reply_kind=reply_kind, planned_on=planned)
        self.finish(at)
        self.settle(at)
        if reply_kind == Case.ReplyKind.REFERRED:
            self.ask(self._coordinators(), "Refer up? Case %(number)s: %(title)s", at, due="case",
                     why="%(lead)s says that it must be decided higher up", **self._lead_name())  # fmt: skip
        else:
            self.ask(self._enterprise() or self._officers(), "Is it solved? Case %(number)s: %(title)s", at,
                     why="%(lead)s has replied; only the enterprise can say so", **self._lead_name())  # fmt: skip

    def finish_piece(self, at: datetime, words: dict[str, str]) -> None:
        piece = next(h for h in self.handlings if h.part == Handling.Part.CO and h.ends_at is None)
        piece.done_at = at
        self.say(Entry.Kind.CO_DONE, self.ground.clerks[piece.organisation_id][0], at, words)
        self.finish(at)
        about = "A co-handler has finished its part of case %(number)s: %(title)s"
        self.tell(self._people_of(self.case.lead_id or 0), about, at)

    def refer_up(self, at: datetime, words: dict[str, str]) -> None:
        self.case.status = Case.Status.REFERRED_UP
        self.say(Entry.Kind.REFERRED_UP, self.desk, at, words)
        self.finish(at)
        self.settle(at)
        about = "Case %(number)s was referred to a higher level: %(title)s"
        self.tell(self._enterprise(), about, at, **self._lead_name())

    def return_from_above(self, at: datetime, words: dict[str, str]) -> None:
        self.case.status, self.case.reply_kind = Case.Status.IN_HAND, ""
        self.say(Entry.Kind.RETURNED, self.desk, at, words)
        self.finish(at)
        self.settle(at)
        people = self._people_of(self.case.lead_id or 0)
        self.ask(people, "Case %(number)s is back with you: %(title)s", at, due="case")

    def note(self, at: datetime, words: dict[str, str]) -> None:
        self.say(Entry.Kind.NOTE, self.desk, at, words)

    def promise(self, at: datetime, due_on: date, text: str) -> None:
        """A promise of the lead; once its day has passed, it was kept or not."""
        row = copying.new(
            Promise,
            place_id=self.case.place_id,
            enterprise_id=self.case.enterprise_id,
            locality_path=self.case.locality_path,
            case_id=self.case.pk,
            client_key=copying.key(self.rng),
            side=Promise.Side.COUNTY,
            organisation_id=self.lead.organisation_id,
            made_by_id=self.lead.user_id,
            made_at=at,
            text=text,
            due_on=due_on,
            is_confidential=self.case.is_confidential,
        )
        self.promises.append(row)

    def settle_promise(self, row: Promise, at: datetime, is_kept: bool, reason: str) -> None:
        row.state = Promise.State.KEPT if is_kept else Promise.State.BROKEN
        row.settled_at, row.settled_by_id, row.settled_reason = at, row.made_by_id, "" if is_kept else reason

    def tell_of_promise(self, row: Promise) -> None:
        """Once the row has its id. What was told is settled with the promise."""
        params = {"day": row.due_on.isoformat(), "text": row.text}
        people = self._enterprise()
        self.tell(
            people, "Promised by %(day)s: %(text)s", row.made_at, subject=row, url="/cases/promises/", params=params
        )
        if row.settled_at:
            self.settle(row.settled_at, row)

    def _first_answer(self, at: datetime) -> None:
        self.case.answered_at = self.case.answered_at or at
        self.case.contacted_at = self.case.contacted_at or at

    def _lead_name(self) -> dict[str, Any]:
        return {"lead": steps.names(self.case.lead)}

    # The enterprise's verdict

    def confirm(
        self, at: datetime, verdict: str, words: dict[str, str] | None = None, satisfaction: int | None = None
    ) -> None:
        """Yes, partly and that is enough, or no."""
        by, on_behalf = self.voice, self.firm.manager is None
        self.case.satisfaction = satisfaction if satisfaction is not None else self.case.satisfaction
        if verdict == "no":
            self._send_back(at, words, by, on_behalf)
            return
        is_plan = self.case.reply_kind == Case.ReplyKind.PLANNED and self.entries[-1].kind != Entry.Kind.DUE_AGAIN
        detail = {"verdict": verdict, "satisfaction": satisfaction, "on_behalf": on_behalf}
        self.say(Entry.Kind.CONFIRMED, by, at, words, **detail)
        if is_plan:
            self._plan(at, by)
        elif verdict == "partly":
            self.close(at, Case.Outcome.PARTLY, by)
        else:
            is_explained = self.case.reply_kind == Case.ReplyKind.EXPLAINED
            self.close(at, Case.Outcome.EXPLAINED if is_explained else Case.Outcome.SOLVED, by)

    def _send_back(self, at: datetime, words: dict[str, str] | None, by: Role, on_behalf: bool) -> None:
        self.case.status, self.case.reply_kind, self.case.planned_on = Case.Status.IN_HAND, "", None
        self.case.redo_count += 1
        self.say(Entry.Kind.REJECTED, by, at, words, verdict="no", on_behalf=on_behalf)
        self.finish(at)
        self.settle(at)
        people = [*self._people_of(self.case.lead_id or 0), *self._coordinators()]
        self.ask(people, "The enterprise says no: case %(number)s: %(title)s", at, due="case",
                 why="Same clock, return no. %(count)s", count=str(self.case.redo_count))  # fmt: skip

    def _plan(self, at: datetime, by: Role) -> None:
        assert self.case.planned_on is not None
        self.case.status = Case.Status.PLANNED
        self.say(Entry.Kind.PLANNED, by, at, planned_on=self.case.planned_on.isoformat())
        self.finish(at)
        self.settle(at)

    def ask_again(self, at: datetime) -> None:
        assert self.case.planned_on is not None
        day = self.case.planned_on.isoformat()
        self.case.status, self.case.replied_at = Case.Status.REPLIED, at
        self.say(Entry.Kind.DUE_AGAIN, None, at, planned_on=day)
        self.finish(at)
        about = "It was to be done by %(day)s. Is it? Case %(number)s: %(title)s"
        self.ask(self._enterprise() or self._officers(), about, at, day=day)

    def remind(self, at: datetime, words: dict[str, str]) -> None:
        self.say(Entry.Kind.REMINDED, self.desk, at, words)
        self.finish(at)
        about = "Reminder: please answer on case %(number)s: %(title)s"
        self.ask(self._enterprise() or self._officers(), about, at)

    def call(self, at: datetime, reached: bool, words: dict[str, str]) -> None:
        if reached:
            self.case.contacted_at = self.case.contacted_at or at
        self.say(Entry.Kind.CALLED, self.desk, at, words, reached=reached)
        self.finish(at)

    def withdraw(self, at: datetime, words: dict[str, str]) -> None:
        self.case.withdrawal_asked_at = at
        self.say(Entry.Kind.WITHDRAWAL_ASKED, self.firm.manager, at, words)
        self.finish(at)
        about = "Call %(enterprise)s: it wants to withdraw case %(number)s"
        self.ask(self._coordinators(), about, at, why="Was it pressed to? %(title)s")

    def reopen(self, at: datetime, words: dict[str, str]) -> None:
        case = self.case
        case.status = Case.Status.IN_HAND if case.lead_id else Case.Status.SUBMITTED
        case.closed_at, case.outcome, case.reply_kind, case.planned_on = None, "", "", None
        case.withdrawal_asked_at, case.decline_reason = None, ""
        case.reopened_at, case.reopen_count = at, case.reopen_count + 1
        self.say(Entry.Kind.REOPENED, self.voice, at, words)
        self.finish(at)
        people = [*self._coordinators(), *(self._people_of(case.lead_id) if case.lead_id else [])]
        self.ask(people, "Reopened: case %(number)s: %(title)s", at, due="case")
