"""The test cards and what each of them does. Any other number is refused: this page takes no real card."""

from dataclasses import dataclass
from enum import Enum


class Behaviour(Enum):
    """What happens when a card is used."""

    PAYS = "The payment succeeds."
    DECLINES = "The bank declines without saying why."
    LACKS_FUNDS = "The bank declines: insufficient funds."
    ASKS = "The bank asks the payer to authenticate on a page of its own, now and at each later, unattended payment."
    ASKS_ONCE = "The bank asks the payer to authenticate the first payment, and none of those that follow."
    FAILS_LATER = "It pays now and declines on a later, unattended payment."
    IS_DISPUTED = "It pays, and an hour later the payer's bank disputes the payment as fraudulent."
    IS_MISSED = "It pays, and an hour later the payer's bank disputes the payment: nothing was received."
    IS_ASKED_ABOUT = "It pays, and an hour later the payer's bank asks about the payment, without taking it."
    IS_CALLED_FRAUD = "It pays, and an hour later the payer's bank warns that it was probably fraud."
    EXPIRED = "The bank declines: the card has expired."
    WRONG_CODE = "The bank declines: the security code is wrong."


@dataclass(frozen=True)
class TestCard:
    """A number, its brand and its behaviour."""

    __test__ = False

    number: str
    brand: str
    behaviour: Behaviour

    @property
    def last4(self) -> str:
        """The digits that may be shown."""
        return self.number[-4:]


_CARDS = [
    TestCard("4242424242424242", "visa", Behaviour.PAYS),
    TestCard("5555555555554444", "mastercard", Behaviour.PAYS),
    TestCard("4000006160000005", "visa", Behaviour.PAYS),
    TestCard("4000000000000002", "visa", Behaviour.DECLINES),
    TestCard("4000000000009995", "visa", Behaviour.LACKS_FUNDS),
    TestCard("4000002500003155", "visa", Behaviour.ASKS),
    TestCard("4000002760003184", "visa", Behaviour.ASKS),
    TestCard("4000003800000446", "visa", Behaviour.ASKS_ONCE),
    TestCard("4000000000000341", "visa", Behaviour.FAILS_LATER),
    TestCard("4000000000000259", "visa", Behaviour.IS_DISPUTED),
    TestCard("4000000000002685", "visa", Behaviour.IS_MISSED),
    TestCard("4000000000001976", "visa", Behaviour.IS_ASKED_ABOUT),
    TestCard("4000000000005423", "visa", Behaviour.IS_CALLED_FRAUD),
    TestCard("4000000000000069", "visa", Behaviour.EXPIRED),
    TestCard("4000000000000127", "visa", Behaviour.WRONG_CODE),
]
CARDS = {card.number: card for card in _CARDS}


#: The names under which Stripe's API knows test cards.
PAYMENT_METHOD_NAMES = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_pl": "4000006160000005",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_authenticationRequired": "4000002500003155",
    "pm_card_authenticationRequiredSetupForOffSession": "4000003800000446",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_createDisputeProductNotReceived": "4000000000002685",
    "pm_card_createDisputeInquiry": "4000000000001976",
    "pm_card_createIssuerFraudRecord": "4000000000005423",
}


@dataclass(frozen=True)
class Refusal:
    """Why a payment did not go through, in Stripe's codes; ``decline_code`` is the bank's own reason."""

    code: str
    message: str
    decline_code: str | None = None
    kind: str = "card_error"


REFUSALS = {
    Behaviour.DECLINES: Refusal("card_declined", "Your card was declined.", "generic_decline"),
    Behaviour.LACKS_FUNDS: Refusal("card_declined", "Your card has insufficient funds.", "insufficient_funds"),
    Behaviour.EXPIRED: Refusal("expired_card", "Your card has expired.", "expired_card"),
    Behaviour.WRONG_CODE: Refusal("incorrect_cvc", "Your card's security code is incorrect.", "incorrect_cvc"),
}
AUTHENTICATION_REQUIRED = Refusal(
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    "authentication_required",
)
MANDATE_ENDED = Refusal(
    "payment_method_customer_decline",
    "The customer has ended the agreement to be charged.",
    kind="invalid_request_error",
)
SETUP_NOT_AUTHENTICATED = Refusal(
    "setup_intent_authentication_failure",
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
    kind="invalid_request_error",
)
NOT_AUTHENTICATED = Refusal(
    "payment_intent_authentication_failure",
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
)
REFUSED_BY_PAYER = Refusal(
    "payment_method_customer_decline",
    "The customer declined the payment in their banking app.",
    kind="invalid_request_error",
)
TIMED_OUT = Refusal(
    "payment_intent_payment_attempt_expired",
    "The latest payment attempt of this PaymentIntent has expired. Try confirming again with a payment method.",
    kind="invalid_request_error",
)
REFUSED_BY_BANK = Refusal(
    "payment_intent_payment_attempt_failed",
    "The payment failed at the bank.",
    kind="invalid_request_error",
)
