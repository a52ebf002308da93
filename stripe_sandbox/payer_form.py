"""What a payer fills in on a hosted page: whether it can be sent, and the payment method it names."""

import re
from dataclasses import dataclass

from stripe_sandbox import cards
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.objects import customer, payment_method
from stripe_sandbox.world import World

BANKS = (
    "alior_bank",
    "bank_millennium",
    "bank_pekao_sa",
    "credit_agricole",
    "ing",
    "mbank_mtransfer",
    "pbac_z_ipko",
    "santander_przelew24",
)


@dataclass(frozen=True)
class Form:
    """What a payer fills in."""

    method: str
    email: str = ""
    name: str = ""
    number: str = ""
    expiry: str = ""
    cvc: str = ""
    blik: str = ""
    bank: str = ""


def errors_in(world: World, form: Form, methods: list[str]) -> dict[str, str]:
    """Which fields are wrong and how, in words that the pages' texts know."""
    errors = {}
    if form.method not in methods:
        return {"method": "method_unknown"}
    if not customer.is_email(form.email):
        errors["email"] = "email_invalid" if form.email else "email_missing"
    if form.method == "card":
        errors.update(card_errors(world, form))
    elif form.method == "blik" and not re.fullmatch(r"[0-9]{6}", _digits(form.blik)):
        errors["blik"] = "blik_invalid"
    elif form.method == "p24" and form.bank not in BANKS:
        errors["bank"] = "bank_missing"
    return errors


def card_errors(world: World, form: Form) -> dict[str, str]:
    """The same of a card's fields alone."""
    errors = {}
    number = _digits(form.number)
    if number not in cards.CARDS:
        errors["number"] = "number_not_a_test_card" if re.fullmatch(r"[0-9]{12,19}", number) else "number_invalid"
    expiry = _expiry(form.expiry)
    if expiry is None:
        errors["expiry"] = "expiry_invalid"
    elif payment_method.is_past(world.now(), *expiry):
        errors["expiry"] = "expiry_past"
    if not re.fullmatch(r"[0-9]{3,4}", form.cvc.strip()):
        errors["cvc"] = "cvc_invalid"
    return errors


def _expiry(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*[/-]?\s*(?:20)?([0-9]{2})\s*", text)
    return (int(match[1]), 2000 + int(match[2])) if match else None


def _digits(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def method_of(world: World, form: Form) -> JsonObject:
    """The payment method that a form without errors names."""
    email, name = form.email, form.name or None
    if form.method == "blik":
        return payment_method.add(world, "blik", {}, email=email, name=name)
    if form.method == "p24":
        return payment_method.add(world, "p24", {"bank": form.bank}, email=email, name=name)
    expiry = _expiry(form.expiry)
    assert expiry is not None
    return payment_method.add_card(world, _digits(form.number), expiry, email=email, name=name)
