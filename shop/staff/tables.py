"""Lists of the desk: searched by their address, and exported as they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core.documents.tables import write_csv
from shop.staff.access import Desk

PAGE = 50
MOST_EXPORTED = 5000


@dataclass(frozen=True)
class Cell:
    """What stands in a list. `minor` makes it a sum; `state` a badge; `url` a link."""

    text: str
    url: str = ""
    minor: int | None = None
    state: str = ""

    @property
    def exported(self) -> object:
        """Sums leave the house in złoty with a point, as numbers do in CSV."""
        return self.text if self.minor is None else f"{self.minor // 100}.{self.minor % 100:02d}"


class Listing(Desk):
    """A list of rows. Subclasses say `filters` (a form read from the address), `columns` and `rows`."""

    filters: type[forms.Form] = forms.Form
    columns: Sequence[str] = ()
    empty = _("There is nothing here yet.")
    export_name = "list"

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        """At most `limit` rows from `offset` on, that match the cleaned filters."""
        raise NotImplementedError(type(self).__name__)

    def listed(self, request: HttpRequest) -> dict[str, Any]:
        """What the template shows: filter form, columns, rows, and the addresses of the neighbouring pages."""
        form = self.filters(request.GET)
        wanted = form.cleaned_data if form.is_valid() else {}
        page = _page_number(request)
        found = self.rows(wanted, limit=PAGE + 1, offset=(page - 1) * PAGE) if form.is_valid() else []
        return {
            "filter_form": form if form.fields else None,
            "columns": self.columns,
            "rows": found[:PAGE],
            "empty": self.empty,
            "newer": _with(request, page=page - 1) if page > 1 else "",
            "older": _with(request, page=page + 1) if len(found) > PAGE else "",
            "export": _with(request, export="csv", page=None),
        }

    def exported(self, request: HttpRequest) -> HttpResponse | None:
        """The whole list under the same filters as CSV, where the address asks for it."""
        if request.GET.get("export") != "csv":
            return None
        form = self.filters(request.GET)
        found = self.rows(form.cleaned_data, limit=MOST_EXPORTED, offset=0) if form.is_valid() else []
        table = write_csv(
            header=[str(name) for name in self.columns], rows=[[c.exported for c in row] for row in found]
        )
        answer = HttpResponse(table, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{self.export_name}.csv"'
        return answer


def _page_number(request: HttpRequest) -> int:
    typed = request.GET.get("page", "1")
    return max(1, min(int(typed), 10_000)) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def _with(request: HttpRequest, **changes: object) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + query.urlencode()
