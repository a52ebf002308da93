"""What we ask for: nothing but what was stored before, so that it can be asked again."""

from dataclasses import dataclass
from datetime import datetime

from payments.provider.words import Recurrence

FIRST_HOUR_UTC = 10
"""The hour at which gifts of a chosen day are taken: the same calendar day in Warsaw all year."""


@dataclass(frozen=True)
class CheckoutLine:
    """One row on the payment page."""

    title: str
    unit_minor: int
    quantity: int


@dataclass(frozen=True)
class CheckoutRequest:
    """What the hosted payment page is made of: nothing but what was stored before, so that it can be sent again."""

    donation_ref: str
    lines: tuple[CheckoutLine, ...]
    currency: str
    description: str
    language: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True)
class RecurringRequest:
    """What a page that begins a monthly gift is made of: nothing but what was stored before.

    `first_on_day` None: the first gift is taken now, and the months are counted from the payment. Else it is taken at
    `FIRST_HOUR_UTC` on the next such day of a month, and nothing before.
    """

    monthly_ref: str
    terms_ref: str
    lines: tuple[CheckoutLine, ...]
    currency: str
    recurrence: Recurrence
    first_on_day: int | None
    description: str
    language: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True)
class NewSubscription:
    """A monthly gift that goes on with a kept way to pay, without a page: after another day, an end, or a merge.

    The first charge falls at `FIRST_HOUR_UTC` on the next `day` of a month at or after `not_before`.
    """

    monthly_ref: str
    terms_ref: str
    customer_ref: str
    method_ref: str
    title: str
    amount_minor: int
    currency: str
    recurrence: Recurrence
    day: int
    first_at: datetime
    """The first charge as computed from `day`; a month that lacks the day gives its last one."""


@dataclass(frozen=True)
class MethodPageRequest:
    """A page on which the donor gives a way to pay that is kept for the gift. Nothing is charged on it."""

    monthly_ref: str
    customer_ref: str
    currency: str
    language: str
    success_url: str
    cancel_url: str
