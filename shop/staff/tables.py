"""Lists of the desk: searched by their address, and exported as they are shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.documents.tables import write_csv
from core.money import to_major
from core.periods import WARSAW
from shop.staff.access import Desk

PAGE = 50
MOST_EXPORTED = 100_000
"""What one download holds; more is asked for in parts, never cut off unsaid."""


@dataclass(frozen=True)
class Cell:
    """What stands in a list. `minor` makes it a sum; `state` a badge; `url` a link."""

    text: str = ""
    url: str = ""
    minor: int | None = None
    currency: str = "PLN"
    state: str = ""

    @property
    def exported(self) -> object:
        """Sums leave the house in złoty with a point, as numbers do in CSV."""
        return self.text if self.minor is None else to_major(self.minor)


def at(instant: datetime) -> Cell:
    """An instant as Warsaw's clocks show it; sorts as text."""
    return Cell(instant.astimezone(WARSAW).strftime("%Y-%m-%d %H:%M"))


def on(day: date) -> Cell:
    """A day; sorts as text."""
    return Cell(day.isoformat())


def month(period: int) -> str:
    """202611 as 2026-11."""
    return f"{period // 100}-{period % 100:02d}"


class Listing(Desk):
    """A list of rows. Subclasses say `filters` (a form read from the address), `columns` and `rows`."""

    template_name = "staff/list.html"
    filters: type[forms.Form] = forms.Form
    columns: Sequence[str | Promise] = ()
    empty: str | Promise = _("There is nothing here yet.")
    lead: str | Promise = ""
    export_name = "list"

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> Iterable[list[Cell]]:
        """At most `limit` rows from `offset` on, that match the cleaned filters."""
        raise NotImplementedError(type(self).__name__)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("export") == "csv":
            return self.exported(request)
        return self.page()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**self.listed(self.request), **kwargs)

    def listed(self, request: HttpRequest) -> dict[str, Any]:
        """What the template shows: filter form, columns, rows, and the addresses of the neighbouring pages."""
        form = self.filters(request.GET)
        valid = form.is_valid()
        page = _page_number(request)
        found = list(self.rows(form.cleaned_data, limit=PAGE + 1, offset=(page - 1) * PAGE)) if valid else []
        narrowed = not valid or page > 1 or any(form.cleaned_data.values())
        return {
            "filter_form": form if form.fields else None,
            "columns": self.columns,
            "rows": found[:PAGE],
            "empty": _("Nothing matches. Change what you look for, or see everything.") if narrowed else self.empty,
            "narrowed": narrowed,
            "lead": self.lead,
            "page_number": page,
            "newer": with_query(request, page=page - 1) if page > 1 else "",
            "older": with_query(request, page=page + 1) if len(found) > PAGE else "",
            "export": with_query(request, export="csv", page=None),
        }

    def exported(self, request: HttpRequest) -> HttpResponseBase:
        """The whole list under the same filters as CSV."""
        form = self.filters(request.GET)
        found = list(self.rows(form.cleaned_data, limit=MOST_EXPORTED + 1, offset=0)) if form.is_valid() else []
        if len(found) > MOST_EXPORTED:
            messages.error(request, _("This list is too long for one file. Narrow it down, and download it in parts."))
            return HttpResponseRedirect(request.path + with_query(request, export=None))
        header = [str(name) for name in self.columns]
        table = write_csv(header=header, rows=[[cell.exported for cell in row] for row in found])
        answer = HttpResponse(table, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{self.export_name}.csv"'
        return answer


def _page_number(request: HttpRequest) -> int:
    typed = request.GET.get("page", "1")
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def with_query(request: HttpRequest, **changes: object) -> str:
    """The address's query with changes; None takes a name out."""
    query = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + query.urlencode()
