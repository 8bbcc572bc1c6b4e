"""Who acts, and how far they see: the one object both walls are built from.

`Scope` holds plain values for the `visible_to(scope)` filter; `DATABASE` holds the same names as
expressions that read the transaction's settings, for the row-level policies underneath.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.db.models import DateField, Func, Q
from django.db.models.fields import BigIntegerField, TextField
from django.db.models.lookups import IsNull

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

OFFICER, AREA, HANDLER, LEADER = "ol_officer", "ol_area", "ol_handler", "ol_leader"
ENTERPRISE, INSPECTOR, ANALYST, ADMIN = "ol_enterprise", "ol_inspector", "ol_analyst", "ol_admin"
ROLES = (OFFICER, AREA, HANDLER, LEADER, ENTERPRISE, INSPECTOR, ANALYST, ADMIN)
STAFF = (OFFICER, AREA, HANDLER, LEADER, INSPECTOR, ANALYST)
WEB = "openliaison_web"  # before anybody has logged in


@dataclass(frozen=True)
class Scope:
    """One person acting in one role. Ids that do not apply are 0, which matches no row."""

    role: str
    user_id: int
    place_id: int
    organisation_id: int = 0
    enterprise_id: int = 0
    path_from: str = ""
    path_to: str = ""
    today: date | None = None

    @property
    def is_enterprise(self) -> bool:
        return self.role == ENTERPRISE


def area(path: str) -> tuple[str, str]:
    """Bounds of a locality and all beneath it: '21/2112/' gives ('21/2112/', '21/21120')."""
    return path, path[:-1] + "0"


class Setting(Func):
    """A value of the scope as PostgreSQL sees it. Left bare: a sub-select would hide it from the planner."""

    def __init__(self, name: str, cast: str, output_field: models.Field) -> None:
        super().__init__(output_field=output_field)
        self.name, self.cast = name, cast

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return f"current_setting('app.{self.name}'){self.cast}", []


class _DatabaseScope:
    """The same names as `Scope`, read from the transaction."""

    user_id = Setting("user_id", "::bigint", BigIntegerField())
    place_id = Setting("place_id", "::bigint", BigIntegerField())
    organisation_id = Setting("organisation_id", "::bigint", BigIntegerField())
    enterprise_id = Setting("enterprise_id", "::bigint", BigIntegerField())
    path_from = Setting("path_from", "", TextField())
    path_to = Setting("path_to", "", TextField())
    today = Setting("today", "::date", DateField())


DATABASE = _DatabaseScope()
AnyScope = Scope | _DatabaseScope
Rule = dict[str, Q]
NOTHING = Q(pk__in=[])


def within(scope: AnyScope, field: str) -> Q:
    """Rows whose C-collated locality path lies in the scope's area, as a range that an index serves."""
    return Q(**{f"{field}__gte": scope.path_from, f"{field}__lt": scope.path_to})


def expected(scope: AnyScope, rule: Q) -> Q:
    """The same rule; in a policy written so that PostgreSQL's planner expects it to hold for every row.

    For policies under which every reader asks the same in a filter of their own. The planner takes the two for
    independent and multiplies: where an office holds a sixteenth of the cases it expects a sixteenth of those.
    """
    if isinstance(scope, Scope):
        return rule
    return Q(IsNull(models.Case(models.When(rule, then=models.Value(1))), False))


class ScopedQuerySet(models.QuerySet):
    """QuerySet of a walled model: the model's `rule(scope)` says what each role sees."""

    def visible_to(self, scope: Scope | None) -> ScopedQuerySet:
        rule = self.model.rule(scope).get(scope.role) if scope else None  # type: ignore[attr-defined]
        return self.none() if rule is None else self.filter(rule)


def enter(scope: Scope, cursor: CursorWrapper) -> None:
    """Take on a scope until the transaction ends."""
    cursor.execute(
        "select set_config('app.user_id', %s, true), set_config('app.place_id', %s, true),"
        " set_config('app.organisation_id', %s, true), set_config('app.enterprise_id', %s, true),"
        " set_config('app.path_from', %s, true), set_config('app.path_to', %s, true),"
        " set_config('app.today', %s, true), set_config('role', %s, true)",
        [
            str(scope.user_id),
            str(scope.place_id),
            str(scope.organisation_id),
            str(scope.enterprise_id),
            scope.path_from,
            scope.path_to,
            (scope.today or date.min).isoformat(),
            scope.role,
        ],
    )


NAMES = ("user_id", "place_id", "organisation_id", "enterprise_id", "path_from", "path_to", "today")


@contextmanager
def acting_as(scope: Scope) -> Iterator[None]:
    """Run a block of a job or test behind the walls of `scope`; the former role and scope return afterwards.

    An error undoes what the block wrote, and the role with it.
    """
    names = ["role", *(f"app.{name}" for name in NAMES)]
    ask = ", ".join(["coalesce(current_setting(%s, true), '')"] * len(names))
    put = ", ".join(["set_config(%s, %s, true)"] * len(names))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"select {ask}", names)
        before = cursor.fetchone()
        enter(scope, cursor)
        yield
        cursor.execute(f"select {put}", [part for pair in zip(names, before, strict=True) for part in pair])
