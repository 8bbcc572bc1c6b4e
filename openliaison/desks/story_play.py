"""One case of the example, played step by step by its script (`places/X/story/scripts.toml`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from openliaison.accounts.models import Organisation, Role
from openliaison.cases import services as cases
from openliaison.cases.models import Case
from openliaison.core.jobs import settle_tasks

if TYPE_CHECKING:
    from .story import Storyteller


@dataclass(frozen=True)
class Step:
    """One step of a script: a verb with its arguments, some working days after submission."""

    verb: str
    arguments: list[str]
    after: float

    @classmethod
    def read(cls, text: str) -> Step:
        what, _, after = text.partition("@")
        verb, *arguments = what.split(":")
        return cls(verb, arguments, float(after or 0))


class Play:
    """One case played by its script."""

    def __init__(self, story: Storyteller, case: Case, start: datetime) -> None:
        self.story, self.case, self.start = story, case, start

    def run(self, script: str) -> None:
        at = self.start
        for step in map(Step.read, script.split()):
            at = self._instant(step, at)
            if at > self.story.at:
                return
            said = self.story.say
            getattr(self, f"_{step.verb}")(at, said, *step.arguments)
            self.case = Case.objects.get(pk=self.case.pk)
            settle_tasks(subject=f"cases.case:{self.case.pk}", before=at.isoformat())

    def _instant(self, step: Step, last: datetime) -> datetime:
        if step.verb == "ask_again" and self.case.planned_on:
            morning = datetime.combine(self.case.planned_on, datetime.min.time(), self.story.place.zone)
            return self.story.calendar.add_working(morning, 1)
        return self.story.after(self.start, step.after) if step.after else self.story.after(last, 0.1)

    # Who acts

    @property
    def _lead(self) -> Role:
        assert self.case.lead_id is not None
        return self.story.clerks[self.case.lead_id]

    @property
    def _enterprise_or_desk(self) -> Role:
        return self.story.managers.get(self.case.enterprise_id, self.story.desk)

    @property
    def _usual(self) -> Organisation:
        assert self.case.category and self.case.category.organisation
        return self.case.category.organisation

    def _organisation(self, code: str) -> Organisation:
        found = self.story.organisations[code] if code else self._usual
        return self.story.organisations["ndrc"] if code and found == self._usual else found

    # The steps

    def _assign(self, at: datetime, said: Any, code: str = "") -> None:
        lead = self._organisation(code)
        person = self.story.clerks[lead.pk].user if self.case.is_confidential else None
        cases.assign_case(case=self.case, lead=lead, person=person, by=self.story.desk, at=at)

    def _assign_again(self, at: datetime, said: Any) -> None:
        if self.case.lead_id is None:
            self._assign(at, said)

    def _contact(self, at: datetime, said: Any) -> None:
        cases.record_contact(case=self.case, by=self._lead, at=at, **said("contact"))

    def _answer(self, at: datetime, said: Any) -> None:
        cases.answer_case(case=self.case, by=self._lead, at=at, **said("answer", self.case.category))

    def _ask(self, at: datetime, said: Any) -> None:
        cases.ask_enterprise(case=self.case, by=self._lead, at=at, **said("ask"))

    def _answer_question(self, at: datetime, said: Any) -> None:
        cases.answer_question(case=self.case, by=self._enterprise_or_desk, at=at, **said("answer_question"))

    def _reply(self, at: datetime, said: Any, kind: str, days: str = "") -> None:
        planned_on = self._day_after(at, float(days)) if days else None
        words = said(kind, self.case.category)
        cases.reply_case(case=self.case, reply_kind=kind, planned_on=planned_on, by=self._lead, at=at, **words)

    def _day_after(self, at: datetime, working_days: float) -> date:
        return self.story.calendar.local_day(self.story.after(at, working_days))

    def _yes(self, at: datetime, said: Any, stars: str = "") -> None:
        by = self._enterprise_or_desk
        cases.confirm_case(case=self.case, verdict="yes", satisfaction=int(stars) if stars else None, by=by, at=at)

    def _no(self, at: datetime, said: Any) -> None:
        cases.confirm_case(case=self.case, verdict="no", by=self._enterprise_or_desk, at=at, **said("no"))

    def _enough(self, at: datetime, said: Any, stars: str) -> None:
        cases.confirm_case(
            case=self.case,
            verdict="partly",
            is_enough=True,
            satisfaction=int(stars),
            by=self._enterprise_or_desk,
            at=at,
            **said("enough"),
        )

    def _ask_again(self, at: datetime, said: Any) -> None:
        cases.ask_again(case=self.case, at=at)

    def _object(self, at: datetime, said: Any) -> None:
        words = said("object")
        cases.object_to_case(case=self.case, reason=words["text"], reason_en=words["text_en"], by=self._lead, at=at)

    def _rule(self, at: datetime, said: Any, code: str = "") -> None:
        lead = self._organisation(code)
        cases.rule_objection(case=self.case, lead=lead, by=self.story.desk, at=at, **said("rule"))

    def _arbitrate(self, at: datetime, said: Any) -> None:
        cases.rule_objection(case=self.case, lead=self._usual, by=self.story.leader, at=at, **said("arbitrate"))

    def _extension(self, at: datetime, said: Any, days: str) -> None:
        reason = said("extension")["text"]
        cases.request_extension(case=self.case, days=int(days), reason=reason, by=self._lead, at=at)

    def _grant(self, at: datetime, said: Any) -> None:
        cases.rule_extension(case=self.case, is_granted=True, by=self.story.desk, at=at, **said("grant"))

    def _remind(self, at: datetime, said: Any) -> None:
        cases.remind_enterprise(case=self.case, by=self.story.desk, at=at, **said("remind"))

    def _call(self, at: datetime, said: Any, reached: str) -> None:
        words = said(f"call_{reached}")
        cases.record_call(case=self.case, reached=reached == "yes", by=self.story.desk, at=at, **words)

    def _silent(self, at: datetime, said: Any) -> None:
        cases.close_silent(case=self.case, by=self.story.desk, at=at, **said("silent"))

    def _withdraw(self, at: datetime, said: Any) -> None:
        cases.request_withdrawal(case=self.case, by=self._enterprise_or_desk, at=at, **said("withdraw"))

    def _withdrawn(self, at: datetime, said: Any) -> None:
        cases.confirm_withdrawal(case=self.case, by=self.story.desk, at=at, **said("withdrawn"))

    def _decline(self, at: datetime, said: Any, reason: str) -> None:
        cases.decline_case(case=self.case, reason=reason, by=self.story.desk, at=at, **said("decline"))

    def _duplicate(self, at: datetime, said: Any) -> None:
        first = Case.objects.filter(enterprise_id=self.case.enterprise_id, title=self.case.title)
        first = first.exclude(pk=self.case.pk).order_by("created_at").first()
        assert first is not None, f"{self.case} is the duplicate of nothing"
        cases.mark_duplicate(case=self.case, of=first, by=self.story.desk, at=at, **said("duplicate"))

    def _refer_up(self, at: datetime, said: Any) -> None:
        cases.refer_up(case=self.case, by=self.story.desk, at=at, **said("refer_up"))

    def _above(self, at: datetime, said: Any) -> None:
        cases.return_from_above(case=self.case, by=self.story.desk, at=at, **said("above"))

    def _reopen(self, at: datetime, said: Any) -> None:
        cases.reopen_case(case=self.case, by=self._enterprise_or_desk, at=at, **said("reopen"))

    def _note(self, at: datetime, said: Any) -> None:
        cases.note_case(case=self.case, by=self.story.desk, at=at, **said("note"))

    def _message(self, at: datetime, said: Any) -> None:
        cases.send_message(case=self.case, by=self._lead, at=at, **said("message"))

    def _co(self, at: datetime, said: Any, code: str) -> None:
        organisation = self._organisation(code)
        cases.add_co_handler(case=self.case, organisation=organisation, by=self.story.desk, at=at)

    def _finish(self, at: datetime, said: Any) -> None:
        piece = self.case.handlings.get(part="co", ends_at=None)
        clerk = self.story.clerks[piece.organisation_id]
        cases.finish_piece(case=self.case, by=clerk, at=at, **said("finish"))

    def _promise(self, at: datetime, said: Any, days: str) -> None:
        cases.make_promise(
            enterprise=self.case.enterprise,
            case=self.case,
            due_on=max(self._day_after(at, float(days)), self.story.place.day(at)),
            by=self._lead,
            at=at,
            **said("promise"),
        )
