"""What the sections of a report are called on the desk."""

from django.utils.translation import gettext_lazy as _

SECTIONS = {
    "accepted_differences": _("Accepted differences"),
    "cohorts": _("What became of each year's gifts"),
    "currency": _("Currency"),
    "deficits": _("Deficits"),
    "deliveries": _("Goods in units"),
    "donee": _("Who holds the books"),
    "donors": _("How many donors"),
    "evidence": _("Evidence"),
    "flow": _("The way of the money"),
    "funds": _("Purposes"),
    "income_share": _("Share of the organisation's income"),
    "limits": _("Limits of the report"),
    "lines": _("The five lines"),
    "needs": _("Needs"),
    "notes": _("Notes"),
    "own_purchases": _("Own purchases"),
    "partners": _("Partners"),
    "payouts": _("Payouts"),
    "policy": _("Fees and share against policy"),
    "provider": _("The payment provider's movements"),
    "redirects": _("Redirects"),
    "regions": _("Regions"),
    "services": _("Services"),
    "story": _("The story"),
    "unit_costs": _("Planned and actual cost"),
    "weeks": _("Weeks"),
    "withheld": _("Evidence withheld"),
    "year_on_year": _("The year before"),
}
