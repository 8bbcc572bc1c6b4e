"""What the phone's pages say, in the language that is active. Of two forms the first is for one."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openliaison.core import states

# Icons that the scripts draw.
ICONS = (
    "alert-octagon",
    "alert-triangle",
    "arrow-left",
    "building-factory-2",
    "bulb",
    "calendar-event",
    "camera",
    "check",
    "chevron-right",
    "circle-check",
    "circle-minus",
    "clock",
    "clock-pause",
    "cloud-download",
    "cloud-off",
    "cloud-upload",
    "copy",
    "device-floppy",
    "file-text",
    "heart-handshake",
    "help-circle",
    "history",
    "home",
    "info-circle",
    "login",
    "logout",
    "pencil",
    "phone",
    "plus",
    "question-mark",
    "refresh",
    "search",
    "shield-x",
    "trash",
    "user-circle",
    "user-shield",
    "wifi-off",
    "x",
)
LOOKS = (
    *(f"clock.{look}" for look in ("ok", "due", "over", "none")),
    *(f"promise.{look}" for look in ("open", "due", "late", "kept", "broken", "withdrawn")),
)
Word = str | list[str]


def looks() -> dict[str, list[str]]:
    """State → class, icon, word."""
    found = {key: states.look(key) for key in LOOKS}
    return {key: [look.css, look.icon, str(look.label)] for key, look in found.items()}


def words() -> dict[str, Word]:
    """Every word of the shell by its short name."""
    return {**_frame(), **_today(), **_briefing(), **_form(), **_photos(), **_outbox(), **_keeping()}


def _frame() -> dict[str, Word]:
    return {
        "skip": _("Skip to content"),
        "back": _("Back"),
        "language": _("Language"),
        "bottom_menu": _("Bottom menu"),
        "this_visit": _("This visit"),
        "acts": _("What to do here"),
        "today": _("Today"),
        "enterprises": _("Enterprises"),
        "my_enterprises": _("My enterprises"),
        "outbox": _("Outbox"),
        "outbox_n": _("Outbox %(n)s"),
        "this_phone": _("This phone"),
        "ordinary_pages": _("Ordinary pages"),
        "help": _("Help"),
        "stay": _("Stay here"),
        "call": _("Call %(name)s"),
        "today_at": _("today %(at)s"),
        "no_signal": _("No signal."),
        "carry_on": _(" Carry on: what you see is as of %(at)s."),
        "n_waiting": _("%(n)s to send"),
        "clock_off": _("This phone's clock is wrong by %(n)s minutes. Times are put right when they are sent."),
        "sign_in": _("Sign in"),
        "sign_in_again": _("You are signed out. Sign in again: nothing is lost."),
        "sign_in_first": _("Your briefings come to this phone after you have signed in."),
        "not_here": _("Not on this phone"),
        "not_here_help": _("This enterprise or question is not among yours any more, or came after the last update."),
        "loading": _("Your briefings are coming"),
        "loading_help": _("This takes a few seconds. Afterwards everything works without a signal as well."),
        "nothing_kept": _("Nothing is kept on this phone yet"),
        "nothing_kept_help": _("Open this page once where there is a signal; from then on it works without one."),
        "not_officer": _("These pages are for liaison officers"),
        "not_officer_help": _(
            "You are acting in another role. Switch to that of the officer, then open this page again."
        ),
        "other_role": _("You are acting in another role. What waits is sent when you act as officer again."),
    }


def _today() -> dict[str, Word]:
    return {
        "n_to_see": _("to see: %(n)s"),
        "n_due": _("promises due: %(n)s"),
        "n_asked": _("questions open: %(n)s"),
        "first_things": _("First today"),
        "first_small": _("who needs it most"),
        "you_promised": _("You promised"),
        "answer_waited": _("An answer is waited for"),
        "clock_paused": _("the clock is paused until then"),
        "also_to_see": _("Also to see"),
        "no_reason": _("No reason to go"),
        "leave_them": _("leave them to their work"),
        "none_yet": _("You serve no enterprise yet"),
        "none_yet_help": _("The desk names the officers. Your enterprises and their reasons will stand here."),
        "all_sent": _("everything is sent"),
        "as_of": _("as of %(at)s"),
        "works_without": _("briefings are on this phone and open without a signal"),
        "last_contact": _("last contact %(at)s"),
        "never_contacted": _("never contacted"),
        "find_enterprise": _("Find an enterprise by name, place or trade"),
        "nobody_found": _("None of your enterprises fits. Try fewer letters."),
        "briefing": _("Briefing"),
        "nothing_new": _("Nothing new"),
        "kept": _("Kept"),
        "not_kept": _("Not kept"),
        "answer": _("Answer"),
    }


def _briefing() -> dict[str, Word]:
    return {
        "record": _("Record"),
        "start_record": _("Start to record"),
        "why_now": _("Why now"),
        "booked": _("Who is coming"),
        "open_cases": _("Open problems"),
        "n_cases": _("%(n)s open"),
        "no_case": _("No open case."),
        "asks": _("%(who)s asks:"),
        "promises_both": _("Promises of both sides"),
        "nothing_owed": _("Nothing is owed, on either side."),
        "by_us": _("promised by us: %(who)s"),
        "by_enterprise": _("promised by the enterprise"),
        "whom": _("Whom to speak to"),
        "no_number": _("no number"),
        "no_contact": _("No contact is on file: ask for one."),
        "ask_only": _("Ask only this"),
        "ask_only_small": _("all else is on file and fresh"),
        "ask_nothing": _("Everything held is fresh: ask nothing."),
        "faded": _("faded"),
        "not_on_file": _("not on file"),
        "last_contacts": _("Last contacts"),
        "on_file": _("What is on file (%(n)s)"),
        "as_of_day": _("as of %(day)s"),
        "whole_briefing": _("The whole briefing, with signal"),
    }


def _form() -> dict[str, Word]:
    return {
        "only_new": _("Only what is new; everything else is on file."),
        "draft_back": _("What you had typed here was kept and is filled in again."),
        "throw_draft": _("Throw it away"),
        "draft_full": _("This phone has no room to keep what you type. Save before you leave this page."),
        "mend": _("Not saved yet. Mend what is marked; nothing you typed is lost."),
        "how": _("How"),
        "whom_met": _("Whom did you speak to?"),
        "somebody_else": _("somebody else"),
        "for_booking": _("Was it a booked visit?"),
        "for_none": _("no"),
        "heard": _("What did you hear and see?"),
        "not_asked": _("not asked"),
        "add_problem": _("A new problem"),
        "add_promise": _("A promise"),
        "problem": _("Problem"),
        "problem_n": _("Problem %(n)s"),
        "problem_what": _("What is the problem?"),
        "problem_help": _("It becomes a case and goes to the desk."),
        "problem_empty": _("Write the problem, or take it away."),
        "category": _("What is it about?"),
        "category_unsure": _("not sure: the desk decides"),
        "wanted": _("What would solve it, by when?"),
        "confidential": _("Confidential: only you and the desk see the problem"),
        "promise": _("Promise"),
        "promise_n": _("Promise %(n)s"),
        "promise_what": _("What was promised?"),
        "promise_side": _("By whom?"),
        "promise_when": _("By when?"),
        "promise_day": _("A promise needs a day: say by when."),
        "promise_past": _("A promise is for today or a later day."),
        "promise_empty": _("Write what was promised, or take it away."),
        "take_away": _("Take away"),
        "earlier": _("It was earlier, or took how long"),
        "when": _("When was it?"),
        "when_help": _("Now, where you leave it empty."),
        "visit_ahead": _("The visit lies in the future. Correct its date."),
        "minutes": _("How many minutes?"),
        "minutes_range": _("Between 1 and 600 minutes."),
        "nothing_said": _("Write what you heard, or tap “Nothing new” on the briefing."),
        "save_on_phone": _("Save on the phone; sent when there is signal"),
        "phone_full": _(
            "This phone is full. What you typed still stands here: take pictures away or free room, then save again."
        ),
        "answer_label": _("The enterprise's answer"),
        "answer_empty": _("Write the answer."),
        "what_done": _("What was done? The enterprise reads it."),
        "what_done_empty": _("Say in a few words what was done; the enterprise reads it."),
        "why_not_kept": _("Why was it not kept?"),
        "why_not_empty": _("Say in a few words why it was not kept."),
    }


def _photos() -> dict[str, Word]:
    return {
        "photos": _("Pictures"),
        "photos_free": _("only if they help"),
        "photo_alt": _("Picture %(n)s"),
        "photo_step": _("Making picture %(n)s of %(all)s smaller …"),
        "photo_big": _("“%(name)s” is larger than %(most)s MB. Take it again with a smaller picture size."),
        "photo_no_image": _("“%(name)s” is not a picture that this phone can read, or is too large for it."),
        "photo_many": _("At most %(n)s pictures to a visit; the others were left out."),
        "photo_full": _(
            "This phone has no room for “%(name)s”. Your words are kept; take away a picture or free some room."
        ),
        "photos_only": _("Pictures of the visit."),
        "n_photos": [ngettext("%(n)s picture", "%(n)s pictures", n) for n in (1, 2)],
        "one_photo": _("A picture"),
    }


def _outbox() -> dict[str, Word]:
    return {
        "kind_visit": _("Visit"),
        "kind_answer": _("Answer to a question"),
        "kind_promise": _("Promise"),
        "promise_kept": _("Kept"),
        "promise_broken": _("Not kept"),
        "arrived": _("arrived"),
        "needs_you": _("needs you"),
        "needs_you_head": _("Needs you"),
        "is_sending": _("is being sent"),
        "waits": _("waits"),
        "waits_for_signal": _("Waits to be sent"),
        "n_on_phone": [
            ngettext("%(n)s thing on this phone is not sent yet.", "%(n)s things on this phone are not sent yet.", n)
            for n in (1, 2)
        ],
        "sent_by_itself": _(
            "It goes by itself when there is signal and arrives once. Do not clear the browser's data."
        ),
        "all_sent_long": _("Everything is sent. Nothing waits on this phone."),
        "saved_at": _("saved %(at)s"),
        "sent_at": _("sent at %(at)s"),
        "n_problems": [ngettext("%(n)s problem", "%(n)s problems", n) for n in (1, 2)],
        "n_promises": [ngettext("%(n)s promise", "%(n)s promises", n) for n in (1, 2)],
        "why_lost": _("No answer came back. It is sent again under the same number, so it cannot arrive twice."),
        "why_busy": _("The office's computer is busy. It is tried again by itself."),
        "why_login": _("It waits until you have signed in again."),
        "why_unknown": _("The office's computer did not take it."),
        "edit": _("Change"),
        "copy_text": _("Copy the text"),
        "copied": _("The text is copied."),
        "throw_away": _("Throw this away"),
        "thrown_away": _("Thrown away."),
        "sure_item": _("Throw away what you recorded for %(name)s? It has not been sent and cannot be brought back."),
        "sure_draft": _("Throw away what you typed? It cannot be brought back."),
        "sure_photo": _("Throw this picture away? It has not been sent."),
        "try_now": _("Try now"),
        "try_again": _("Send again"),
        "yours": _("Yours"),
        "stands": _("What stands now"),
        "send_as_further": _("Send mine as a further record"),
        "answer_new_question": _("Use mine for the new question"),
        "leave_theirs": _("Leave it as it stands"),
        "open_page": _("Open its page"),
        "choose_one": _("Choose one"),
        "both_changed": _("both sides changed it"),
        "on_file_now": _("On file now"),
        "nothing_held": _("nothing held"),
        "take_mine": _("Take mine"),
        "take_theirs": _("Keep what is on file"),
        "other_in_history": _("The other one stays in the history."),
        "chosen": _("Chosen. The other one stays in the history."),
        "needs_signal": _("This needs a signal. Try again when it is back."),
        "half_written": _("Half written"),
        "not_saved_yet": _("not saved yet"),
        "go_on_writing": _("Go on writing"),
        "sent_today": _("Sent in the last day"),
        "saved_on_phone": _("Saved on this phone. It is sent as soon as there is a signal."),
        "saved_nothing_new": _("Saved: contact with %(name)s, nothing new."),
        "sent_meanwhile": _(
            "The version before was being sent while you changed it. Save again to send this one as a further record."
        ),
    }


def _keeping() -> dict[str, Word]:
    return {
        "log_out": _("Log out"),
        "send_first": _("Send it first; or it alone stays on this phone, for your next log-in."),
        "leave_keep": _("Log out; what is unsent waits for me here"),
        "leave_clean": _("Nothing waits to be sent. Briefings and pictures are deleted from this phone."),
        "left_offline": _(
            "What was on this phone is deleted. Your log-in at the office's computer ends when there is signal again."
        ),
        "drafts_go": [
            ngettext(
                "%(n)s half-written form is thrown away. Save it first if you want to keep it:",
                "%(n)s half-written forms are thrown away. Save them first if you want to keep them:",
                n,
            )
            for n in (1, 2)
        ],
        "kept_how_long": _(
            "Briefings are deleted when you log out, when this phone has not been in contact for %(n)s days,"
            " and when the desk revokes the phone."
        ),
        "not_locked": _("This does not protect a phone that is not locked: keep a screen lock on it."),
        "room": _("%(used)s MB used here, %(free)s MB free for it"),
        "forgot_old": _(
            "The briefings were older than allowed and were deleted. Sign in where there is a signal: they come back,"
            " and what is unsent is sent."
        ),
        "revoked": _("This phone was revoked"),
        "revoked_help": _("All that it kept was deleted, unsent visits too. Ask the desk if that was a mistake."),
        "set_up_again": _("Set it up again"),
    }
