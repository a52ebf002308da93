"""Another card for a monthly gift: on the payment provider's page, and back."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.monthly_states import ActState, ActVerb
from payments.operations import ProviderRefused, ProviderUnavailable
from payments.operations.monthly.acts import Acted
from payments.operations.monthly.method import keep_method, use_other_method
from payments.queries.monthly import MonthlyPage, MonthlyRow
from shop.giving.access import see_other
from shop.giving.views.acts import ActPage, provider_page
from shop.giving.views.monthly import LATER, NO_CARD, MonthlyOwn, address_of
from shop.giving.words import Fact, days


class Card(ActPage):
    """Leads to the provider's page, where nothing is charged."""

    verb = ActVerb.USE_METHOD
    title = gettext_lazy("Use another card")
    lead = gettext_lazy(
        "You give it on the payment provider’s page. Nothing is charged there, and we never see its number."
    )
    button = gettext_lazy("To the payment provider’s page")

    def facts(self, row: MonthlyRow) -> list[Fact]:
        return [*super().facts(row), (_("Next dates"), days(row.next_dates))] if row.next_dates else super().facts(row)

    def do(self, found: MonthlyPage, form: Any, **common: Any) -> Acted:
        url = use_other_method(**common, **provider_page(found.row.gift_id))
        return Acted(act_id=0, state=ActState.REQUESTED, told=None, url=url)


class CardBack(MonthlyOwn):
    """The donor is back: what was given there is used, and read back. May be opened again."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, gift_id: int) -> HttpResponseBase:
        self.find(gift_id)
        try:
            acted = keep_method(gift_id=gift_id, now=self.now)
        except (ProviderUnavailable, ProviderRefused):
            return see_other(f"{address_of(gift_id)}?{LATER}=1")
        if acted is None:
            return see_other(f"{address_of(gift_id)}?{NO_CARD}=1")
        return see_other(f"{address_of(gift_id)}?act={acted.act_id}#told")
