"""How cases go: scripts with their shares, drawn by chance, played until now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from random import Random

from openliaison.accounts.models import Organisation
from openliaison.cases.models import Case

from .life import Life

LATE_DAYS = 45  # cases older than this have come to an end


@dataclass(frozen=True)
class Script:
    """VERB[:ARGUMENT]@WORKING-DAYS after submission, each stretched by a factor drawn between `slow` bounds.

    Args:
        share: how often it happens, in thousandths.
        is_over: whether it comes to an end; those that do not are drawn for late cases only.
    """

    share: int
    text: str
    slow: tuple[float, float] = (0.5, 1.7)
    is_over: bool = True


SCRIPTS = (
    Script(300, "assign@0.1 contact@0.2 answer@1.1 reply:solved@4 yes@5"),
    Script(120, "assign@0.15 contact@0.2 answer@2 promise:3@2.1 reply:solved@9 yes@11"),
    Script(60, "assign@0.2 contact@0.4 answer@3.4 note@12 reply:solved@18 yes@19", (0.8, 1.8)),
    Script(50, "assign@0.1 contact@0.2 answer@1.4 reply:solved@5 no@6 reply:solved@10 yes@11"),
    Script(50, "assign@0.1 contact@0.15 ask@1 answer_question@2.4 answer@3 reply:solved@8 yes@9"),
    Script(40, "assign_other@0.1 object@0.5 rule@0.8 contact@1 answer@2 reply:solved@7 yes@8", (0.6, 1.4)),
    Script(12, "assign_other@0.1 object@0.4 rule_other@0.6 object@0.9 arbitrate@1.2 answer@2 reply:solved@8 yes@9",
           (0.7, 1.2)),
    Script(60, "assign@0.1 answer@1.2 reply:planned:20@6 yes@7 ask_again yes"),
    Script(70, "assign@0.1 contact@0.2 answer@1.5 reply:explained@6 yes@7.5"),
    Script(40, "assign@0.1 contact@0.2 answer@1.5 reply:solved@6.4 enough@8"),
    Script(40, "assign@0.1 contact@0.2 answer@1.5 reply:solved@5 remind@8.1 remind@12.1 call:no@15.3 silent@15.6",
           (1.0, 1.4)),
    Script(12, "assign@0.1 contact@0.3 withdraw@2 call:yes@2.3 withdrawn@2.4"),
    Script(20, "decline@0.2"),
    Script(12, "duplicate@0.2"),
    Script(20, "assign@0.1 answer@1.2 reply:referred@4 refer_up@4.6 above@11 reply:solved@13 yes@14"),
    Script(20, "assign@0.1 contact@0.3 answer@1.5 extension:10@8.5 grant@9 reply:solved@19 yes@20.5", (0.7, 1.4)),
    Script(18, "assign@0.1 contact@0.2 answer@1.1 reply:solved@4 yes@5 reopen@15 answer@16 reply:solved@19 yes@20"),
    Script(30, "assign@0.1 co@0.3 contact@0.4 answer@1.2 finish@4 reply:solved@6 yes@7"),
    # Late ones that stand still somewhere.
    Script(40, "", is_over=False),
    Script(6, "draft", is_over=False),
    Script(40, "assign@0.1", is_over=False),
    Script(60, "assign@0.1 contact@0.2 answer@1.2 promise:8@1.3", is_over=False),
    Script(25, "assign@0.1 contact@0.2 ask@1.5", is_over=False),
    Script(40, "assign@0.1 answer@1.2 reply:solved@4.5 remind@7.7", (1.0, 1.6), is_over=False),
    Script(25, "assign@0.1 answer@1.2 reply:planned:60@5 yes@6", is_over=False),
    Script(6, "assign@0.1 answer@1.2 reply:referred@4", is_over=False),
    Script(8, "assign@0.1 answer@1.2 reply:referred@4 refer_up@4.6", is_over=False),
    Script(8, "assign_other@0.1 object@0.5", is_over=False),
    Script(6, "assign@0.1 answer@1.2 extension:10@8.5", is_over=False),
    Script(4, "assign@0.1 contact@0.3 withdraw@2", is_over=False),
)  # fmt: skip
ENDING = [s for s in SCRIPTS if s.is_over]
_SHARES = list(accumulate(s.share for s in SCRIPTS))
_ENDING_SHARES = list(accumulate(s.share for s in ENDING))

WORDS = {
    "contact": ("已与企业联系人通话，了解了情况。", "We have spoken to the enterprise's contact."),
    "answer": (
        "已安排专人办理，三个工作日内到现场，一周内给出办法。",
        "One person now has it: on site in three days, a way within a week.",
    ),
    "ask": (
        "请提供近三个月的记录和一名现场联系人。",
        "Please send the records of three months and name somebody on site.",
    ),
    "answer_question": ("记录已发，现场找办公室主任即可。", "The records are sent; ask for the office manager."),
    "object": (
        "此事职责不在我单位，建议由业务主管部门牵头。",
        "This is not within our duties; the office in charge should lead.",
    ),
    "rule": ("经核对职责清单，由所列单位牵头。", "By the list of duties, the office named here leads."),
    "extension": ("设备采购周期较长，需延长办理。", "The equipment takes long to come."),
    "grant": ("同意延长。", "More time is granted."),
    "solved": ("问题已办结，材料附后。", "It is done; the papers are attached."),
    "planned": ("已列入下一批次，按期办理。", "It is in the next batch and will be done by the date."),
    "explained": (
        "按现行规定无法办理，依据和可走的路径附后。",
        "The rules do not allow it; the reasons and other ways are attached.",
    ),
    "referred": ("此事权限在市级，申请提请市里研究。", "This is the city's to decide; please refer it up."),
    "refer_up": ("已提请上级研究。", "Referred to the upper level."),
    "above": ("上级同意，请按方案办理。", "The upper level agrees; go on as planned."),
    "finish": ("我单位部分已办结。", "Our part is done."),
    "no": ("昨天又出现同样的问题，请再看。", "The same happened again yesterday; please look once more."),
    "enough": ("大部分解决了，可以先这样。", "Most of it is solved; that is enough for now."),
    "remind": ("请确认问题是否解决。", "Please say whether it is solved."),
    "call_yes": ("已接通，企业自愿撤回。", "Reached; the enterprise withdraws of its own will."),
    "call_no": ("两次未接通。", "Not reached, tried twice."),
    "silent": (
        "多次联系未获答复，先行办结；九十天内可一键重开。",
        "No answer after several tries; one tap reopens it within ninety days.",
    ),
    "withdraw": ("情况变化，不需要再办了。", "Things have changed; we no longer need it."),
    "withdrawn": ("已核实，按企业意愿撤回。", "Checked; withdrawn as the enterprise wishes."),
    "decline": ("该事项不属受理范围，已告知去处。", "It is not ours to take; we have said where to go."),
    "duplicate": ("与此前诉求为同一事项，合并办理。", "The same matter as before; it is handled there."),
    "reopen": ("问题又出现了。", "The problem is back."),
    "note": ("需要协调两家单位，下周再问一次进度。", "Two offices have to agree; ask again next week."),
    "promise": ("一周内把办理结果书面答复企业。", "A written answer within the week."),
    "broken": ("施工单位未按时进场。", "The builder did not come in time."),
}


def draw(rng: Random, start: datetime, now: datetime) -> Script:
    """A script for a case that starts at `start`."""
    if (now - start).days < LATE_DAYS:
        return rng.choices(SCRIPTS, cum_weights=_SHARES)[0]
    return rng.choices(ENDING, cum_weights=_ENDING_SHARES)[0]


class Player:
    """Plays a script on a case as far as now."""

    def __init__(self, life: Life, script: Script, first: Case | None = None) -> None:
        self.life, self.script, self.first = life, script, first
        self.ground, self.rng = life.ground, life.rng
        self.is_english = (self.ground.place.languages or ["zh"])[0] == "en"

    def play(self, start: datetime) -> None:
        factor, at = self.rng.uniform(*self.script.slow), start
        for step in self.script.text.split():
            what, _, after = step.partition("@")
            verb, *arguments = what.split(":")
            at = self._instant(verb, float(after) * factor if after else None, start, at)
            if at > self.ground.at:
                break
            getattr(self, f"_{verb}")(at, *arguments)
        self.life.reckon()

    def said(self, kind: str) -> dict[str, str]:
        zh, en = WORDS[kind]
        return {"text": en} if self.is_english else {"text": zh, "text_en": en}

    def _instant(self, verb: str, after: float | None, start: datetime, last: datetime) -> datetime:
        planned = self.life.case.planned_on
        if verb == "ask_again" and planned:
            morning = datetime.combine(planned, datetime.min.time(), self.ground.place.zone)
            return self.ground.calendar.add_working(morning, 1)
        return self._after(last, 0.1) if after is None else self._after(start, after)

    def _after(self, at: datetime, working_days: float) -> datetime:
        seconds = int(working_days * self.ground.calendar.hours_on(self.ground.calendar.local_day(at)).day_seconds)
        return self.ground.calendar.add_working(at, seconds)

    def _day_after(self, at: datetime, working_days: float) -> date:
        return self.ground.calendar.local_day(self._after(at, working_days))

    @property
    def _usual(self) -> Organisation:
        assert self.life.case.category is not None
        return self.ground.office_of(self.life.case.category, self.rng)

    # The steps

    def _assign(self, at: datetime) -> None:
        self.life.assign(at, self._usual)

    def _assign_other(self, at: datetime) -> None:
        usual = self.life.case.category.organisation  # type: ignore[union-attr]
        self.life.assign(at, self.ground.other_office([usual.pk] if usual else [], self.rng))

    def _contact(self, at: datetime) -> None:
        self.life.contact(at, self.said("contact"))

    def _answer(self, at: datetime) -> None:
        self.life.answer(at, self.said("answer"))

    def _ask(self, at: datetime) -> None:
        self.life.ask_enterprise(at, self.said("ask"))

    def _answer_question(self, at: datetime) -> None:
        self.life.answer_question(at, self.said("answer_question"))

    def _object(self, at: datetime) -> None:
        self.life.object(at, self.said("object"))

    def _rule(self, at: datetime) -> None:
        usual = self._usual
        lead = usual if usual.pk != self.life.case.lead_id else self.ground.other_office([usual.pk], self.rng)
        self.life.rule(at, lead, self.said("rule"), self.life.desk)

    def _rule_other(self, at: datetime) -> None:
        usual = self.life.case.category.organisation  # type: ignore[union-attr]
        taken = [self.life.case.lead_id or 0, usual.pk if usual else 0]
        self.life.rule(at, self.ground.other_office(taken, self.rng), self.said("rule"), self.life.desk)

    def _arbitrate(self, at: datetime) -> None:
        leader = self.ground.leader(self.life.case.locality_path)
        assert leader is not None  # scripts with an arbiter are drawn where there is one
        self.life.rule(at, self._usual, self.said("rule"), leader)

    def _co(self, at: datetime) -> None:
        self.life.add_co(at, self.ground.other_office([self.life.case.lead_id or 0], self.rng))

    def _finish(self, at: datetime) -> None:
        self.life.finish_piece(at, self.said("finish"))

    def _extension(self, at: datetime, days: str) -> None:
        self.life.request_extension(at, int(days), self.said("extension")["text"])

    def _grant(self, at: datetime) -> None:
        self.life.grant(at, self.said("grant"))

    def _reply(self, at: datetime, kind: str, days: str = "") -> None:
        planned_on = self._day_after(at, float(days)) if days else None
        self.life.reply(at, kind, self.said(kind), planned_on)

    def _refer_up(self, at: datetime) -> None:
        self.life.refer_up(at, self.said("refer_up"))

    def _above(self, at: datetime) -> None:
        self.life.return_from_above(at, self.said("above"))

    def _yes(self, at: datetime) -> None:
        stars = self.rng.choices((None, 5, 4, 3, 2, 1), (40, 25, 20, 9, 4, 2))[0]
        self.life.confirm(at, "yes", satisfaction=stars)

    def _enough(self, at: datetime) -> None:
        self.life.confirm(at, "partly", self.said("enough"), satisfaction=3)

    def _no(self, at: datetime) -> None:
        self.life.confirm(at, "no", self.said("no"))

    def _ask_again(self, at: datetime) -> None:
        self.life.ask_again(at)

    def _remind(self, at: datetime) -> None:
        self.life.remind(at, self.said("remind"))

    def _call(self, at: datetime, reached: str) -> None:
        self.life.call(at, reached == "yes", self.said(f"call_{reached}"))

    def _silent(self, at: datetime) -> None:
        self.life.close(at, Case.Outcome.SILENT, self.life.desk, self.said("silent"))

    def _withdraw(self, at: datetime) -> None:
        self.life.withdraw(at, self.said("withdraw"))

    def _withdrawn(self, at: datetime) -> None:
        self.life.close(at, Case.Outcome.WITHDRAWN, self.life.desk, self.said("withdrawn"))

    def _decline(self, at: datetime) -> None:
        self.life.decline(at, self.rng.choice(self.ground.declines), self.said("decline"))

    def _duplicate(self, at: datetime) -> None:
        assert self.first is not None  # drawn only where another case of the enterprise stands
        self.life.duplicate(at, self.first, self.said("duplicate"))

    def _reopen(self, at: datetime) -> None:
        self.life.reopen(at, self.said("reopen"))

    def _note(self, at: datetime) -> None:
        self.life.note(at, self.said("note"))

    def _promise(self, at: datetime, days: str) -> None:
        due_on = self._day_after(at, float(days))
        self.life.promise(at, due_on, self.said("promise")["text"])
        row = self.life.promises[-1]
        settled = self._after(at, float(days) * self.rng.uniform(0.3, 0.9))
        if settled <= self.ground.at:
            self.life.settle_promise(row, settled, self.rng.random() < 0.85, self.said("broken")["text"])
