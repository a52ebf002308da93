"""The trail: who did what, when and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import TrailEntry
from shop.staff.fields import LineField
from shop.staff.filters import EVERY, DaysFilter, begin_of, end_of
from shop.staff.labels import ACTS, GIVEN_REASONS, act_label, entries_of, subject_label, subject_url, who
from shop.staff.tables import Cell, Listing, at


class TrailFilter(DaysFilter):
    """What to look for."""

    act = forms.ChoiceField(label=_("What"), required=False, choices=[EVERY, *ACTS.items()])
    subject = LineField(label=_("About"), required=False, max_length=96, help_text=_("Like allocation:12"))
    actor = LineField(label=_("Who"), required=False, max_length=150, help_text=_("The name used to sign in."))
    field_order = ("act", "subject", "actor")


class Trail(Listing):
    """Every act, the newest first."""

    page_title = _("Trail")
    filters = TrailFilter
    columns = (_("When"), _("Who"), _("What"), _("About"), _("Reason"), pgettext_lazy("ledger", "Entries"))
    export_name = "trail"
    empty = _("Nobody has done anything yet. Each act on money will stand here, with who did it and why.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        asked = {
            "act": wanted["act"],
            "subject": wanted["subject"],
            "actor__username": wanted["actor"],
            "at__gte": begin_of(wanted["since"]),
            "at__lt": end_of(wanted["until"]),
        }
        entries = TrailEntry.objects.filter(**{name: value for name, value in asked.items() if value})
        return [
            [
                at(entry.at),
                Cell(who(entry)),
                Cell(act_label(entry.act)),
                Cell(subject_label(entry.subject), url=subject_url(entry.subject)),
                Cell(str(GIVEN_REASONS.get(entry.reason, entry.reason))),
                Cell(entries_of(entry)),
            ]
            for entry in entries.select_related("actor").order_by("-id")[offset : offset + limit]
        ]
