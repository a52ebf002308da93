"""`manage.py audit_ledger`: checks every promise, says what was looked at, and exits 1 when one is broken."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict

from django.core.management.base import BaseCommand

from ledger import audit


class Command(BaseCommand):
    help = (
        "Checks the promises of the books and names each broken one by its number and entry. Exits 1 if there is one."
    )

    requires_system_checks: list[str] = []
    """None: a mistake in a template is no reason not to look at the books."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: object, **options: object) -> None:
        result = audit.run_on_snapshot()
        self.stdout.write(_as_json(result) if options["json"] else _as_text(result))
        if result.findings:
            sys.exit(1)


def _as_json(result: audit.AuditResult) -> str:
    return json.dumps(
        {
            "clean": not result.findings,
            "checked": [{"promise": number, "name": name, "count": count} for number, name, count in result.checked],
            "findings": [asdict(finding) for finding in result.findings],
        },
        ensure_ascii=False,
    )


def _as_text(result: audit.AuditResult) -> str:
    broken = {(finding.number, finding.name) for finding in result.findings}
    width = max((len(name) for _, name, _ in result.checked), default=0)
    lines = [
        f"{number:>3}  {name:<{width}}  {'' if count is None else f'{count:,}':>12}  "
        + ("BROKEN" if (number, name) in broken else "holds")
        for number, name, count in result.checked
    ]
    lines += ["", *(str(finding) for finding in result.findings)] if result.findings else []
    found = f"{len(result.findings)} broken" if result.findings else "all promises hold"
    return "\n".join([*lines, "", f"{len(result.checked)} checks, {found}"])
