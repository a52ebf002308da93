"""Evidence on the desk: what there is, where it stands, and what may be shown."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aid_packages.deliveries.weeks import week_text
from aid_packages.evidence import queries
from aid_packages.evidence.models import EventKind, ItemKind, SubjectKind, WithheldReason
from aid_packages.queries import region_titles
from shop.staff.fields import LineField
from shop.staff.filters import EVERY, DaysFilter, begin_of, end_of
from shop.staff.labels import name_of
from shop.staff.tables import Cell, Listing, on


class EvidenceFilter(DaysFilter):
    """How evidence is found."""

    title = LineField(label=_("Words of the title"), required=False, max_length=120)
    standing = forms.ChoiceField(label=_("State"), required=False, choices=[EVERY, *EventKind.choices])
    why = forms.ChoiceField(label=_("Why it is not shown"), required=False, choices=[EVERY, *WithheldReason.choices])
    kind = forms.ChoiceField(label=_("What it is"), required=False, choices=[EVERY, *ItemKind.choices])
    field_order = ("title", "standing", "why", "kind")


class EvidenceList(Listing):
    """All evidence, the newest first."""

    page_title = pgettext_lazy("desk", "Evidence")
    lead = _(
        "Photographs, invoices and attestations, made anew from their pixels. Each is withheld until a second person has "
        "released it. Something is added on the page of its document, delivery or grant."
    )
    filters = EvidenceFilter
    columns = (
        _("Title"),
        _("State"),
        _("Why not shown"),
        _("What it is"),
        _("Belongs to"),
        _("Region"),
        _("Week"),
        _("Put in on"),
        _("Put in by"),
    )
    export_name = "evidence"
    empty = _("No evidence yet. It is added on the page of a document, a delivery or a grant.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        asked = {
            "title__icontains": wanted["title"],
            "standing": wanted["standing"],
            "why": wanted["why"],
            "kind": wanted["kind"],
            "uploaded_at__gte": begin_of(wanted["since"]),
            "uploaded_at__lt": end_of(wanted["until"]),
        }
        found = queries.standing_items().filter(**{name: value for name, value in asked.items() if value})
        regions = region_titles()
        return [
            [
                Cell(row.title, url=reverse("staff:evidence_item", args=[row.pk])),
                Cell(str(EventKind(row.standing).label), state=row.standing),
                Cell(str(WithheldReason(row.why).label) if row.why else ""),
                Cell(row.get_kind_display()),
                Cell(
                    f"{SubjectKind(row.subject_kind).label} {row.subject_id}",
                    url=reverse("staff:evidence_of", args=[row.subject_kind, row.subject_id]),
                ),
                Cell(regions.get(row.region.code, "") if row.region else ""),
                Cell(week_text(row.week)),
                on(row.uploaded_at.date()),
                Cell(name_of(row.uploaded_by)),
            ]
            for row in found.select_related("region", "uploaded_by").order_by("-pk")[offset : offset + limit]
        ]
