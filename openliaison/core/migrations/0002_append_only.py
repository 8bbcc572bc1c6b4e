"""The journal, the read log and the seals refuse change."""

from django.db import migrations

FORWARD = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
"""
TABLES = ("core_journal", "core_readlog", "core_seal")


def _forward(table: str) -> str:
    return (
        f"create trigger no_change before update or delete on {table}"
        " for each row execute function refuse_change();"
        f"create trigger no_truncate before truncate on {table}"
        " for each statement execute function refuse_change();"
    )


def _backward(table: str) -> str:
    return f"drop trigger no_change on {table}; drop trigger no_truncate on {table};"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(
            FORWARD + "".join(map(_forward, TABLES)),
            "".join(map(_backward, TABLES)) + "drop function refuse_change();",
        )
    ]
