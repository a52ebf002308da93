"""Oscar's order, written without Oscar's noise: one order, its lines, in two statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from oscar.apps.basket.models import Basket
from oscar.apps.order import utils as core
from oscar.apps.order.models import Line, Order
from oscar.apps.partner.models import StockRecord
from oscar.apps.shipping.methods import NoShippingRequired
from oscar.core.prices import Price

from core.money import to_major
from shop.forms.gift import GiftLine

GUEST_EMAIL = "donor@store.invalid"
"""Oscar's reports break on an empty address, and no donor's address may stand in its tables: so this, for everyone."""
AWAITING, PAID, RELEASED = "awaiting", "paid", "released"


class OrderCreator(core.OrderCreator):
    """Writes what was given as an order. No vouchers, offers, stock, signals or mails: a donation has none of them."""

    def place_donation(
        self, *, basket: Basket, number: str, lines: Sequence[tuple[GiftLine, StockRecord]], now: datetime
    ) -> Order:
        """The order `awaiting` its payment. Sums are the server's, frozen in `lines`; inside a database transaction."""
        total = to_major(sum(line.total_minor for line, _stock in lines))
        shipping = NoShippingRequired()
        order = self.create_order_model(
            user=None,
            basket=basket,
            shipping_address=None,
            shipping_method=shipping,
            shipping_charge=shipping.calculate(basket=_InZloty()),
            billing_address=None,
            total=Price(currency="PLN", excl_tax=total, incl_tax=total),
            order_number=number,
            status=AWAITING,
            guest_email=GUEST_EMAIL,
            date_placed=now,
            site=None,
        )
        Line.objects.bulk_create(_line(order, line, stock) for line, stock in lines)
        return order


class _InZloty:
    """All that Oscar's free shipping asks of a basket."""

    currency = "PLN"


def _line(order: Order, line: GiftLine, stock: StockRecord) -> Line:
    total, unit = to_major(line.total_minor), to_major(line.unit_minor)
    sums: dict[str, Any] = {
        "line_price_excl_tax": total,
        "line_price_incl_tax": total,
        "line_price_before_discounts_excl_tax": total,
        "line_price_before_discounts_incl_tax": total,
        "unit_price_excl_tax": unit,
        "unit_price_incl_tax": unit,
    }
    return Line(
        order=order,
        partner=stock.partner,
        partner_name=stock.partner.name,
        partner_sku=stock.partner_sku,
        stockrecord=stock,
        product_id=line.product_id,
        title=line.title,
        quantity=line.quantity,
        num_allocated=0,
        status=AWAITING,
        **sums,
    )
