"""The list of imports, handing a file in, and the files to fill in."""

import io
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.styles import Font

from aid_packages.deliveries.models import ImportKind, ImportRun, ImportState
from aid_packages.deliveries.operations import imports as verbs
from shop.staff.access import PREPARE, Desk
from shop.staff.filters import EVERY
from shop.staff.labels import name_of
from shop.staff.refusals import told
from shop.staff.tables import Cell, Listing, at

FORMATS = ("csv", "xlsx")


class FileForm(forms.Form):
    """Which rows, and the file."""

    kind = forms.ChoiceField(label=_("What the rows are"), choices=ImportKind.choices)
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, at most 2 MB and 2,000 rows. The file itself is not kept: it may hold names."),
        error_messages={"empty": _("The file is empty.")},
        allow_empty_file=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs = {
            "use_required_attribute": False,
            "auto_id": "id_upload_%s",
        } | kwargs  # the list's filter has a kind, too
        super().__init__(*args, **kwargs)


class ImportFilter(forms.Form):
    """What to look for."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[EVERY, *ImportKind.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[EVERY, *ImportState.choices])


class Imports(Listing):
    """All imports, the newest first; and the form that takes a file."""

    template_name = "staff/imports.html"
    page_title = _("Imports")
    filters = ImportFilter
    columns = (_("Import"), _("State"), _("Kind"), _("Rows"), _("Faults"), _("Handed in by"), _("Handed in"))
    export_name = "imports"
    empty = _("Nothing has been imported yet. Take a template, fill it in, and hand it in above.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(PREPARE):
            raise Http404
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                run = verbs.hand_in(
                    kind=ImportKind(form.cleaned_data["kind"]),
                    content=file.read(verbs.MOST_BYTES + 1),
                    actor=self.actor,
                    now=self.now,
                )
                return HttpResponseRedirect(reverse("staff:import", args=[run.pk]))
            except (verbs.FileRefused, verbs.AlreadyImported) as refusal:
                form.add_error("file", told(refusal))
        return self.page(status=422, file_form=form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("file_form", FileForm())
        templates = [(kind.label, [(form, kind.value) for form in FORMATS]) for kind in ImportKind]
        may = self.request.user.has_perm(PREPARE)
        return super().get_context_data(templates=templates, may_hand_in=may, **kwargs)

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = ImportRun.objects.select_related("made_by").defer("rows").order_by("-id")
        for field in ("kind", "state"):
            if wanted[field]:
                found = found.filter(**{field: wanted[field]})
        return [
            [
                Cell(str(run.pk), url=reverse("staff:import", args=[run.pk])),
                Cell(run.get_state_display(), state=run.state),
                Cell(run.get_kind_display()),
                Cell(str(run.row_count)),
                Cell(str(len(run.faults) or "")),
                Cell(name_of(run.made_by)),
                at(run.made_at),
            ]
            for run in found[offset : offset + limit]
        ]


class ImportTemplate(Desk):
    """A file to fill in: its heads in the reader's language, and one example."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind, form = kwargs["kind"], kwargs["form"]
        if kind not in ImportKind.values or form not in FORMATS:
            raise Http404
        language = "pl" if (get_language() or "pl").startswith("pl") else "en"
        header, example = verbs.template_rows(kind=ImportKind(kind), language=language)
        answer = _workbook(header, example) if form == "xlsx" else _semicolons(header, example)
        answer["Content-Disposition"] = f'attachment; filename="{kind}.{form}"'
        return answer


def _semicolons(header: list[str], example: list[str]) -> HttpResponse:
    """As a Polish spreadsheet opens it by itself: a mark before the first letter, semicolons."""
    text = "".join(";".join(row) + "\r\n" for row in (header, example))
    return HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")


def _workbook(header: list[str], example: list[str]) -> HttpResponse:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(header)
    sheet.append(example)
    sheet.freeze_panes = "A2"
    for place, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = max(14, len(header[place - 1]) + 4)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.number_format = "@"
    out = io.BytesIO()
    book.save(out)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(out.getvalue(), content_type=kind)
