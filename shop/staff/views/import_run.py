"""One import: the rows as they will be booked, what is wrong with them, and yes or no."""

from typing import Any

from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aid_packages.deliveries.models import ImportKind, ImportRun, ImportState
from aid_packages.deliveries.operations import imports as verbs
from aid_packages.deliveries.operations.imports.columns import COLUMNS, Column
from aid_packages.deliveries.weeks import week_text
from core.money import format_money
from core.trail import trail_of
from shop.staff.access import PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.goods.words import fault_sentence
from shop.staff.labels import trail_lines
from shop.staff.refusals import TELLINGS
from shop.staff.tables import month

MOST_SHOWN = 200
BUSY = (ImportState.CHECKING, ImportState.WAITING, ImportState.BOOKING)


class OneImport(ActPage):
    """One import."""

    template_name = "staff/import.html"

    def acts(self) -> list[Act]:
        run = self._run()
        drop = Act(
            name="drop",
            label=_("Put it aside"),
            do=self._calling(verbs.drop_import),
            done=_("Put aside. What was read is forgotten."),
            right=PREPARE,
        )
        if run.state == ImportState.CHECKING:
            return [drop]
        if run.state != ImportState.READ:
            return []
        if run.faults:
            return [drop]
        confirm = Act(
            name="confirm",
            label=_("Book all rows"),
            do=self._calling(verbs.confirm_import),
            done=_("A worker books it now: all rows or none. You can leave this page."),
            right=PREPARE,
        )
        return [confirm, drop]

    def _calling(self, verb: Any) -> Any:
        def do(typed: dict[str, Any]) -> None:
            verb(run_id=self.kwargs["run_id"], actor=self.actor, reason=typed["reason"], now=self.now)

        return do

    def _run(self) -> ImportRun:
        run = ImportRun.objects.select_related("made_by", "confirmed_by").filter(pk=self.kwargs["run_id"]).first()
        if run is None:
            raise Http404
        return run

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self._run()
        columns = {column.name: column for column in COLUMNS[ImportKind(run.kind)]}
        shown = [columns[name] for name in run.columns if name in columns]
        wrong = {fault["line"] for fault in run.faults}
        return super().get_context_data(
            run=run,
            busy=run.state in BUSY,
            columns=[head(column) for column in shown],
            rows=[
                (
                    row["line"],
                    row["line"] in wrong,
                    [cell_text(column.name, row["cells"].get(column.name)) for column in shown],
                )
                for row in (run.rows or [])[:MOST_SHOWN]
            ],
            more=max(0, len(run.rows or []) - MOST_SHOWN),
            faults=[fault_line(fault, columns) for fault in run.faults],
            trail=trail_lines(trail_of(subject=str(run))),
            page_title=_("Import %(number)s") % {"number": run.pk},
            **kwargs,
        )


def head(column: Column) -> str:
    """The column's name in the reader's language, as the template has it."""
    return column.polish if (get_language() or "pl").startswith("pl") else column.english


def fault_line(fault: dict[str, Any], columns: dict[str, Column]) -> tuple[int, str, str]:
    """The line, the column's name, and what is wrong, in the reader's language."""
    column = columns.get(fault["column"])
    sentence = fault_sentence(code=fault["code"], facts=fault["facts"], tellings=TELLINGS)
    return fault["line"], head(column) if column else "", sentence


def cell_text(name: str, value: Any) -> str:
    """A value as it will be booked."""
    if value is None:
        return "–"
    if name in ("cost", "total", "own_share"):
        return format_money(value)
    if name == "week":
        return week_text(value)
    return month(value) if name == "use_by" else str(value)
