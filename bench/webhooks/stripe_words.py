"""Any of the made-up objects by its id, and webhooks about them, as finished JSON; and their signature."""

import hashlib
import hmac
import json
from collections.abc import Callable
from functools import lru_cache

from bench.webhooks import payment, renewal
from bench.webhooks.facts import ACCOUNT, ANY, API_VERSION, NOW, Facts, listed

MAKERS: dict[str, Callable[[str], Facts]] = {
    "cus": payment.customer,
    "pm": payment.payment_method,
    "txn": payment.balance_transaction,
    "ch": payment.charge,
    "pi": payment.payment_intent,
    "cs_test": payment.checkout_session,
    "prod": renewal.product,
    "price": renewal.price,
    "si": renewal.subscription_item,
    "sub": renewal.subscription,
    "il": renewal.invoice_line,
    "in": renewal.invoice,
    "inpay": renewal.invoice_payment,
}
"""By the prefix of the id."""
SUBJECTS = {
    "invoice.paid": "in",
    "customer.subscription.updated": "sub",
    "charge.updated": "ch",
    "payment_intent.succeeded": "pi",
    "invoice_payment.paid": "inpay",
    "checkout.session.completed": "cs_test",
}
"""What an event of that kind is about."""
SECRET = "whsec_of_the_benchmark"  # it opens nothing but the benchmark's own two servers
ACCOUNT_JSON = json.dumps(
    {
        "id": ACCOUNT,
        "object": "account",
        "business_profile": {"name": "Store Without Borders", "support_email": None, "url": None},
        "charges_enabled": True,
        "country": "PL",
        "created": NOW,
        "default_currency": "pln",
        "details_submitted": True,
        "email": "store@example.org",
        "livemode": False,
        "metadata": {},
        "payouts_enabled": True,
        "settings": {"branding": {"icon": None, "logo": None}, "dashboard": {"display_name": "Store"}},
        "type": "standard",
    }
).encode()


def render(name: str, expand: tuple[str, ...] = ()) -> bytes:
    """The object of that id as JSON, with what is to be expanded. Raises KeyError for an id that is none of ours."""
    prefix, _, of = name.rpartition("_")
    return _canned(prefix, of[:1], expand).replace(ANY.encode(), of[1:].encode())


def render_list(prefix: str, of: str, url: str, expand: tuple[str, ...] = ()) -> bytes:
    """A list with the one object of that kind which belongs to the gift `of` (a letter and a number)."""
    made = MAKERS[prefix](of[0])
    for path in expand:
        _expand(made, path.removeprefix("data.").split("."))
    return json.dumps(listed(url, made)).encode().replace(ANY.encode(), of[1:].encode())


def event(kind: str, *, letter: str, number: int, ref: str) -> bytes:
    """A webhook's body: the event `ref` of that kind, about the gift of that letter and number."""
    return _canned_event(kind, letter).replace(b"evt_any", ref.encode()).replace(ANY.encode(), str(number).encode())


def signature(body: bytes, at: int) -> str:
    """The header that Stripe would send with it, at that second."""
    signed = hmac.new(SECRET.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


@lru_cache(maxsize=512)
def _canned(prefix: str, letter: str, expand: tuple[str, ...]) -> bytes:
    made = MAKERS[prefix](letter)
    for path in expand:
        _expand(made, path.split("."))
    return json.dumps(made).encode()


@lru_cache(maxsize=64)
def _canned_event(kind: str, letter: str) -> bytes:
    told = {
        "id": "evt_any",
        "object": "event",
        "api_version": API_VERSION,
        "created": NOW,
        "data": {"object": MAKERS[SUBJECTS[kind]](letter)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    return json.dumps(told, indent=2).encode()


def _expand(made: Facts, path: list[str]) -> None:
    """Put an object where its id stands, or a list that is only there when asked for."""
    name, rest = path[0], path[1:]
    if name == "payments" and made["object"] == "invoice":
        letter = made["id"][len("in_")]
        made.setdefault(name, listed(f"/v1/invoice_payments?invoice={made['id']}", MAKERS["inpay"](letter)))
    value = made.get(name)
    prefix, _, of = value.rpartition("_") if isinstance(value, str) else ("", "", "")
    if prefix in MAKERS:
        value = made[name] = MAKERS[prefix](of[0])
    for each in value if isinstance(value, list) else [value]:
        if rest and isinstance(each, dict):
            _expand(each, rest)
