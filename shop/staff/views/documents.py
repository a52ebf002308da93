"""The list of documents."""

from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aid_packages.models import DocumentState, SpendingDocument
from aid_packages.operations.documents import number_key
from shop.staff.fields import LineField
from shop.staff.filters import EVERY, DaysFilter
from shop.staff.tables import Cell, Listing, on

UNDECIDED = frozenset({DocumentState.RECORDED, DocumentState.QUERIED, DocumentState.ANSWERED})


class DocumentFilter(DaysFilter):
    """What to look for. The days are those of issue."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[EVERY, *DocumentState.choices])
    number = LineField(label=_("Document's number"), required=False, max_length=60)
    nip = LineField(label=_("Issuer's NIP, or number abroad"), required=False, max_length=60)
    issuer = LineField(label=_("Words of the issuer's name"), required=False, max_length=100)
    allocation = forms.IntegerField(label=_("Allocation"), required=False, min_value=1, max_value=2**62)
    field_order = ("state", "number", "nip", "issuer", "allocation")


class Documents(Listing):
    """All documents, the newest first."""

    page_title = _("Documents")
    filters = DocumentFilter
    columns = (
        _("Document"),
        _("State"),
        _("Issuer"),
        _("NIP or number abroad"),
        _("Issued on"),
        _("Allocation"),
        _("Our share"),
        _("Whole sum"),
    )
    export_name = "documents"
    empty = _("No document yet. They are recorded within an approved allocation.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = SpendingDocument.objects.select_related("corrects").order_by("-id")
        asked = {
            "state": wanted["state"],
            "number_key": number_key(wanted["number"]),
            "issuer_name__icontains": wanted["issuer"],
            "allocation_id": wanted["allocation"],
            "issued_on__gte": wanted["since"],
            "issued_on__lte": wanted["until"],
        }
        found = found.filter(**{name: value for name, value in asked.items() if value})
        if wanted["nip"]:
            digits = "".join(filter(str.isdigit, wanted["nip"])) or "-"
            abroad = "".join(filter(str.isalnum, wanted["nip"])).upper() or "-"
            found = found.filter(Q(issuer_nip=digits) | Q(issuer_id=abroad))
        return [
            [
                Cell(_name(row), url=reverse("staff:document", args=[row.pk])),
                Cell(row.get_state_display(), state=row.state),
                Cell(row.issuer_name),
                Cell(row.issuer_nip or f"{row.issuer_country} {row.issuer_id}"),
                on(row.issued_on),
                Cell(str(row.allocation_id), url=reverse("staff:allocation", args=[row.allocation_id])),
                Cell(minor=row.own_share_minor),
                Cell(minor=row.total_minor),
            ]
            for row in found[offset : offset + limit]
        ]


def _name(row: SpendingDocument) -> str:
    """Its number; of a correction also that of the document it corrects."""
    if row.corrects is None:
        return row.number
    return str(_("%(number)s, corrects %(other)s")) % {"number": row.number, "other": row.corrects.number}
