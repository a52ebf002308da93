"""The trail: who did what, when and why."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import TemplateResponseMixin

from core.models import TrailEntry
from core.periods import WARSAW
from shop.staff.forms import LineField
from shop.staff.tables import Cell, Listing


class TrailFilter(forms.Form):
    """What to look for."""

    subject = LineField(label=_("About"), required=False, max_length=96, help_text=_("Like allocation:12"))
    actor = LineField(label=_("Who"), required=False, max_length=150)


class Trail(TemplateResponseMixin, Listing):
    """Every act, the newest first."""

    template_name = "staff/list.html"
    page_title = _("Trail")
    filters = TrailFilter
    columns = (_("When"), _("Who"), _("What"), _("About"), _("Reason"))
    export_name = "trail"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.exported(request) or self.render_to_response(self.get_context_data(**self.listed(request)))

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        entries = TrailEntry.objects.select_related("actor").order_by("-id")
        if wanted.get("subject"):
            entries = entries.filter(subject=wanted["subject"])
        if wanted.get("actor"):
            entries = entries.filter(actor__username=wanted["actor"])
        return [
            [
                Cell(entry.at.astimezone(WARSAW).strftime("%Y-%m-%d %H:%M")),
                Cell(entry.actor.get_username() if entry.actor else str(_("the shop itself"))),
                Cell(entry.act),
                Cell(entry.subject, url=f"?subject={entry.subject}"),
                Cell(entry.reason),
            ]
            for entry in entries[offset : offset + limit]
        ]
