"""What the application's database role may do: after each migration the owner grants it anew, table by table.

An app names its tables of record in its AppConfig: `append_only_tables` (the application may add and read) and
`read_only_tables` (the application may only read; a trigger of the owner's writes them).
"""

from collections.abc import Iterable

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections
from psycopg import sql


def _listed(attribute: str) -> Iterable[str]:
    for config in apps.get_app_configs():
        yield from getattr(config, attribute, [])


def grant_after_migrate(sender: AppConfig, using: str = "default", **kwargs: object) -> None:
    """Grants the application role what it needs, and no more. Does nothing where that role is the one connected."""
    connection = connections[using]
    role = settings.DATABASE_APP_ROLE
    if connection.settings_dict["USER"] == role:
        return
    app = sql.Identifier(role)
    everything = [
        "GRANT USAGE ON SCHEMA public TO {app}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {app}",
    ]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for statement in everything:
            cursor.execute(sql.SQL(statement).format(app=app))
        for refused, attribute in (
            ("UPDATE, DELETE, TRUNCATE", "append_only_tables"),
            ("INSERT, UPDATE, DELETE, TRUNCATE", "read_only_tables"),
        ):
            for table in sorted(existing.intersection(_listed(attribute))):
                cursor.execute(
                    sql.SQL("REVOKE " + refused + " ON {table} FROM {app}").format(table=sql.Identifier(table), app=app)
                )
