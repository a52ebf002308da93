"""The words of the reports, the same on every page and in every file."""

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from aid_packages.models.region import RegionCode
from transparency.models import CheckName, ReportKind

LINE_LABELS = {
    "opening": gettext_lazy("There was before"),
    "came_in": gettext_lazy("Came in"),
    "given_back": gettext_lazy("Given back to donors"),
    "payment_fees": gettext_lazy("Payment fees"),
    "running_costs": gettext_lazy("Running costs"),
    "fees_and_running_costs": gettext_lazy("Fees and running costs"),
    "help_with_documents": gettext_lazy("Turned into help, with documents"),
    "moved_out": gettext_lazy("Moved to other purposes"),
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
    "moved_out": gettext_lazy("Moved to other purposes"),
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
    "small_groups_merged": gettext_lazy(
        "Purposes with fewer than five donors are counted together with others, so that no single gift can be read."
    ),
    "differences_accepted": gettext_lazy(
        "Some differences were accepted by name, each with its reason; they are listed above."
    ),
}

COHORT_LABELS = {
    "given_back": gettext_lazy("Given back"),
    "fees": gettext_lazy("Payment fees"),
    "running": gettext_lazy("Running costs"),
    "turned_into_help": gettext_lazy("Turned into help"),
    "with_partners": gettext_lazy("With partners"),
    "lost": gettext_lazy("Losses and other costs"),
    "waiting": gettext_lazy("Waiting"),
}

UNIT_LABELS = {
    "opening_free": gettext_lazy("Free before"),
    "bought": gettext_lazy("Bought"),
    "in_kind": gettext_lazy("Given in kind"),
    "reserved": gettext_lazy("Set aside"),
    "delivered": gettext_lazy("Handed over"),
    "lost": gettext_lazy("Lost"),
    "expired": gettext_lazy("Expired"),
    "closing_free": gettext_lazy("Free now"),
}

FLOW_LABELS = {
    "opening": gettext_lazy("There was before"),
    "gifts": gettext_lazy("Gifts"),
    "between_funds": gettext_lazy("Between purposes"),
    "ourselves": gettext_lazy("Bought by ourselves"),
    "running_costs": gettext_lazy("Running costs"),
    "fees": gettext_lazy("Payment fees"),
    "given_back": gettext_lazy("Given back"),
    "elsewhere": gettext_lazy("Other purposes"),
    "held": gettext_lazy("There is now"),
    "with_partner": gettext_lazy("With partners"),
    "waiting": gettext_lazy("Waiting"),
    "undocumented": gettext_lazy("Without a document yet"),
}

FILTER_LABELS = {
    "need": gettext_lazy("Need"),
    "partner": gettext_lazy("Partner"),
    "region": gettext_lazy("Region"),
}

WITHHELD = {
    "safety": gettext_lazy("safety"),
    "partner": gettext_lazy("the partner asked for it"),
    "privacy": gettext_lazy("privacy"),
}

UNITS = {
    "piece": gettext_lazy("pieces"),
    "szt.": gettext_lazy("pieces"),
    "pair": gettext_lazy("pairs"),
    "set": gettext_lazy("sets"),
    "hour": gettext_lazy("hours"),
    "h": gettext_lazy("hours"),
    "consultation": gettext_lazy("consultations"),
    "intervention": gettext_lazy("interventions"),
    "visit": gettext_lazy("visits"),
    "lesson": gettext_lazy("lessons"),
    "month": gettext_lazy("months"),
}
"""Heads of a column: how many of what."""

PROVIDER_CATEGORIES = {
    "charge": gettext_lazy("Payments by donors"),
    "refund": gettext_lazy("Given back to donors"),
    "refund_failure": gettext_lazy("Returns that failed and came back"),
    "fee": gettext_lazy("Fees of the account"),
    "payout": gettext_lazy("Paid out to our bank"),
    "payout_reversal": gettext_lazy("Payouts that came back"),
    "dispute": gettext_lazy("Taken by banks, in dispute"),
    "dispute_reversal": gettext_lazy("Won from disputes"),
}
"""The provider's reporting categories. One that stands not here keeps the provider's name."""

REDIRECT_REASONS = {
    "over_funded": gettext_lazy("the need had more than it could use"),
    "ended": gettext_lazy("the need ended"),
    "season_over": gettext_lazy("the season was over"),
}

QUARTERS = ("I", "II", "III", "IV")

GRADES = {
    "invoice_seen": gettext_lazy("We have seen the invoice"),
    "partner_attested": gettext_lazy("The partner attests it"),
    "independently_checked": gettext_lazy("Checked by somebody independent"),
}


def month_name(period: int) -> str:
    """October 2026, in the reader's language: in Polish it has a small letter, unless it begins a line."""
    name = date_format(date(period // 100, period % 100, 1), "F Y")
    return name if get_language() == "en" else name.lower()


def title_of(*, kind: str, first_period: int, campaign: str = "", cohort: int | None = None) -> str:
    """What a report is called in lists and headings. `campaign` is its name, `cohort` the year whose gifts it follows."""
    if kind == ReportKind.YEAR:
        return _("The year %(year)s") % {"year": first_period // 100}
    if kind == "quarter":
        quarter = QUARTERS[(first_period % 100 - 1) // 3]
        return _("Quarter %(quarter)s of %(year)s") % {"quarter": quarter, "year": first_period // 100}
    if kind == "campaign":
        return _("Campaign: %(name)s") % {"name": campaign}
    if kind == "cohort":
        return _("What was given in %(year)s") % {"year": cohort or first_period // 100}
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


def lines_in_order(lines: Mapping[str, int]) -> list[tuple[str, int]]:
    """The lines as they are read: canonical JSON sorts its keys by letters, which says nothing."""
    order = {key: place for place, key in enumerate(LINE_LABELS)}
    return sorted(lines.items(), key=lambda line: order.get(line[0], len(order)))


def line_in_words(key: str) -> str:
    """A line's name; one that this version has no word for shows its key."""
    return str(LINE_LABELS.get(key, key))


def check_in_words(name: str) -> str:
    """A check's name as the desk says it."""
    return str(CheckName(name).label) if name in CheckName.values else name


def withheld_reason(reason: str) -> str:
    """Why something isn't shown."""
    return str(WITHHELD.get(reason, reason))


def unit_in_words(unit: str) -> str:
    """What is counted; the catalogue's own word when this version has none."""
    return str(UNITS.get(unit, unit))


def region_in_words(code: str) -> str:
    """A region of the fixed list that has no name in a report's own content."""
    return str(RegionCode(code).label) if code in RegionCode.values else code


def provider_category(name: str) -> str:
    """What moved our balance at the provider."""
    return str(PROVIDER_CATEGORIES.get(name, name))


def redirect_reason(reason: str) -> str:
    """Why money was redirected, in the desk's words where it is one of its reasons."""
    return str(REDIRECT_REASONS.get(reason, reason))


def traced_to(traced: dict[str, int | None]) -> str:
    """From what a number of the story is counted; what is fewer than five is named without its number."""
    deliveries, services = traced["deliveries"], traced["services"]
    return _("counted from %(deliveries)s and %(services)s") % {
        "deliveries": _("a few deliveries")
        if deliveries is None
        else ngettext("%(count)s delivery", "%(count)s deliveries", deliveries) % {"count": deliveries},
        "services": _("a few services")
        if services is None
        else ngettext("%(count)s service", "%(count)s services", services) % {"count": services},
    }


def regions_come_later(days: int) -> str:
    """Why no region is named yet."""
    return ngettext(
        "Where help was given is shown only %(days)s day after the end of the month, so that a report never leads anyone "
        "to people who hide.",
        "Where help was given is shown only %(days)s days after the end of the month, so that a report never leads anyone "
        "to people who hide.",
        days,
    ) % {"days": days}


def method_in_words(*, version: int, last_entry: int | None, band: int) -> list[str]:
    """How the figures were computed, a paragraph each: the same on the page and in files. Older methods said the last entry."""
    return [
        _(
            "Computed by method %(version)s from the books as they stood at one mark. Run again at the same mark, it gives the "
            "same bytes, whatever was booked since."
        )
        % {"version": version}
        if last_entry is None
        else _(
            "Computed by method %(version)s from the journal up to entry %(entry)s. Run again at the same mark, it gives "
            "the same bytes, whatever was booked since."
        )
        % {"version": version, "entry": last_entry},
        _(
            "“Came in” counts gifts before fees. “Turned into help” counts a sum when its document was accepted, not when "
            "money left the house. “With partners” is what they have received and not yet accounted for. “Waiting” is "
            "everything else we hold."
        ),
        _(
            "Donors and people are counted in steps of %(band)s, rounded down, so that nobody can be found by subtracting "
            "one report from another."
        )
        % {"band": band},
        *([_small_groups()] if last_entry is None else []),
    ]


def _small_groups() -> str:
    return _(
        "Purposes to which one to four people gave share a row with others, so that no figures of all our reports, however "
        "they are combined, tell what these few gave. Only the sums of the whole house are always told, a single refund among "
        "them: we owe them to everyone, and they name nobody."
    )
