"""Small rows for tests, each with sensible defaults. Nothing random."""

from __future__ import annotations

from datetime import date
from functools import cache
from io import BytesIO
from itertools import count
from pathlib import Path

from PIL import Image

from openliaison.accounts.models import Organisation, Role, User
from openliaison.accounts.services import seed_organisations
from openliaison.cases import services as cases
from openliaison.cases.models import Case, Category
from openliaison.core.models import Locality, Place
from openliaison.core.place_pack import PlacePack, read_pack
from openliaison.core.places import seed_place
from openliaison.register.models import Enterprise, Link
from openliaison.register.services import seed_fact_definitions
from tests.conftest import NOON, ROOT

_numbers = count(1)


@cache
def pack(name: str) -> PlacePack:
    return read_pack(Path(ROOT) / "places" / name)


def place(name: str = "tieling") -> Place:
    """The place as its files give it, with organisations, categories and fact catalogue."""
    found = Place.objects.filter(code=pack(name).place.code).first()
    if found:
        return found
    made = seed_place(pack(name))
    seed_organisations(made, pack(name).organisations)
    cases.seed_categories(made, pack(name).categories)
    seed_fact_definitions(made, pack(name).facts)
    return made


def locality(code: str = "211221101", *, of: Place | None = None) -> Locality:
    return Locality.objects.get(place=of or place(), code=code)


def organisation(code: str = "grid", *, of: Place | None = None) -> Organisation:
    return Organisation.objects.get(place=of or place(), code=code)


def category(code: str = "energy") -> Category:
    return Category.objects.get(place=place(), code=code)


def user(name: str = "", **fields) -> User:
    name = name or f"user{next(_numbers)}"
    return User.objects.create(username=name, display_name=name, password="!", **fields)


def role(
    kind: str, *, org: str = "", area: str = "211221", enterprise: Enterprise | None = None, who: User | None = None
) -> Role:
    """A person acting as `kind`; handlers by organisation, the others by area or enterprise."""
    is_area = kind not in ("handler", "enterprise")
    return Role.objects.create(
        user=who or user(),
        place=place(),
        kind=kind,
        organisation=organisation(org) if org else (organisation() if kind == "handler" else None),
        locality=locality(area) if is_area else None,
        enterprise_id=enterprise.pk if enterprise else None,
    )


def enterprise(name: str = "", *, at: str = "211221101", **fields) -> Enterprise:
    where = locality(at)
    number = next(_numbers)
    return Enterprise.objects.create(
        place=where.place,
        name=name or f"示例企业{number}有限公司",
        locality=where,
        locality_path=where.path,
        created_at=NOON,
        **fields,
    )


def stationed(officer: Role, at: Enterprise, kind: str = "officer", **fields) -> Link:
    return Link.objects.create(
        place=at.place, enterprise=at, user=officer.user, kind=kind, starts_on=date(2026, 1, 1), **fields
    )


def png(side: int = 4) -> bytes:
    """A small picture."""
    out = BytesIO()
    Image.new("RGB", (side, side), "red").save(out, "PNG")
    return out.getvalue()


class World:
    """One enterprise with its officer, manager, desk, lead department and leader."""

    def __init__(self) -> None:
        self.place = place()
        self.enterprise = enterprise("北岗专用汽车有限公司")
        self.officer = role("officer")
        self.coordinator = role("coordinator")
        self.lead = role("handler", org="grid")
        self.other = role("handler", org="housing")
        self.leader = role("leader")
        self.manager = role("enterprise", enterprise=self.enterprise)
        self.stranger = role("enterprise", enterprise=enterprise("别家企业有限公司"))
        stationed(self.officer, self.enterprise)

    def case(self, **fields) -> Case:
        """A submitted case, raised by the officer at a visit."""
        fields = {"text": "每天傍晚跳闸", "channel": "visit", "by": self.officer, "at": NOON} | fields
        return cases.open_case(enterprise=self.enterprise, **fields)

    def assigned(self, **fields) -> Case:
        case = self.case(**fields)
        return cases.assign_case(case=case, lead=organisation("grid"), by=self.coordinator, at=NOON)

    def replied(self, reply_kind: str = "solved", **fields) -> Case:
        case = self.assigned()
        return cases.reply_case(case=case, reply_kind=reply_kind, text="已更换开关", by=self.lead, at=NOON, **fields)
