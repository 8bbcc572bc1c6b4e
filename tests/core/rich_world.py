"""A world in which every wall has something on both of its sides: two counties, a second place, every role."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db import models

from openliaison.accounts.models import ApiToken, Invitation, LoginAttempt, Organisation, Role, User
from openliaison.cases.models import (
    Case,
    CaseFile,
    Entry,
    Extension,
    ExternalRef,
    Handling,
    Objection,
    Promise,
    ReplyTemplate,
)
from openliaison.core import journal, reads, seals
from openliaison.core.models import Counter, Locality, Place, Receipt, SavedView, Task
from openliaison.core.scope import Scope
from openliaison.desks.models import Handover
from openliaison.register.models import (
    Booking,
    BurdenEntry,
    Contact,
    DiaryMark,
    Enterprise,
    Fact,
    GroupTie,
    ImportBatch,
    ImportMapping,
    ImportRow,
    Link,
    LookAlike,
    Merge,
    Refusal,
    Site,
)
from openliaison.visits.models import (
    Correction,
    Device,
    FactConflict,
    LateVisit,
    Proposal,
    Suggestion,
    Visit,
    VisitFile,
)
from tests import factories
from tests.conftest import NOON

YESTERDAY, TODAY = NOON.date() - timedelta(days=1), NOON.date()
_numbers = count(1)
HERE, NEIGHBOUR = "211221", "211223"


class RichWorld:
    """`roles` holds every kind of person on either side; `scopes()` is what the walls are asked with."""

    def __init__(self) -> None:
        self.place = factories.place()
        self.abroad = factories.place("riverton-en")
        self.roles: dict[str, Role] = {}
        self._enterprises()
        self._people()
        self._links()
        for firm in (self.mine, self.theirs, self.far, self.foreign, self.merged):
            self._held(firm)
        self._ties()
        for firm in (self.mine, self.theirs, self.far, self.foreign):
            self._cases(firm)
            self._visits(firm)
            self._diary(firm)
        for role in list(self.roles.values()):
            self._own(role)
        self._imports()
        self._house()

    def scopes(self) -> dict[str, Scope]:
        return {name: role.scope(NOON) for name, role in self.roles.items()}

    # ── who there is ──

    def _enterprises(self) -> None:
        neighbour = Locality.objects.filter(place=self.place, parent__code=NEIGHBOUR).order_by("code")[0]
        abroad = Locality.objects.filter(place=self.abroad, level="township").order_by("code")[0]
        self.mine = factories.enterprise("北岗专用汽车有限公司", at="211221101")
        self.theirs = factories.enterprise("别家企业有限公司", at="211221101")
        self.far = factories.enterprise("邻县企业有限公司", at=neighbour.code)
        self.foreign = self._firm("Riverton Castings", abroad)
        self.merged = factories.enterprise("并入的企业", at="211221101", merged_into=self.mine)

    def _firm(self, name: str, where: Locality) -> Enterprise:
        return Enterprise.objects.create(
            place=where.place, name=name, locality=where, locality_path=where.path, created_at=NOON
        )

    def _people(self) -> None:
        for area, tail in ((HERE, ""), (NEIGHBOUR, " next door")):
            for kind in ("officer", "coordinator", "leader", "inspector", "analyst", "administrator"):
                self.roles[f"{kind}{tail}"] = factories.role(kind, area=area)
        self.roles["coordinator of the city"] = factories.role("coordinator", area="211200")
        self.roles["coordinator of the township"] = factories.role("coordinator", area="211221101")
        self.roles["officer of another"] = factories.role("officer")
        self.roles["officer who left"] = factories.role("officer")
        self.roles["handler of the lead"] = factories.role("handler", org="grid")
        self.roles["colleague in the lead"] = factories.role("handler", org="grid")
        self.roles["handler helping"] = factories.role("handler", org="housing")
        self.roles["handler from whom it was taken"] = factories.role("handler", org="water")
        self.roles["handler with nothing"] = factories.role("handler", org="tax")
        self.roles["enterprise"] = factories.role("enterprise", enterprise=self.mine)
        self.roles["another enterprise"] = factories.role("enterprise", enterprise=self.theirs)
        self.roles["enterprise next door"] = factories.role("enterprise", enterprise=self.far)
        for kind in ("officer", "coordinator", "leader", "administrator", "handler", "enterprise"):
            self.roles[f"{kind} abroad"] = self._abroad(kind)

    def _abroad(self, kind: str) -> Role:
        root = Locality.objects.get(path=self.abroad.root_path)
        office = Organisation.objects.filter(place=self.abroad).order_by("code")[0]
        area = None if kind in ("handler", "enterprise") else root
        return Role.objects.create(
            user=factories.user(),
            place=self.abroad,
            kind=kind,
            locality=area,
            organisation=office if kind == "handler" else None,
            enterprise_id=self.foreign.pk if kind == "enterprise" else None,
        )

    def _links(self) -> None:
        officers = {
            "officer": (self.mine, "officer"),
            "officer of another": (self.theirs, "officer"),
            "officer next door": (self.far, "officer"),
            "officer abroad": (self.foreign, "officer"),
        }
        for name, (firm, kind) in officers.items():
            factories.stationed(self.roles[name], firm, kind)
        factories.stationed(self.roles["officer of another"], self.merged, "cover")
        factories.stationed(self.roles["officer who left"], self.mine, "deputy", ends_on=YESTERDAY)
        for name, firm in (("grid", self.mine), ("housing", self.theirs)):
            office = factories.organisation(name)
            Link.objects.create(
                place=self.place, enterprise=firm, organisation=office, kind="handler", starts_on=date(2026, 1, 1)
            )
        ended = factories.organisation("water")
        Link.objects.create(
            place=self.place, enterprise=self.mine, organisation=ended, kind="handler", starts_on=date(2026, 1, 1),
            ends_on=YESTERDAY,
        )  # fmt: skip

    # ── what is held of an enterprise ──

    def _held(self, firm: Enterprise) -> None:
        for number, secrecy in enumerate(("public", "official", "restricted", "private")):
            for superseded in (None, NOON):
                Fact.objects.create(
                    enterprise=firm,
                    key=f"fact_{number}",
                    value=number,
                    sensitivity=secrecy,
                    source="visit",
                    as_of=TODAY,
                    recorded_at=NOON,
                    superseded_at=superseded,
                )
        Contact.objects.create(enterprise=firm, name="赵敏", is_main=True, recorded_at=NOON)
        Contact.objects.create(enterprise=firm, name="离任者", ends_on=YESTERDAY, recorded_at=NOON)
        Site.objects.create(enterprise=firm, name="二厂", locality=firm.locality)
        for role in ("coordinator", "inspector"):
            scope = self.roles[role].scope(NOON)
            reads.write(scope=scope, enterprise_id=firm.pk, at=NOON)

    def _ties(self) -> None:
        for parent, child in ((self.mine, self.theirs), (self.theirs, self.far), (self.far, self.foreign)):
            GroupTie.objects.create(parent=parent, child=child)

    # ── cases ──

    def _cases(self, firm: Enterprise) -> None:
        officer = {self.mine: "officer", self.theirs: "officer of another", self.far: "officer next door"}
        user = self.roles[officer.get(firm, "officer abroad")].user
        own = Role.objects.filter(enterprise_id=firm.pk).select_related("user")[0].user
        kinds: dict[str, dict[str, Any]] = {
            "open": {"officer": user},
            "drafted by the officer": {"status": "draft", "channel": "visit", "officer": user, "raised_by": user},
            "drafted by the enterprise": {"status": "draft", "channel": "enterprise", "raised_by": own},
            "confidential, by the enterprise": {"is_confidential": True, "channel": "enterprise", "raised_by": own},
            "confidential, through the officer": {"is_confidential": True, "officer": user},
            "confidential, received by the city": {"is_confidential": True, "received": "tieling/211200/"},
            "closed": {"status": "closed", "outcome": "solved", "closed_at": NOON},
            "for the arbiter": {"arbiter": self.roles["handler helping"].user},
        }
        for name, fields in kinds.items():
            self._case(firm, name, {"raised_by": user, "channel": "phone"} | fields)

    def _case(self, firm: Enterprise, name: str, fields: dict[str, Any]) -> None:
        received = fields.pop("received", self._county(firm).path)
        status = fields.pop("status", "submitted")
        case = Case.objects.create(
            place=firm.place,
            number=f"R-{next(_numbers):04d}",
            enterprise=firm,
            locality_path=firm.locality_path,
            received_path=received,
            title=name,
            text=name,
            status=status,
            submitted_at=None if status == "draft" else NOON,
            created_at=NOON,
            lead=None if status == "draft" or firm == self.foreign else factories.organisation("grid"),
            **fields,
        )
        self._pieces(case)
        self._around(case)

    def _county(self, firm: Enterprise) -> Locality:
        return firm.locality.parent or firm.locality

    def _pieces(self, case: Case) -> None:
        """Lead, helper, and one from whom it was taken; in a confidential case a named person each."""
        if case.lead is None:
            return
        for code, name, part, ended in (
            ("grid", "handler of the lead", "lead", None),
            ("housing", "handler helping", "co", None),
            ("water", "handler from whom it was taken", "co", NOON),
        ):
            Handling.objects.create(
                case=case,
                organisation=factories.organisation(code),
                user=self.roles[name].user if case.is_confidential else None,
                locality_path=case.locality_path,
                part=part,
                starts_at=NOON,
                ends_at=ended,
            )

    def _around(self, case: Case) -> None:
        author = case.raised_by
        if case.submitted_at:
            Entry.objects.create(case=case, kind="submitted", at=NOON, author=author)
        file = {"content_type": "text/plain", "size": 1, "uploaded_by": author, "uploaded_at": NOON}
        for is_internal in (False, True):
            entry = Entry.objects.create(case=case, kind="note", at=NOON, author=author, is_internal=is_internal)
            CaseFile.objects.create(
                case=case, entry=entry, name=f"{is_internal}.txt", sha256="0" * 64, is_internal=is_internal, **file
            )
            ExternalRef.objects.create(
                case=case, system=f"s{is_internal}".lower(), number="1", changed_at=NOON, is_internal=is_internal
            )
        Extension.objects.create(case=case, days=3, reason="x", asked_by=author, asked_at=NOON)
        if case.lead:
            Objection.objects.create(
                case=case, organisation=case.lead, reason="x", raised_by=author, raised_at=NOON, rule_by_at=NOON
            )
        for side, office in (("county", case.lead or self._office(case.place)), ("enterprise", None)):
            self._promise(case.enterprise, author, side, office, case=case, is_confidential=case.is_confidential)
        self._promise(case.enterprise, author, "county", self._office(case.place))

    def _office(self, place: Place) -> Organisation:
        return Organisation.objects.filter(place=place).order_by("code")[0]

    def _promise(self, firm: Enterprise, by: User, side: str, office: Organisation | None, **fields: Any) -> None:
        Promise.objects.create(
            place=firm.place,
            enterprise=firm,
            locality_path=firm.locality_path,
            side=side,
            organisation=office,
            made_by=by,
            made_at=NOON,
            text="x",
            due_on=TODAY,
            **fields,
        )

    def _visits(self, firm: Enterprise) -> None:
        officer = Link.objects.get(enterprise=firm, kind="officer").user
        visit = Visit.objects.create(
            place=firm.place,
            enterprise=firm,
            locality_path=firm.locality_path,
            officer=officer,
            at=NOON,
            nothing_new=True,
            recorded_at=NOON,
        )
        where = {"enterprise": firm, "locality_path": firm.locality_path}
        VisitFile.objects.create(
            visit=visit,
            name="x.jpg",
            content_type="image/jpeg",
            size=1,
            sha256="0" * 64,
            uploaded_by=officer,
            uploaded_at=NOON,
            **where,
        )
        Correction.objects.create(visit=visit, made_by=visit.officer, made_at=NOON, reason="x", was={}, **where)
        FactConflict.objects.create(visit=visit, key="employees", mine=1, theirs=2, found_at=NOON, **where)
        Device.objects.create(place=firm.place, user=officer, name="x", first_seen_at=NOON, synced_at=NOON)
        LateVisit.objects.create(
            place=firm.place,
            client_key=uuid.uuid4(),
            role=Role.objects.filter(user=officer)[0],
            user=officer,
            enterprise=firm,
            received_at=NOON,
        )
        proposal = Proposal.objects.create(
            place=firm.place,
            locality=firm.locality,
            locality_path=firm.locality_path,
            wanted={"usual": 3, "most": 5},
            made_by=officer,
            made_at=NOON,
        )
        Suggestion.objects.create(proposal=proposal, change="new", cost=1, officer=officer, **where)

    def _diary(self, firm: Enterprise) -> None:
        """Bookings, marks and ledger lines of an office with a part here, of one without, and of no office."""
        where = {"enterprise": firm, "locality_path": firm.locality_path}
        asker = Link.objects.get(enterprise=firm, kind="officer").user
        offices = Organisation.objects.filter(place=firm.place, pk__in=self._offices(firm.place))
        for office in (None, *offices):
            booking = Booking.objects.create(
                place=firm.place,
                organisation=office,
                requested_by=asker,
                requested_at=NOON,
                kind="study",
                purpose="x",
                starts_at=NOON,
                minutes=60,
                state="not_now",
                instead="by_phone",
                **where,
            )
            Refusal.objects.create(booking=booking, reason="x", refused_at=NOON, **where)
            BurdenEntry.objects.create(
                place=firm.place,
                organisation=office,
                kind="study",
                what="x",
                on=TODAY,
                minutes=60,
                source=booking.client_key,
                **where,
            )
            DiaryMark.objects.create(
                place=firm.place, enterprise=firm, on=TODAY, minutes=60, is_at_door=True, source=booking.client_key
            )
        for role in self.roles.values():
            if role.place_id == firm.place_id and role.kind in ("leader", "officer"):
                Booking.objects.create(
                    place=firm.place,
                    requested_by=role.user,
                    requested_at=NOON,
                    kind="study",
                    purpose="x",
                    starts_at=NOON,
                    minutes=60,
                    **where,
                )

    def _offices(self, place: Place) -> list[int]:
        return [r.organisation_id for r in self.roles.values() if r.place_id == place.pk and r.organisation_id]

    # ── what is one's own, and the house's ──

    def _own(self, role: Role) -> None:
        Task.objects.create(person=role.user, place=role.place, subject="x:1", about="x", url="/", created_at=NOON)
        SavedView.objects.create(person=role.user, page="cases", name="x", query="")
        Receipt.objects.create(
            client_key=uuid.uuid4(), person=role.user, room="visits.visit", row_id=1, body_hash="0" * 64, at=NOON
        )
        ApiToken.objects.create(
            role=role,
            user=role.user,
            place=role.place,
            name="x",
            token_hash=uuid.uuid4().hex,
            created_at=NOON,
            expires_at=NOON,
        )
        if role.kind == "officer":
            self._hand_over(role)

    def _hand_over(self, role: Role) -> None:
        Handover.objects.create(
            place=role.place,
            person=role.user,
            successor=factories.user(),
            kind="leave",
            starts_on=TODAY,
            made_by=role.user,
            made_at=NOON,
        )

    def _imports(self) -> None:
        for firm in (self.mine, self.far, self.foreign):
            batch = ImportBatch.objects.create(
                place=firm.place,
                locality_path=self._county(firm).path,
                file_name="x.csv",
                sha256="0" * 64,
                source="x",
                as_of=TODAY,
                created_at=NOON,
            )
            ImportRow.objects.create(batch=batch, row_number=1, action="created", enterprise=firm)
            ImportMapping.objects.create(place=firm.place, signature=firm.name[:20], mapping={}, used_at=NOON)
            LookAlike.objects.create(place=firm.place, key=firm.name, enterprise=firm, is_same=True, decided_at=NOON)
            Merge.objects.create(
                place=firm.place,
                locality_path=firm.locality_path,
                kept=firm,
                taken=self.merged,
                merged_by=self.roles["coordinator"].user,
                merged_at=NOON,
            )
            Invitation.objects.create(
                token_hash=uuid.uuid4().hex,
                purpose="join",
                place=firm.place,
                kind="enterprise",
                enterprise_id=firm.pk,
                created_at=NOON,
                expires_at=NOON,
            )
            journal.record(firm, "registered", by=self.roles["coordinator"], at=NOON)
            ReplyTemplate.objects.get_or_create(
                place=firm.place, reply_kind="solved", defaults={"name": "x", "body": "x"}
            )

    def _house(self) -> None:
        Counter.next("case:1:2026")
        LoginAttempt.objects.create(username="x", address=None, at=NOON)
        seals.seal_all(NOON)


def rows(model: type[models.Model]) -> int:
    return model._base_manager.count()  # type: ignore[attr-defined]
