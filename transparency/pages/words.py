"""The words of the reports, the same on every page and in every file."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from transparency.models import ReportKind

LINE_LABELS = {
    "opening": gettext_lazy("There was before"),
    "came_in": gettext_lazy("Came in"),
    "given_back": gettext_lazy("Given back to donors"),
    "payment_fees": gettext_lazy("Payment fees"),
    "running_costs": gettext_lazy("Running costs"),
    "fees_and_running_costs": gettext_lazy("Fees and running costs"),
    "help_with_documents": gettext_lazy("Turned into help, with documents"),
    "with_partners": gettext_lazy("With partners, not yet accounted for"),
    "waiting": gettext_lazy("Waiting"),
    "waiting_for_running_costs": gettext_lazy("Kept for running costs"),
    "closing": gettext_lazy("There is now"),
}

CHART_LABELS = {
    "help_with_documents": gettext_lazy("Turned into help"),
    "with_partners": gettext_lazy("With partners"),
    "waiting": gettext_lazy("Waiting"),
    "fees_and_running_costs": gettext_lazy("Fees and running costs"),
    "given_back": gettext_lazy("Given back to donors"),
}
"""Short, to stand over a bar on a narrow screen."""

LINE_MEANINGS = {
    "came_in": gettext_lazy("All gifts of this time, before any fee."),
    "fees_and_running_costs": gettext_lazy(
        "What the payment provider kept, and what it cost to keep this shop running."
    ),
    "help_with_documents": gettext_lazy("Spent on help; for each part we hold an accepted invoice or receipt."),
    "with_partners": gettext_lazy("Handed to partners for their work; their documents are still to come."),
    "waiting": gettext_lazy("In our accounts, for the purposes you chose."),
}

FUND_LABELS = {
    "opening": gettext_lazy("Before"),
    "received": gettext_lazy("Gifts"),
    "share_received": gettext_lazy("Share for running costs, in"),
    "redirected_in": gettext_lazy("Redirected here"),
    "covered": gettext_lazy("Deficit covered"),
    "fees": gettext_lazy("Payment fees"),
    "share": gettext_lazy("Share for running costs, out"),
    "refunds": gettext_lazy("Given back"),
    "losses": gettext_lazy("Cost of returns"),
    "cover_given": gettext_lazy("Covered for others"),
    "spent": gettext_lazy("Spent, with documents"),
    "redirected_out": gettext_lazy("Redirected from here"),
    "closing": gettext_lazy("Now"),
    "promised": gettext_lazy("of which promised"),
}

PARTNER_LABELS = {
    "opening": gettext_lazy("With it before"),
    "advanced": gettext_lazy("Handed over"),
    "accounted": gettext_lazy("Accounted for"),
    "returned": gettext_lazy("Came back"),
    "closing": gettext_lazy("With it now"),
}

LIMITS = {
    "bank_not_reconciled": gettext_lazy(
        "Bank not reconciled: the payment provider's books were compared entry by entry, bank statements not yet."
    ),
    "pooled_by_need": gettext_lazy(
        "Money is pooled by need. A report says what a need's money became; it does not claim that one note bought one "
        "blanket."
    ),
    "documents_not_deliveries": gettext_lazy(
        "A document shows that something was paid for. It does not show that it reached a person."
    ),
}

GRADES = {
    "invoice_seen": gettext_lazy("We have seen the invoice"),
    "partner_attested": gettext_lazy("The partner attests it"),
    "independently_checked": gettext_lazy("Checked by somebody independent"),
}


def month_name(period: int) -> str:
    """October 2026, in the reader's language."""
    return date_format(date(period // 100, period % 100, 1), "F Y")


def title_of(*, kind: str, first_period: int) -> str:
    """What a report is called in lists and headings."""
    if kind == ReportKind.YEAR:
        return _("The year %(year)s") % {"year": first_period // 100}
    if kind == ReportKind.TO_DATE:
        return _("%(month)s so far") % {"month": month_name(first_period)}
    return month_name(first_period)


def donors_in_words(band: dict[str, int]) -> str:
    """How many donors, as closely as it is published."""
    if band["below"] == 1:
        return _("none")
    if band["from"] == 1:
        return _("fewer than %(count)s") % {"count": band["below"]}
    return ngettext("at least %(count)s", "at least %(count)s", band["from"]) % {"count": band["from"]}


def grade_in_words(grade: str) -> str:
    """A grade of evidence; one that this version has no word for shows its code."""
    return str(GRADES.get(grade, grade))
