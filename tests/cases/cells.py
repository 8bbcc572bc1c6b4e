"""A case in every status, people in every capacity, and how each verb is used: what the table's tests walk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from openliaison.accounts.models import Role
from openliaison.cases import services
from openliaison.cases.models import Case
from tests.conftest import NOON
from tests.factories import World, category, organisation, role

Call = Callable[..., object]


class Cells(World):
    """The small world with a co-handler, and people who have nothing to do with the case."""

    def __init__(self) -> None:
        super().__init__()
        self.co = role("handler", org="ndrc")
        self.helper = role("handler", org="water")
        self.outsiders = {
            "stranger": self.stranger,
            "other office": role("handler", org="iit"),
            "other officer": role("officer"),
            "analyst": role("analyst"),
            "inspector": role("inspector"),
        }

    def people(self) -> dict[str, Role]:
        return {
            "officer": self.officer,
            "coordinator": self.coordinator,
            "lead": self.lead,
            "co": self.co,
            "enterprise": self.manager,
            "leader": self.leader,
            **self.outsiders,
        }

    def in_status(self, status: str, *, is_confidential: bool = False) -> Case:
        """A case raised by the enterprise that has come as far as `status` by the verbs themselves."""
        case = services.open_case(
            is_confidential=is_confidential,
            enterprise=self.enterprise,
            text="每天傍晚跳闸，每次停半小时",
            title="傍晚跳闸",
            category=category("energy"),
            channel="enterprise",
            by=self.manager,
            at=NOON,
            as_draft=status == "draft",
        )
        for step in _WAY[status]:
            case = getattr(self, f"_{step}")(case)
        assert case.status == status
        return case

    def _assign(self, case: Case) -> Case:
        if case.is_confidential:
            person, desk = {"person": self.lead.user}, {"by": self.coordinator, "at": NOON}
            case = services.assign_case(case=case, lead=organisation("grid"), **person, **desk)
            return services.add_co_handler(case=case, organisation=organisation("ndrc"), person=self.co.user, **desk)
        return services.assign_case(
            case=case, lead=organisation("grid"), co_handlers=[organisation("ndrc")], by=self.coordinator, at=NOON
        )

    def _answer(self, case: Case) -> Case:
        return services.answer_case(case=case, text="三天内到厂", by=self.lead, at=NOON)

    def _ask(self, case: Case) -> Case:
        return services.ask_enterprise(case=case, text="请报负荷清单", by=self.lead, at=NOON)

    def _reply(self, case: Case) -> Case:
        return services.reply_case(case=case, reply_kind="solved", text="已换开关", by=self.lead, at=NOON)

    def _plan(self, case: Case) -> Case:
        return services.reply_case(
            case=case, reply_kind="planned", planned_on=date(2026, 12, 8), text="下月", by=self.lead, at=NOON
        )

    def _refer(self, case: Case) -> Case:
        return services.reply_case(case=case, reply_kind="referred", text="须市里定", by=self.lead, at=NOON)

    def _refer_up(self, case: Case) -> Case:
        return services.refer_up(case=case, by=self.coordinator, at=NOON)

    def _yes(self, case: Case) -> Case:
        return services.confirm_case(case=case, verdict="yes", by=self.manager, at=NOON)


_WAY = {
    "draft": [],
    "submitted": [],
    "assigned": ["assign"],
    "in_hand": ["assign", "answer"],
    "waiting_enterprise": ["assign", "answer", "ask"],
    "replied": ["assign", "answer", "reply"],
    "planned": ["assign", "answer", "plan", "yes"],
    "referred_up": ["assign", "answer", "refer", "refer_up"],
    "closed": ["assign", "answer", "reply", "yes"],
}


def calls(world: Cells, case: Case) -> dict[str, Call]:
    """How each verb of the table is used, with arguments that are in order."""

    def use(service: Call, **arguments: object) -> Call:
        return lambda by, at: service(case=case, by=by, at=at, **arguments)

    text = {"text": "说明"}
    named = {"person": world.other.user} if case.is_confidential else {}
    helper = {"person": world.helper.user} if case.is_confidential else {}
    return {
        "submit": use(services.submit_case),
        "discard": use(services.discard_draft),
        "contact": use(services.record_contact),
        "assign": use(services.assign_case, lead=organisation("housing"), **named),
        "add_co": use(services.add_co_handler, organisation=organisation("water"), **helper),
        "finish_piece": use(services.finish_piece, **text),
        "decline": use(services.decline_case, reason="outside"),
        "mark_duplicate": lambda by, at: services.mark_duplicate(case=case, of=world.first, by=by, at=at),
        "categorise": use(services.categorise_case, category=category("labour")),
        "answer": use(services.answer_case, **text),
        "ask": use(services.ask_enterprise, **text),
        "answer_question": use(services.answer_question, **text),
        "object": use(services.object_to_case, reason="不归我们"),
        "rule": use(services.rule_objection, lead=organisation("housing"), **text),
        "request_extension": use(services.request_extension, days=5, reason="等设备"),
        "rule_extension": use(services.rule_extension, is_granted=True),
        "reply": use(services.reply_case, reply_kind="explained", **text),
        "refer_up": use(services.refer_up),
        "refuse_referral": use(services.refuse_referral, **text),
        "return_from_above": use(services.return_from_above, **text),
        "confirm": use(services.confirm_case, verdict="no", **text),
        "remind": use(services.remind_enterprise),
        "call_back": use(services.record_call, reached=True),
        "close_silent": use(services.close_silent),
        "request_withdrawal": use(services.request_withdrawal, **text),
        "confirm_withdrawal": use(services.confirm_withdrawal),
        "drop_withdrawal": use(services.drop_withdrawal),
        "reopen": use(services.reopen_case, **text),
        "message": use(services.send_message, **text),
        "note": use(services.note_case, **text),
        "attach": lambda by, at: services.attach_file(
            case=case, upload=SimpleUploadedFile("a.txt", "负荷清单".encode()), by=by, at=at
        ),
        "promise": lambda by, at: services.make_promise(
            enterprise=world.enterprise,
            case=case,
            text="来厂勘查",
            due_on=(at + timedelta(days=3)).date(),
            organisation=organisation("grid"),
            by=by,
            at=at,
        ),
        "name_person": use(services.name_person, person=world.co.user, organisation=organisation("ndrc")),
        "lift_confidentiality": use(services.lift_confidentiality),
        "refer_externally": use(services.refer_externally, system="12345", number="T-1"),
    }
