"""The funds and the house's accounts: what there is, what is set aside, what can still be allocated."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aid_packages.queries import fund_titles, partner_names
from ledger import accounts
from ledger.models import EntryKind, Fund, FundUse
from ledger.queries import account_balance, fund_available, fund_balance, fund_balances, fund_statement
from ledger.queries.balances import FundBalance
from shop.staff.filters import EVERY, DaysFilter, begin_of, end_of
from shop.staff.tables import Cell, Listing, at, month

NOTHING = FundBalance(balance_minor=0, available_minor=0)


def house_figures() -> list[tuple[Any, int]]:
    """What stands where, in grosze: label and sum; debts positive."""
    with_partners = sum(account_balance(code=accounts.advance(code)) for code in partner_names())
    return [
        (_("At the bank"), account_balance(code=accounts.BANK)),
        (_("At the payment provider"), account_balance(code=accounts.STRIPE_CLEARING)),
        (_("On its way to the bank"), account_balance(code=accounts.BANK_IN_TRANSIT)),
        (_("Cash"), account_balance(code=accounts.CASH)),
        (_("With partners, not yet accounted for"), with_partners),
        (_("Owed for purchases"), -account_balance(code=accounts.PAYABLE)),
        (_("Unmatched money"), -account_balance(code=accounts.UNMATCHED)),
    ]


class Funds(Listing):
    """All funds, each under the fund that what it can't use goes to."""

    template_name = "staff/funds.html"
    page_title = _("Funds")
    columns = (_("Fund"), _("Code"), _("Within"), _("Restriction"), _("Balance"), _("Committed"), _("Available"))
    export_name = "funds"
    empty = _("No fund yet: the books have not been opened.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        balances, titles = fund_balances(), fund_titles()
        return [
            [
                Cell(titles.get(fund.code, fund.code), url=reverse("staff:fund", args=[fund.code])),
                Cell(fund.code),
                Cell(fund.parent.code if fund.parent else ""),
                Cell(fund.get_restriction_display()),
                Cell(minor=has.balance_minor),
                Cell(minor=has.balance_minor - has.available_minor),
                Cell(minor=has.available_minor),
            ]
            for fund, has in ((fund, balances.get(fund.code, NOTHING)) for fund in list(tree())[offset:][:limit])
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        balances = fund_balances()
        short = [(code, -has.available_minor) for code, has in balances.items() if has.available_minor < 0]
        return super().get_context_data(house=house_figures(), short=short, **kwargs)


def tree() -> Iterator[Fund]:
    """The funds, each followed by those within it."""
    within: dict[int | None, list[Fund]] = {}
    for fund in Fund.objects.select_related("parent").order_by("code"):
        within.setdefault(fund.parent_id, []).append(fund)
    waiting = within.get(None, [])[::-1]
    while waiting:
        fund = waiting.pop()
        yield fund
        waiting.extend(within.get(fund.pk, [])[::-1])


class StatementFilter(DaysFilter):
    """What to look for. The days are those on which it happened."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[EVERY, *EntryKind.choices])
    field_order = ("kind",)


class OneFund(Listing):
    """One fund's statement, the newest first."""

    template_name = "staff/fund.html"
    filters = StatementFilter
    columns = (
        _("Entry"),
        _("Happened"),
        _("Month of the books"),
        _("Kind"),
        _("Use"),
        _("Reference"),
        _("Sum"),
        _("Balance after it"),
    )
    empty = _("Nothing has moved in this fund yet.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        since, until = begin_of(wanted["since"]), end_of(wanted["until"])
        found = [
            line
            for line in reversed(fund_statement(code=self._fund().code))
            if wanted["kind"] in ("", line.kind)
            and (since is None or line.event_at >= since)
            and (until is None or line.event_at < until)
        ]
        return [
            [
                Cell(str(line.entry_id)),
                at(line.event_at),
                Cell(month(line.period)),
                Cell(str(EntryKind(line.kind).label)),
                Cell(str(FundUse(line.use).label)),
                Cell(line.reference),
                Cell(minor=line.amount_minor),
                Cell(minor=line.balance_minor),
            ]
            for line in found[offset : offset + limit]
        ]

    def exported(self, request: HttpRequest) -> HttpResponseBase:
        self.export_name = f"fund-{self._fund().code.lower()}"
        return super().exported(request)

    def _fund(self) -> Fund:
        fund = Fund.objects.filter(code=self.kwargs["code"]).first()
        if fund is None:
            raise Http404
        return fund

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        code = self._fund().code
        balance, available = fund_balance(code=code), fund_available(code=code)
        return super().get_context_data(
            code=code,
            figures=[(_("Balance"), balance), (_("Committed"), balance - available), (_("Available"), available)],
            page_title=fund_titles().get(code, code),
            **kwargs,
        )
