"""The second wall: every model's rule, compiled into PostgreSQL row-level policies.

A walled model says three things:

* `rule(scope)` → {database role: Q}, without joins (sub-queries instead);
* `writers` → {database role: "INSERT, UPDATE, …"}; every role in the rule may read;
* `insert_rule(scope)`, `update_rule(scope)`, `delete_rule(scope)`, optional, where writing follows another rule
  than seeing.

`raise_walls` runs after every migration as the owner. What each wall was built from is hashed into the
table's comment: an unchanged wall takes no lock.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.apps import apps
from django.core.checks import Error, Warning, register
from django.db import connections, models

from .scope import DATABASE, ROLES, WEB, Rule

# Tables of Django and procrastinate that every visitor's request touches.
SHARED_GRANTS = {
    "django_session": "SELECT, INSERT, UPDATE, DELETE",
    "django_content_type": "SELECT",
}
QUEUE_GRANTS = "SELECT, INSERT, UPDATE"


def walled_models() -> list[type[models.Model]]:
    """Every concrete model that carries a rule, in a stable order."""
    found = [m for m in apps.get_models() if hasattr(m, "rule")]
    return sorted(found, key=lambda m: m._meta.db_table)


def policy_sql(model: type[models.Model], q: models.Q, connection: Any) -> str:
    """The WHERE clause of `q` as PostgreSQL text with its values in place. Joins are refused."""
    if not q:
        return "true"
    query = model._base_manager.using(connection.alias).filter(q).query  # type: ignore[attr-defined]
    if query.is_empty():
        return "false"
    sql, params = query.get_compiler(connection=connection).compile(query.where)
    if sum(count > 0 for count in query.alias_refcount.values()) > 1:
        raise ValueError(f"The rule of {model.__name__} joins another table; use a sub-query.")
    quoted = tuple(connection.ops.compose_sql("%s", [p]) for p in params)
    return sql % quoted if quoted else sql.replace("%%", "%")


def statements(model: type[models.Model], connection: Any) -> list[str]:
    """Everything that turns a table into a walled one, as SQL."""
    table = connection.ops.quote_name(model._meta.db_table)
    reads: Rule = model.rule(DATABASE)  # type: ignore[attr-defined]
    own_rules: dict[str, Rule] = {
        "INSERT": model.insert_rule(DATABASE) if hasattr(model, "insert_rule") else {},
        "UPDATE": model.update_rule(DATABASE) if hasattr(model, "update_rule") else {},
        "DELETE": model.delete_rule(DATABASE) if hasattr(model, "delete_rule") else {},
    }
    writers: dict[str, str] = getattr(model, "writers", {})
    lines = [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"]
    lines += [f"REVOKE ALL ON {table} FROM {role}" for role in (*ROLES, WEB)]
    for role in (*ROLES, WEB):
        if role in reads:
            lines += _role_statements(table, role, policy_sql(model, reads[role], connection), writers.get(role, ""))
        elif role in writers:
            raise ValueError(f"{model.__name__}: {role} may write what no rule describes.")
        for verb, rules in own_rules.items():
            if role in rules:
                lines += _write_statements(table, role, verb, policy_sql(model, rules[role], connection))
    return lines


def _role_statements(table: str, role: str, rule: str, writes: str) -> list[str]:
    lines = [f"CREATE POLICY {role}_see ON {table} FOR SELECT TO {role} USING ({rule})"]
    lines.append(f"GRANT SELECT ON {table} TO {role}")
    for verb in filter(None, (w.strip() for w in writes.split(","))):
        lines += _write_statements(table, role, verb, rule)
    return lines


def _write_statements(table: str, role: str, verb: str, rule: str) -> list[str]:
    clause = {
        "INSERT": f"WITH CHECK ({rule})",
        "UPDATE": f"USING ({rule}) WITH CHECK ({rule})",
        "DELETE": f"USING ({rule})",
    }[verb]
    return [
        f"CREATE POLICY {role}_{verb.lower()} ON {table} FOR {verb} TO {role} {clause}",
        f"GRANT {verb} ON {table} TO {role}",
    ]


def raise_walls(using: str = "default", **_: Any) -> None:
    """Build every wall that changed, and the grants on shared tables (signal: after migrate)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in walled_models():
            if model._meta.db_table in tables:
                _raise_wall(model, connection, cursor)
        _grant_shared(cursor, tables)


def _raise_wall(model: type[models.Model], connection: Any, cursor: Any) -> None:
    table = model._meta.db_table
    lines = statements(model, connection)
    mark = "wall " + sha256("\n".join(lines).encode()).hexdigest()
    cursor.execute("select obj_description(%s::regclass)", [table])
    if cursor.fetchone()[0] == mark:
        return
    cursor.execute("select policyname from pg_policies where tablename = %s and schemaname = current_schema()", [table])
    quoted = connection.ops.quote_name(table)
    drops = [f"DROP POLICY {connection.ops.quote_name(name)} ON {quoted}" for (name,) in cursor.fetchall()]
    for line in [*drops, *lines, f"COMMENT ON TABLE {quoted} IS '{mark}'"]:
        cursor.execute(line)


def _grant_shared(cursor: Any, tables: set[str]) -> None:
    everybody = ", ".join((*ROLES, WEB))
    for table, verbs in SHARED_GRANTS.items():
        if table in tables:
            cursor.execute(f"GRANT {verbs} ON {table} TO {everybody}")
    for table in sorted(t for t in tables if t.startswith("procrastinate_")):
        cursor.execute(f"GRANT {QUEUE_GRANTS} ON {table} TO {everybody}")
    if "django_migrations" in tables:
        cursor.execute(f"GRANT SELECT ON django_migrations TO {WEB}")
    cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {everybody}")


@register("database")
def check_web_role(app_configs: Any, databases: list[str] | None = None, **_: Any) -> list[Error | Warning]:
    """The account that serves pages must not be able to look over the walls."""
    problems: list[Error | Warning] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.settings_dict["USER"] != WEB:
            continue
        with connection.cursor() as cursor:
            cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
            (over,) = cursor.fetchone()
            cursor.execute("select count(*) from pg_tables where tableowner = current_user")
            (owned,) = cursor.fetchone()
        if over or owned:
            problems.append(Error("The web's database role can look over the walls.", id="openliaison.E001"))
    return problems
