"""Which form and which service stand behind each verb of `rules`, and how its page speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from . import forms, services


class Door(NamedTuple):
    """A verb as a page offers it: its button, form and service."""

    label: Words
    icon: str
    form: type[forms.VerbForm]
    service: Callable[..., Any]
    hint: Words | str = ""


DOORS: dict[str, Door] = {
    "reply": Door(
        _("Reply"), "send", forms.ReplyForm, services.reply_case, _("Say what, when and who. The enterprise decides.")
    ),
    "answer": Door(
        _("First answer"), "message-2", forms.KeyedTextForm, services.answer_case,
        _("Say what will be done and by when; the case stays in hand."),
    ),
    "ask": Door(
        _("Ask the enterprise"), "question-mark", forms.KeyedTextForm, services.ask_enterprise,
        _("The clock pauses until it answers, ten working days in all."),
    ),
    "request_extension": Door(_("Ask for time"), "alarm", forms.ExtensionForm, services.request_extension),
    "object": Door(
        _("Object"), "scale", forms.ReasonForm, services.object_to_case,
        _("Once, within a working day, with a reason. The clock runs on; the desk rules today."),
    ),
    "add_co": Door(_("Add co-handler"), "users", forms.CoHandlerForm, services.add_co_handler),
    "finish_piece": Door(_("Our part is done"), "circle-check", forms.TextForm, services.finish_piece),
    "assign": Door(_("Assign"), "send", forms.AssignForm, services.assign_case),
    "rule": Door(_("Rule on the objection"), "scale", forms.RulingForm, services.rule_objection),
    "rule_extension": Door(_("Rule on more time"), "alarm", forms.RuleExtensionForm, services.rule_extension),
    "refer_up": Door(_("Refer up"), "flag", forms.OptionalTextForm, services.refer_up),
    "refuse_referral": Door(_("Give back to the lead"), "refresh", forms.TextForm, services.refuse_referral),
    "return_from_above": Door(_("Answer from above"), "message-2", forms.TextForm, services.return_from_above),
    "categorise": Door(_("Category"), "list-check", forms.CategoryForm, services.categorise_case),
    "contact": Door(_("Record a contact"), "phone", forms.OptionalTextForm, services.record_contact),
    "call_back": Door(_("Record a call"), "phone", forms.CallForm, services.record_call),
    "remind": Door(_("Remind"), "bell", forms.OptionalTextForm, services.remind_enterprise),
    "decline": Door(_("Decline"), "x", forms.DeclineForm, services.decline_case),
    "mark_duplicate": Door(_("Duplicate"), "copy", forms.DuplicateForm, services.mark_duplicate),
    "close_silent": Door(_("Close as unanswered"), "circle-minus", forms.OptionalTextForm, services.close_silent),
    "confirm_withdrawal": Door(
        _("Close as withdrawn"), "circle-minus", forms.OptionalTextForm, services.confirm_withdrawal
    ),
    "name_person": Door(_("Name a person"), "user-shield", forms.NamePersonForm, services.name_person),
    "refer_externally": Door(
        _("Other system's number"), "arrows-exchange", forms.ExternalRefForm, services.refer_externally
    ),
    "confirm": Door(_("Is it solved?"), "circle-check", forms.VerdictForm, services.confirm_case),
    "answer_question": Door(
        _("Answer the question"), "message-2", forms.KeyedTextForm, services.answer_question,
        _("The office goes on as soon as it is answered."),
    ),
    "reopen": Door(_("Reopen"), "refresh", forms.TextForm, services.reopen_case),
    "request_withdrawal": Door(
        _("Withdraw"), "circle-minus", forms.TextForm, services.request_withdrawal,
        _("The desk calls you before it closes the case."),
    ),
    "lift_confidentiality": Door(
        _("Lift confidentiality"), "lock", forms.NothingForm, services.lift_confidentiality,
        _("Offices and totals that cases usually reach will see it."),
    ),
    "message": Door(_("Message"), "message-2", forms.KeyedTextForm, services.send_message),
    "note": Door(
        _("Internal note"), "lock", forms.KeyedTextForm, services.note_case, _("Never shown to the enterprise.")
    ),
    "promise": Door(_("Promise"), "heart-handshake", forms.PromiseForm, services.make_promise),
    "attach": Door(_("Attach a file"), "paperclip", forms.FileForm, services.attach_file),
    "submit": Door(_("Submit"), "send", forms.NothingForm, services.submit_case),
}  # fmt: skip
