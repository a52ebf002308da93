"""The list of grants."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aid_packages import queries
from aid_packages.evidence.models import SubjectKind
from aid_packages.evidence.queries import counts_of
from aid_packages.models import Grant, ProposalState
from shop.staff.fields import LineField
from shop.staff.filters import EVERY, DaysFilter, begin_of, end_of
from shop.staff.tables import Cell, Listing, at


class GrantFilter(DaysFilter):
    """What to look for. The days are those of the transfer."""

    partner = forms.ChoiceField(
        label=_("Partner"),
        required=False,
        choices=lazy(lambda: [EVERY, *queries.partner_names_at_desk().items()], list),
    )
    words = LineField(label=_("Words of the paper behind it"), required=False, max_length=100)
    field_order = ("partner", "words")


class Grants(Listing):
    """All grants, the newest first. They are paid, and taken back, on the page of their allocation."""

    page_title = _("Grants")
    filters = GrantFilter
    columns = (
        _("Grant"),
        _("State"),
        _("Partner"),
        _("Fund"),
        _("Allocation"),
        _("Day of the transfer"),
        _("How it was verified"),
        _("The paper behind it"),
        pgettext_lazy("desk", "Evidence"),
        _("Sum"),
    )
    export_name = "grants"
    empty = _("No grant yet. They are paid within an approved allocation of a partner.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        asked = {
            "allocation__partner__code": wanted["partner"],
            "attestation__icontains": wanted["words"],
            "event_at__gte": begin_of(wanted["since"]),
            "event_at__lt": end_of(wanted["until"]),
        }
        found = Grant.objects.filter(**{name: value for name, value in asked.items() if value}).order_by("-pk")
        found = found.select_related("allocation__partner").prefetch_related("reversals")
        titles = queries.fund_titles()
        page = list(found[offset : offset + limit])
        shown_by = counts_of(subject_kind=SubjectKind.GRANT, subject_ids=[row.pk for row in page])
        return [
            [
                Cell(str(row.pk), url=reverse("staff:allocation", args=[row.allocation_id])),
                _state(row),
                Cell(row.allocation.partner.name if row.allocation.partner else ""),
                Cell(titles.get(row.allocation.fund_code, row.allocation.fund_code)),
                Cell(str(row.allocation_id), url=reverse("staff:allocation", args=[row.allocation_id])),
                at(row.event_at),
                Cell(row.get_grade_display()),
                Cell(row.attestation),
                Cell(str(shown_by.get(row.pk, 0)), url=reverse("staff:evidence_of", args=[SubjectKind.GRANT, row.pk])),
                Cell(minor=row.amount_minor),
            ]
            for row in page
        ]


def _state(row: Grant) -> Cell:
    states = {reversal.state for reversal in row.reversals.all()}
    if ProposalState.APPROVED in states:
        return Cell(str(_("Taken back")), state="reversed")
    if ProposalState.PROPOSED in states:
        return Cell(str(_("To be taken back")), state="proposed")
    return Cell(str(_("Paid")), state="accepted")
