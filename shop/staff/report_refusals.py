"""What the reports refuse, as the desk tells it."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.money import format_money
from transparency import operations as reports

CAMPAIGN = {
    "code": _("A code is made of small letters, digits and hyphens, at most 24 signs."),
    "name": _("A campaign needs a name in Polish and in English."),
    "months": _("The last month comes before the first."),
    "funds": _("Choose at least one purpose that donors give to."),
}


def _over_the_cap(refusal: reports.OverTheCap) -> str:
    return _("%(sum)s is more than may be accepted: %(cap)s.") % {
        "sum": format_money(abs(refusal.difference_minor)),
        "cap": format_money(refusal.cap_minor),
    }


REPORTS: dict[type[Exception], Promise | str | Callable[[Any], str]] = {
    reports.OthersPublished: lambda refusal: (
        _("Another report of these months was published since this one was built: build it again. (%(slugs)s)")
        % {"slugs": ", ".join(refusal.slugs)}
    ),
    reports.NoMarkKept: _("No mark of so long ago is kept with everything that stood beside it."),
    reports.NoSuchCampaign: _("Choose a campaign."),
    reports.NoSuchFinding: _("This finding is gone: the report was built again."),
    reports.NotAcceptable: _("A finding of this kind is never accepted: it has to be put right."),
    reports.OverTheCap: _over_the_cap,
    reports.CampaignTaken: _("There is a campaign of this code already; a campaign never changes."),
    reports.BadCampaign: lambda refusal: str(CAMPAIGN[refusal.what]),
}
