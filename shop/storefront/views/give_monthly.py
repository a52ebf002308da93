"""Give again and again: the form for a sum, a need and an interval, or for the packages of a basket."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language

from aid_packages.queries.lines import BadQuantity, NotGivable, UnknownPackages, frozen_lines_for
from aid_packages.queries.targets import UnknownTarget, free_target
from donors import sessions
from donors.queries import find_donor
from payments.monthly_states import ENDED, NOT_BEGUN, Interval, MonthlyKind, MonthlyState, ReceiptPolicy
from payments.operations.monthly import StartedMonthly, cancel_monthly_checkout, start_monthly
from payments.queries.monthly_start import live_commitment, monthly_by_token
from shop.forms import basket as baskets
from shop.forms.amount import OWN, AmountForm
from shop.forms.gift import Gift, GiftLine, lines_of
from shop.forms.giving import GivingPage, Notice, Sheet, Standing, absolute, cover_of, frozen
from shop.forms.monthly import MonthlyForm, interval_in
from shop.forms.terms import CURRENT_TERMS
from shop.storefront.views.give import plain, show_choice, target_code

BASKET = "basket"
RAISE, BOTH = "raise", "both"


def standing_of(state: MonthlyState | None) -> Standing:
    """How a monthly gift in this state stands for the form it came from."""
    if state is None or state in NOT_BEGUN:
        return Standing.OPEN
    return Standing.DEAD if state in ENDED else Standing.GIVEN


class GiveMonthly(GivingPage[StartedMonthly]):
    """?every=month|quarter|year with ?amount=...&need=..., or with ?from=basket."""

    key_prefix = "monthly"
    template_name = "pages/give_monthly.html"
    form_class = MonthlyForm

    def find_gift(self, request: HttpRequest) -> Gift | HttpResponse:
        self.every = interval_in(request.GET.get("every", "")) or Interval.MONTH
        return self._basket(request) if request.GET.get("from") == BASKET else self._free_sum(request)

    def begin(self, sheet: Sheet, *, intent_key: str, donor_id: int, now: datetime) -> StartedMonthly:
        typed = sheet.form.cleaned_data
        return start_monthly(
            intent_key=intent_key,
            donor_id=donor_id,
            kind=MonthlyKind(typed["kind"]),
            lines=frozen(sheet.gift),
            interval=self.every,
            day=typed["day"],
            cover_fee=typed["cover_fee"],
            expected_total_minor=sheet.gift.total_minor + cover_of(sheet.gift, sheet.form),
            expected_share_permille=sheet.expected_share,
            receipt_policy=ReceiptPolicy(typed["receipts"]),
            language=get_language() or "pl",
            terms_version=CURRENT_TERMS,
            return_url=_return_url,
            cancel_url=_cancel_url,
            now=now,
        )

    def standing(self, begun: StartedMonthly) -> Standing:
        return Standing.OPEN if begun.checkout_url else standing_of(begun.state)

    def close_open(self, *, token: str, now: datetime) -> Standing:
        return standing_of(cancel_monthly_checkout(token=token, now=now))

    def is_in_doubt(self, *, token: str) -> bool:
        gift = monthly_by_token(token=token)
        return gift is not None and gift.state in NOT_BEGUN

    def thank_you_path(self, *, token: str) -> str:
        return reverse("storefront:thank_you_monthly", kwargs={"token": token})

    def question(self, request: HttpRequest, sheet: Sheet, *, now: datetime) -> HttpResponse | None:
        """Who is signed in and gives to the same need already is asked whether to raise that gift.

        Nobody else is: whoever types a stranger's address must not learn that it gives. Their first mail asks.
        """
        donor_id = sessions.current_donor(token=request.COOKIES.get(sessions.COOKIE), now=now)
        if donor_id is None or donor_id != find_donor(email=sheet.form.cleaned_data["email"]):
            return None
        first = live_commitment(donor_id=donor_id, fund_codes=[line.fund_code for line in sheet.gift.lines])
        choice = request.POST.get("commitment", "")
        if first is None or choice == BOTH:
            return None
        if choice == RAISE:
            more = sum(line.total_minor for line in sheet.gift.lines)
            return redirect(
                f"{reverse('giving:monthly_change', kwargs={'gift_id': first})}?{urlencode({'more': more})}"
            )
        return self._show(request, sheet, notice=Notice.ALREADY_GIVES, status=409)

    def more_context(self, sheet: Sheet) -> dict[str, Any]:
        return {
            "every": self.every.value,
            "intervals": [{"value": each.value, "page": _with_interval(sheet.gift.page, each)} for each in Interval],
        }

    def _free_sum(self, request: HttpRequest) -> Gift | HttpResponse:
        form = AmountForm(request.GET)
        try:
            target = free_target(code=target_code(request))
        except UnknownTarget:
            return show_choice(request)
        if not form.is_valid():
            return show_choice(request, errors=form.errors.get("own_amount", []))
        line = GiftLine(
            title=target.title, fund_code=target.fund_code, unit_minor=form.minor, quantity=1, fallback=target.fallback
        )
        query = {"every": self.every.value, "amount": OWN, "own_amount": plain(form.minor), "need": target.code}
        return Gift(lines=(line,), page=_page(query), note=target.note)

    def _basket(self, request: HttpRequest) -> Gift | HttpResponse:
        """The packages of the visitor's basket, which stays as it is: it is no part of the monthly gift."""
        found = baskets.find_basket(ids=baskets.ids_in_cookie(request))
        try:
            lines = lines_of(frozen_lines_for(items=found.items)) if found is not None and found.lines else ()
        except (BadQuantity, NotGivable, UnknownPackages):
            lines = ()
        if not lines:
            return redirect("storefront:basket")
        return Gift(lines=lines, page=_page({"every": self.every.value, "from": BASKET}))


def _page(query: dict[str, str]) -> str:
    return f"{reverse('storefront:give_monthly')}?{urlencode(query)}"


def _with_interval(page: str, interval: Interval) -> str:
    """The same page for another interval; it always names one first."""
    path, _, query = page.partition("?every=")
    return f"{path}?every={interval.value}{query[query.index('&') :]}"


def _return_url(token: str) -> str:
    return absolute(reverse("storefront:thank_you_monthly", kwargs={"token": token}))


def _cancel_url(token: str) -> str:
    return absolute(reverse("storefront:monthly_cancelled", kwargs={"token": token}))
