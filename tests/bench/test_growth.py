"""Grown rows stand as services would have left them: a sample is played again through the services."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from stdnum.cn import uscc

from openliaison.accounts.models import Organisation, Role, User
from openliaison.cases import services
from openliaison.cases.models import Case, Entry, Promise
from openliaison.cases.services import steps
from openliaison.core.jobs import settle_tasks
from openliaison.core.models import Journal, Place, Task
from openliaison.desks.growth import grow
from openliaison.desks.growth.names import official_number
from openliaison.register.models import Booking, BurdenEntry, DiaryMark, Enterprise, Fact, Link, Refusal
from openliaison.register.services import add_enterprise
from openliaison.register.services.diary_steps import spend
from openliaison.visits.models import Visit
from openliaison.visits.services.spending import note_time
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
K = Entry.Kind


def _people() -> None:
    factories.place()
    factories.role("coordinator")
    factories.role("coordinator", area="211200")
    factories.role("leader", area="211200")
    for code in ("grid", "housing", "iit", "finance"):
        factories.role("handler", org=code)


def _grown(enterprises=40, cases=160, **more):
    _people()
    return grow(enterprises=enterprises, cases=cases, at=NOON, say=lambda text: None, **more)


class Replay:
    """Plays a grown case again through the services, by its entries, as another case of the same enterprise."""

    def __init__(self, old: Case) -> None:
        self.old = old
        self.promises = list(old.promises.order_by("made_at"))

    def run(self) -> Case:
        old, entries = self.old, list(self.old.entries.order_by("at", "id"))
        by = self._role(old.raised_by_id, entries[0].author_role if entries else "enterprise")
        self.case = services.open_case(
            enterprise=old.enterprise, text=old.text, text_en=old.text_en, title=old.title, title_en=old.title_en,
            category=old.category, is_confidential=old.is_confidential, channel=old.channel, by=by, at=old.created_at,
            contact_name=old.contact_name, contact_phone=old.contact_phone, as_draft=not entries,
        )  # fmt: skip
        before = None
        for entry in entries[1:]:
            self._promised(entry.at)
            self._step(entry, before)
            self._settle_tasks()
            before = entry
        self._promised(NOON)
        return Case.objects.get(pk=self.case.pk)

    def _role(self, user_id: int, kind: str) -> Role:
        return Role.objects.get(user_id=user_id, kind=kind)

    def _promised(self, until) -> None:
        while self.promises and self.promises[0].made_at < until:
            row = self.promises.pop(0)
            by = self._role(row.made_by_id, "handler")
            made = services.make_promise(
                enterprise=row.enterprise, case=self._fresh(), text=row.text, due_on=row.due_on, by=by, at=row.made_at
            )
            if row.settled_at:
                is_kept = row.state == Promise.State.KEPT
                services.keep_promise(
                    promise=made, is_kept=is_kept, reason=row.settled_reason, by=by, at=row.settled_at
                )
                self._settle_tasks()

    def _fresh(self) -> Case:
        return Case.objects.get(pk=self.case.pk)

    def _step(self, entry: Entry, before: Entry | None) -> None:
        if entry.kind == K.PLANNED or (entry.kind == K.CLOSED and before and before.kind == K.CONFIRMED):
            return  # they follow from the enterprise's yes
        by = self._role(entry.author_id, entry.author_role) if entry.author_id else None
        words = {"text": entry.text, "text_en": entry.text_en}
        common = {"case": self._fresh(), "by": by, "at": entry.at}
        verb, arguments = self._call(entry, words)
        getattr(services, verb)(**common, **arguments)

    def _call(self, entry: Entry, words: dict) -> tuple[str, dict]:
        detail, old = entry.detail, self.old
        lead = Organisation.objects.filter(pk=detail.get("lead")).first()
        person = None
        if old.is_confidential and lead:
            person = User.objects.get(roles__organisation=lead, roles__kind="handler")
        match entry.kind:
            case K.ASSIGNED:
                return "assign_case", {"lead": lead, "person": person}
            case K.CO_ADDED:
                return "add_co_handler", {"organisation": Organisation.objects.get(pk=detail["organisation_id"])}
            case K.RULED:
                return "rule_objection", {"lead": lead} | words
            case K.OBJECTED:
                return "object_to_case", {"reason": entry.text, "reason_en": entry.text_en}
            case K.EXTENSION_ASKED:
                return "request_extension", {"days": detail["days"], "reason": entry.text}
            case K.EXTENSION_GRANTED:
                return "rule_extension", {"is_granted": True} | words
            case K.REPLIED:
                planned = old.entries.filter(kind=K.REPLIED).last().detail["planned_on"]
                day = date.fromisoformat(planned) if planned else None
                return "reply_case", {"reply_kind": detail["reply_kind"], "planned_on": day} | words
            case K.CONFIRMED:
                is_enough = detail["verdict"] == "partly"
                return "confirm_case", {
                    "verdict": detail["verdict"], "is_enough": is_enough, "satisfaction": detail["satisfaction"],
                } | words  # fmt: skip
            case K.REJECTED:
                return "confirm_case", {"verdict": "no"} | words
            case K.DUE_AGAIN:
                return "ask_again", {}
            case K.CALLED:
                return "record_call", {"reached": detail["reached"]} | words
            case K.CLOSED:
                return {
                    "silent": ("close_silent", words),
                    "withdrawn": ("confirm_withdrawal", words),
                    "declined": ("decline_case", {"reason": old.decline_reason} | words),
                    "duplicate": ("mark_duplicate", {"of": old.duplicate_of} | words),
                }[detail["outcome"]]
        plain = {
            K.CONTACTED: "record_contact", K.ANSWERED: "answer_case", K.NOTE: "note_case", K.ASKED: "ask_enterprise",
            K.ANSWER: "answer_question", K.CO_DONE: "finish_piece", K.REFERRED_UP: "refer_up",
            K.RETURNED: "return_from_above", K.REMINDED: "remind_enterprise", K.REOPENED: "reopen_case",
            K.WITHDRAWAL_ASKED: "request_withdrawal",
        }  # fmt: skip
        return plain[entry.kind], words

    def _settle_tasks(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("delete from procrastinate_jobs returning task_name, args")
            for name, args in cursor.fetchall():
                if name == "core.settle_tasks":
                    settle_tasks(**json.loads(args))


OWN_OF_EACH = {"id", "number", "client_key", "visit_id", "search"}


def _columns(row, leave_out=()) -> dict:
    left = OWN_OF_EACH | {"case_id"} | set(leave_out)
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname not in left}


def _of(case: Case) -> dict:
    """Everything that hangs on a case, without what is each row's own."""
    extensions = [_columns(x) for x in case.extensions.all()]
    return {
        "case": _columns(case),
        "entries": [_columns(e) for e in case.entries.order_by("at", "id")],
        "handlings": sorted((_columns(h) for h in case.handlings.all()), key=lambda h: (h["starts_at"], h["part"])),
        "objections": [_columns(o) for o in case.objections.all()],
        "extensions": extensions,
        "promises": [_columns(p) for p in case.promises.order_by("made_at")],
        "tasks": sorted(
            (t.person_id, t.kind, t.created_at, t.due_at, t.kind == "task" and t.done_at is None)
            for t in Task.objects.filter(subject=f"cases.case:{case.pk}")
        ),
    }


def _is_found_as_services_find(case: Case) -> bool:
    as_text = {"held": Cast("search", TextField()), "wanted": Cast(steps.search_words(case), TextField())}
    row = Case.objects.filter(pk=case.pk).annotate(**as_text).get()
    return row.held == row.wanted


def _differences(grown, played, where="") -> list[str]:
    if isinstance(grown, dict) and isinstance(played, dict):
        return [d for k in grown for d in _differences(grown[k], played[k], f"{where}.{k}")]
    if isinstance(grown, list) and isinstance(played, list) and len(grown) == len(played):
        pairs = enumerate(zip(grown, played, strict=True))
        return [d for n, (a, b) in pairs for d in _differences(a, b, f"{where}[{n}]")]
    return [] if grown == played else [f"{where}: grown {grown!r}, played {played!r}"]


def _way(case: Case) -> tuple:
    """Which way a case went: its kinds of entries, in order."""
    return (case.is_confidential, *case.entries.order_by("at", "id").values_list("kind", flat=True))


def test_a_case_of_every_way_is_as_services_leave_it():
    _grown(cases=900)
    ways = {}
    for case in Case.objects.select_related("enterprise__place", "category", "duplicate_of").order_by("-id"):
        ways.setdefault(_way(case), case)
    assert len(ways) > 20

    for way, old in ways.items():
        assert _differences(_of(old), _of(Replay(old).run())) == [], (old.number, way)
        assert _is_found_as_services_find(old)


def test_every_state_and_outcome_is_there(monkeypatch):
    monkeypatch.setattr("openliaison.desks.growth.lives.LATE_DAYS", 2000)  # what stands still, of any age
    monkeypatch.setattr("openliaison.desks.growth.firms.ON_LINE", 0.7)
    _grown(enterprises=40, cases=900)

    assert set(Case.objects.values_list("status", flat=True)) == set(Case.Status.values)
    assert set(Case.objects.exclude(outcome="").values_list("outcome", flat=True)) == set(Case.Outcome.values)
    first, last = (Case.objects.order_by(by).first().created_at for by in ("created_at", "-created_at"))
    assert last - first > timedelta(days=700) and last <= NOON
    numbers = list(
        Case.objects.filter(number__startswith="2026").order_by("created_at").values_list("number", flat=True)
    )
    assert numbers == sorted(numbers, key=lambda n: int(n[5:]))


def test_an_enterprise_is_as_the_register_takes_it_in():
    _grown(enterprises=40, cases=0)
    grown = list(Enterprise.objects.all())
    vectors = dict(Enterprise.objects.extra(select={"v": "search::text"}).values_list("number", "v"))
    was = {e.number: _columns(e, ["search"]) for e in grown}
    Enterprise.objects.update(number="")

    for e in grown:
        assert e.is_example and uscc.is_valid(e.number)
        made = add_enterprise(
            place=e.place, name=e.name, name_en=e.name_en, number=e.number, street=e.street, locality=e.locality,
            industry=e.industry, status=e.status, is_example=True, by=None, at=e.created_at,
        )  # fmt: skip
        made.refresh_from_db()
        assert _columns(made, ["search"]) == was[e.number]
        assert made.search == vectors[e.number]


def test_team_contacts_facts_and_visits_hang_together():
    _grown(enterprises=80, cases=0)

    officers = Link.objects.filter(kind="officer")
    assert 0.4 < officers.count() / 80 < 0.9
    assert set(Visit.objects.values_list("officer_id", "enterprise_id")) <= set(
        officers.values_list("user_id", "enterprise_id")
    )
    assert all(e.contacts.filter(is_main=True).count() == 1 for e in Enterprise.objects.all())
    assert Fact.objects.current().filter(key="employees").count() == 80
    assert not User.objects.filter(username__startswith="g", is_demo=True).exists()


def test_the_diary_and_the_ledger_hold_what_services_would_have_written():
    _grown(enterprises=120, cases=60)

    assert set(Booking.objects.values_list("state", flat=True)) == set(Booking.State.values)
    bookings = {b.client_key: b for b in Booking.objects.select_related("place", "enterprise__place", "organisation")}
    grown = (_kept(DiaryMark, bookings), _kept(BurdenEntry, bookings))
    for booking in bookings.values():
        spend(booking, by=None, at=NOON)
    assert (_kept(DiaryMark, bookings), _kept(BurdenEntry, bookings)) == grown
    assert all(r.booking.state == "not_now" for r in Refusal.objects.select_related("booking"))

    late = Visit.objects.filter(at__gte=NOON - timedelta(days=300)).select_related("place", "enterprise", "officer")
    keys = {v.client_key for v in late}
    assert keys
    grown = (_kept(DiaryMark, keys), _kept(BurdenEntry, keys))
    for visit in late:
        note_time(visit, Role.objects.get(user_id=visit.officer_id, kind="officer"), NOON)
    assert (_kept(DiaryMark, keys), _kept(BurdenEntry, keys)) == grown

    count = Booking.objects.count()
    grow(enterprises=0, cases=0, at=NOON, say=lambda text: None, seed=1)
    assert not Link.objects.filter(kind__in=("officer", "deputy"), ends_on=None, term_until=None).exists()
    with_some = Enterprise.objects.exclude(bookings=None).count()
    assert Booking.objects.count() > count and with_some < Enterprise.objects.count()


def _kept(model, sources) -> set[tuple]:
    names = [f.attname for f in model._meta.concrete_fields if f.name not in ("id", "what", "what_en")]
    return set(model.objects.filter(source__in=list(sources)).values_list(*names))


def test_an_offices_link_ends_ninety_days_after_its_last_case_closed():
    _grown()
    handlers = Link.objects.filter(kind="handler")
    assert handlers.filter(ends_on=None).exists() and handlers.exclude(ends_on=None).exists()

    for link in handlers:
        mine = Case.objects.filter(
            enterprise_id=link.enterprise_id, is_confidential=False, handlings__organisation_id=link.organisation_id,
            handlings__ends_at=None,
        )  # fmt: skip
        closed = [c.closed_at for c in mine]
        zone = link.place.zone
        wanted = None if None in closed else max(closed).astimezone(zone).date() + timedelta(days=90)
        assert link.ends_on == wanted


def test_the_same_seed_gives_the_same_rows_and_a_second_run_adds_others():
    _people()

    def grown():
        grow(enterprises=5, cases=12, at=NOON, say=lambda text: None)
        return list(Case.objects.order_by("id").values_list("title", "created_at", "status", "due_at"))

    with transaction.atomic():
        first = grown()
        transaction.set_rollback(True)
    assert grown() == first

    both = grown()
    assert both[:12] == first and both[12:] != first
    assert len(set(Case.objects.values_list("number", flat=True))) == 24
    assert Enterprise.objects.count() == 10


def test_one_journal_row_names_the_batch():
    _grown(enterprises=3, cases=4, seed=7)

    (row,) = Journal.objects.filter(verb="grown")
    assert '"cases": 4' in row.detail and '"enterprises": 3' in row.detail and '"seed": 7' in row.detail


def test_a_place_that_is_not_an_example_is_left_alone(capsys):
    from openliaison.desks import commands

    _people()
    Place.objects.update(is_example=False)
    assert commands.demo_grow(["--enterprises", "2", "--cases", "2", "--place", "tieling"]) == 2
    assert "is not an example" in capsys.readouterr().err
    assert not Enterprise.objects.exists()


def test_numbers_of_the_scheme_carry_right_check_digits():
    made = [official_number("cn.uscc", n, "211221101") for n in range(300)]

    assert len(set(made)) == 300 and all(uscc.is_valid(n) for n in made)
    assert official_number("none", 1, "x") == ""
