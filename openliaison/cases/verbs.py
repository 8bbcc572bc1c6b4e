"""Which form and which service stand behind each verb of `rules`, and how its page speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.functional import Promise as Words
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import forms, services


class Door(NamedTuple):
    """A verb as a page offers it: its tab, form and service, what it leads to and what to write."""

    label: Words
    icon: str
    form: type[forms.VerbForm]
    service: Callable[..., Any]
    hint: Words | str = ""
    placeholder: Words | str = ""
    button: Words | str = ""  # what the button says where it is not the label
    said: Words | str = ""  # what stands on the page when it is done, and what comes next

    @property
    def press(self) -> Words | str:
        return self.button or self.label

    @property
    def done(self) -> str:
        return str(self.said) or gettext("Done: %(verb)s.") % {"verb": self.label}


_SHOWN = _("Never shown to the enterprise.")

DOORS: dict[str, Door] = {
    "reply": Door(
        _("Reply"), "send", forms.ReplyForm, services.reply_case,
        placeholder=_("Say what, when and who. The enterprise decides whether it is solved."),
        button=_("Send to the enterprise"),
    ),
    "answer": Door(
        _("First answer"), "message-2", forms.TextForm, services.answer_case,
        _("The case stays in hand; the reply clock stops."),
        _("Say what will be done, by whom and by when."), _("Send the first answer"),
    ),
    "ask": Door(
        _("Ask the enterprise"), "question-mark", forms.TextForm, services.ask_enterprise,
        _("The clock pauses until it answers, ten working days in all."),
        _("One question, as short as it can be. Do not ask for what is on file."), _("Ask, pause the clock"),
    ),
    "request_extension": Door(
        _("Ask for time"), "alarm", forms.ExtensionForm, services.request_extension,
        _("Once, at least a working day before it is due; the desk decides and the enterprise reads why."),
    ),
    "object": Door(
        _("Object"), "scale", forms.ReasonForm, services.object_to_case,
        _("Once, within a working day, with a reason. The clock runs on; the desk rules today."),
        _("Say why it is not yours, and whose it is."),
    ),
    "add_co": Door(_("Add co-handler"), "users", forms.CoHandlerForm, services.add_co_handler),
    "finish_piece": Door(
        _("Our part is done"), "circle-check", forms.TextForm, services.finish_piece,
        placeholder=_("What your office did; the lead goes on with it."),
    ),
    "assign": Door(
        _("Assign to an office"), "send", forms.AssignForm, services.assign_case,
        _("The office is asked at once. It may object once, within a working day."),
    ),
    "rule": Door(
        _("Rule on the objection"), "scale", forms.RulingForm, services.rule_objection,
        _("Today. A second return goes to the arbiter, whose ruling is final."),
    ),
    "rule_extension": Door(_("Rule on more time"), "alarm", forms.RuleExtensionForm, services.rule_extension),
    "refer_up": Door(
        _("Refer up"), "flag", forms.OptionalTextForm, services.refer_up,
        _("The clock runs on; the case comes back with the upper level's answer."),
    ),
    "refuse_referral": Door(
        _("Give back to the lead"), "refresh", forms.TextForm, services.refuse_referral,
        placeholder=_("Say what the lead can do itself."),
    ),
    "return_from_above": Door(
        _("Answer from above"), "message-2", forms.TextForm, services.return_from_above,
        placeholder=_("What the upper level answered; the lead goes on with it."),
    ),
    "categorise": Door(_("Category"), "list-check", forms.CategoryForm, services.categorise_case),
    "contact": Door(_("Record a contact"), "phone", forms.OptionalTextForm, services.record_contact),
    "call_back": Door(_("Record a call"), "phone", forms.CallForm, services.record_call),
    "remind": Door(_("Remind"), "bell", forms.OptionalTextForm, services.remind_enterprise),
    "decline": Door(
        _("Decline"), "x", forms.DeclineForm, services.decline_case,
        _("The enterprise reads the reason; it may reopen the case within 90 days."),
    ),
    "mark_duplicate": Door(_("Duplicate"), "copy", forms.DuplicateForm, services.mark_duplicate),
    "close_silent": Door(
        _("Close as unanswered"), "circle-minus", forms.OptionalTextForm, services.close_silent,
        _("After ten working days and a call. The enterprise reopens it with one tap within 90 days."),
    ),
    "confirm_withdrawal": Door(
        _("Close as withdrawn"), "circle-minus", forms.OptionalTextForm, services.confirm_withdrawal,
        _("Call first, and record the call: was the enterprise pressed to withdraw?"),
    ),
    "drop_withdrawal": Door(
        _("Go on with the case"), "refresh", forms.OptionalTextForm, services.drop_withdrawal,
        _("The enterprise wants it pursued after all."),
    ),
    "name_person": Door(
        _("Name a person"), "user-shield", forms.NamePersonForm, services.name_person,
        _("The person sees this case; their office does not."),
    ),
    "refer_externally": Door(
        _("Other system's number"), "arrows-exchange", forms.ExternalRefForm, services.refer_externally
    ),
    "confirm": Door(
        _("Is it solved?"), "circle-check", forms.VerdictForm, services.confirm_case,
        button=_("That is the verdict"),
    ),
    "answer_question": Door(
        _("Answer the question"), "message-2", forms.TextForm, services.answer_question,
        _("The office goes on as soon as it is answered."), button=_("Send the answer"),
        said=_("The answer is with the office; its clock runs on."),
    ),
    "reopen": Door(
        _("Reopen"), "refresh", forms.ReopenForm, services.reopen_case,
        _("Within 90 days. The first result stays on file; a new clock starts."), _("What is still wrong?"),
        said=_("The case is open again, on a new clock."),
    ),
    "request_withdrawal": Door(
        _("Withdraw"), "circle-minus", forms.OptionalTextForm, services.request_withdrawal,
        _("The desk calls you before it closes the case."), button=_("Ask to withdraw it"),
        said=_("The desk has your wish to withdraw and calls you first. Until then the case goes on."),
    ),
    "lift_confidentiality": Door(
        _("Lift confidentiality"), "lock-open", forms.NothingForm, services.lift_confidentiality,
        _("Offices and totals that cases usually reach will see it. This cannot be taken back."),
    ),
    "message": Door(
        _("Message"), "message-2", forms.TextForm, services.send_message,
        placeholder=_("Everybody in this case reads it, the enterprise too."), button=_("Send"),
        said=_("Your message is in the case; everybody in it reads it."),
    ),
    "note": Door(
        _("Internal note"), "lock", forms.TextForm, services.note_case, _SHOWN,
        _("For the desk and the offices of this case."), _("Keep the note"),
    ),
    "promise": Door(
        _("Promise"), "heart-handshake", forms.PromiseForm, services.make_promise,
        _("With a date; both sides see it until it is kept."),
    ),
    "attach": Door(_("Attach a file"), "paperclip", forms.FileForm, services.attach_file),
    "submit": Door(
        _("Submit"), "send", forms.NothingForm, services.submit_case, _("It goes to the desk and its clocks start."),
        button=_("Send to the desk"), said=_("The case is with the desk. It gets in touch within two working hours."),
    ),
}  # fmt: skip
