"""Two questions that a supervisor asks: is the process alive, and can it do its work."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from kombu import Connection

from ledger.queries import stands_at_home


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuntimeError("migrations are waiting")


def _books() -> None:
    if not stands_at_home():
        raise RuntimeError("the books were restored into another server, and migrate has not run since")


def _broker() -> None:
    with Connection(settings.BROKER_URL, connect_timeout=2, transport_options={"socket_connect_timeout": 2}) as broker:
        broker.ensure_connection(max_retries=1)


PARTS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "books": _books,
    "broker": _broker,
}


@never_cache
@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_GET
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations, books and broker are well, else 503 naming what is not."""
    answer = {}
    for name, check in PARTS.items():
        try:
            check()
            answer[name] = "ok"
        except Exception as fault:  # noqa: BLE001 -- whatever is wrong, the answer is that this part is not ready
            answer[name] = type(fault).__name__
    return JsonResponse(answer, status=200 if set(answer.values()) == {"ok"} else 503)
