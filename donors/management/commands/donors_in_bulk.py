"""`manage.py donors_in_bulk QUERY --actor USERNAME --reason TEXT`: many donors through the one door."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.models import User
from donors.bulk import BulkQuery, read_in_bulk


class Command(BaseCommand):
    help = "Answers one of the named queries about many donors; it needs somebody with the right, and a reason."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("query", choices=BulkQuery.values)
        parser.add_argument("--actor", required=True)
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, query: str, actor: str, reason: str, **options: Any) -> None:
        user = User.objects.filter(username=actor, is_active=True).first()
        if user is None:
            raise CommandError(f"nobody of the staff is called {actor}")
        answer = read_in_bulk(query=BulkQuery(query), actor=user, reason=reason, now=timezone.now())
        for row in answer.rows:
            self.stdout.write(json.dumps(row, ensure_ascii=False))
        if answer.cut:
            self.stderr.write("there is more than may be read at once")
