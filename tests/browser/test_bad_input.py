"""What nobody should send, sent over HTTP to the shop as it really runs: told clearly at its place, and nothing booked."""

import hashlib
import hmac
import html
import http.client
import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.stack import Stack

BOOKED = ("payments_donation", "payments_charge", "payments_providerevent", "ledger_journalentry", "donors_donor")
AMOUNTS = ("0", "-50", "1e999", "NaN", "inf", "١٠٠", "10000000", "12,345", "sto", "1_000", "0x10", "5\x00", "9" * 400)
QUANTITIES = ("0", "-1", "1000000000", str(10**30), "1.5", "1e3", "٣", "dwa", "", "1\x00")
ADDRESSES = (
    "anna@example.org\nBcc: kto@example.org",
    "anna\r\nSubject: x@example.org",
    "brak-malpy",
    "anna@exam\x00ple.org",
    "anna\u202e@example.org",
    "a" * 300 + "@example.org",
)
NAMES = ("Anna\x00Las", "Anna\u202eLas", "\u2066Anna", "A" + "\u0301" * 10_000, "Anna\nLas", "A" * 10_000)
TOKENS = ("wrong", "0", "a" * 500, "..%2F..%2Fetc", "%00", "A-_~", "żółw", "' OR 1=1 --")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: str
    address: str

    def said_at(self, field: str) -> str:
        """The sentence that stands at a field of the page, empty when there is none."""
        found = re.search(rf'id="{field}[_-]error"[^>]*>(.*?)</ul>', self.body, re.DOTALL)
        return html.unescape(re.sub(r"<[^>]+>|\s+", " ", found[1])).strip() if found else ""


class Visitor:
    """Somebody with a cookie jar, who can send what no browser would."""

    def __init__(self, start: str) -> None:
        self.start = start
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._jar)
        )

    def get(self, path: str) -> Answer:
        return self._answer(urllib.request.Request(self.start + urllib.parse.quote(path, safe="/?&=%+")))

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """With the token and the hidden fields of the page that is there, as far as `fields` doesn't say otherwise."""
        page = self.get(path).body if path.startswith("/pl/give/") else ""
        kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        sent = urllib.parse.urlencode(kept | fields).encode()
        request = urllib.request.Request(self.start + path, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
        return self._answer(request)

    def raw(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        return self._answer(urllib.request.Request(self.start + path, data=body, headers=headers))

    def _answer(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=60) as came:
                return Answer(came.status, came.read().decode("utf-8", "replace"), came.url)
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.read().decode("utf-8", "replace"), refused.url)


@pytest.fixture
def visitor(stack: Stack) -> Iterator[Visitor]:
    """Afterwards nothing may have been booked."""
    before = {table: stack.count(table) for table in BOOKED}
    yield Visitor(stack.url)
    assert {table: stack.count(table) for table in BOOKED} == before


def test_amounts(visitor: Visitor) -> None:
    for typed in AMOUNTS:
        query = urllib.parse.urlencode({"amount": "own", "own_amount": typed, "need": "warm-night"})
        answer = visitor.get(f"/pl/give/details/?{query}")
        assert answer.status == 200, typed[:40]
        assert answer.said_at("id_amount"), typed[:40]
    for chosen in ("5001", "-5000", "abc", "", "9" * 400):
        answer = visitor.get(f"/pl/give/details/?amount={chosen}")
        assert (answer.status, bool(answer.said_at("id_amount"))) == (200, True), chosen[:40]


def test_quantities(visitor: Visitor) -> None:
    for typed in QUANTITIES:
        query = urllib.parse.urlencode({"package": "warm-night", "quantity": typed})
        now = visitor.get(f"/pl/give/checkout/?{query}")
        assert (now.status, bool(now.said_at("id_quantity"))) == (200, True), typed
        put_in = visitor.post("/pl/basket/add/", {"package": "warm-night", "quantity": typed})
        assert (put_in.status, bool(put_in.said_at("id_quantity"))) == (400, True), typed


def test_unknown_packages_and_needs(visitor: Visitor) -> None:
    for name in ("nothing", "warm-night'--", "WARM-NIGHT\x00", "x" * 3000, "żółw"):
        assert visitor.post("/pl/basket/add/", {"package": name, "quantity": "1"}).status == 404, name[:20]
        assert visitor.get(f"/pl/give/checkout/?package={urllib.parse.quote(name)}").status == 404, name[:20]
        assert visitor.get(f"/pl/packages/{urllib.parse.quote(name)}/").status == 404, name[:20]
        free = visitor.get(f"/pl/give/details/?amount=5000&need={urllib.parse.quote(name)}")
        assert (free.status, "notice--warning" in free.body) == (200, True), name[:20]


FORM = "/pl/give/details/?amount=5000"


@pytest.mark.parametrize("field", ["email", "recipient_email"])
def test_addresses(visitor: Visitor, field: str) -> None:
    for typed in ADDRESSES:
        answer = visitor.post(FORM, {"email": "anna@example.org", "recipient_name": "Jan", field: typed})
        assert answer.status == 200, typed[:40]
        assert answer.said_at(f"id_{field}"), typed[:40]
        assert "kto@example.org" not in answer.said_at(f"id_{field}")


@pytest.mark.parametrize("field", ["name", "company_name", "recipient_name"])
def test_names(visitor: Visitor, field: str) -> None:
    for typed in NAMES:
        answer = visitor.post(FORM, {"email": "anna@example.org", field: typed})
        assert (answer.status, bool(answer.said_at(f"id_{field}"))) == (200, True), repr(typed[:20])


def test_other_fields(visitor: Visitor) -> None:
    wrong = {
        "message": ["\u202eodwrotnie", "x" * 20_000, "a\x00"],
        "nip": ["1234567890", "٥٢٦٠٢٥٠٢٧٤", "526", "x" * 500, "\x00"],
        "send_on": ["2019-01-01", "9999-12-31", "0000-00-00", "jutro", "2026-02-30"],
    }
    for field, values in wrong.items():
        for typed in values:
            answer = visitor.post(FORM, {"email": "anna@example.org", field: typed})
            assert (answer.status, bool(answer.said_at(f"id_{field}"))) == (200, True), (field, typed[:20])


def test_tampered_hidden_fields(visitor: Visitor) -> None:
    for field, value in (
        ("expected_total", "1"),
        ("expected_total", "-5000"),
        ("expected_total", "٥٠٠٠"),
        ("expected_total", "5000\x00"),
        ("attempt", ""),
        ("attempt", "x"),
        ("attempt", "a:b:c"),
        ("attempt", "\x00"),
    ):
        answer = visitor.post(FORM, {"email": "anna@example.org", field: value})
        assert answer.status in (200, 409), (field, value)
        assert 'role="alert"' in answer.body, (field, value)
        assert answer.address.startswith(visitor.start), "nobody was led on to pay"
    assert visitor.post(FORM, {"email": "anna@example.org", "csrfmiddlewaretoken": "x" * 64}).status == 403


def test_wrong_tokens_are_all_alike(visitor: Visitor) -> None:
    bodies = set()
    for token in TOKENS:
        name = token if "%" in token else urllib.parse.quote(token)
        for path in ("/pl/thank-you/{}/", "/en/receipt/{}/", "/pl/give/cancelled/{}/"):
            answer = visitor.get(path.format(name))
            assert answer.status == 404, (path, token)
            if path.startswith("/en/receipt/") and "%2F" not in token:
                bodies.add(re.sub(r'href="[^"]*"', "", answer.body))
    assert len(bodies) == 1, "an answer that differs tells a guesser something"


def test_webhooks(stack: Stack, visitor: Visitor) -> None:
    real = {"id": "evt_bad", "object": "event", "type": "charge.succeeded", "created": int(time.time())}
    real |= {"livemode": False, "data": {"object": {"id": "ch_x", "object": "charge"}}, "api_version": "x"}
    body = json.dumps(real).encode()
    live = json.dumps(real | {"livemode": True}).encode()
    secret = stack.environment["STRIPE_WEBHOOK_SECRETS"]
    for name, sent, header in (
        ("no signature", body, None),
        ("junk", b"\xff\xfe junk", signed(b"\xff\xfe junk", secret)),
        ("no object", b"[]", signed(b"[]", secret)),
        ("wrong signature", body, signed(body, "whsec_wrong")),
        ("half a signature", body, "t=1,v1="),
        ("stale", body, signed(body, secret, age=3600)),
        ("live mode", live, signed(live, secret)),
    ):
        headers = {"Content-Type": "application/json"} | ({"Stripe-Signature": header} if header else {})
        answer = visitor.raw("/webhooks/stripe/", sent, headers)
        assert answer.status in (400, 413), (name, answer.status)
    assert begin_to_send(f"{stack.url}/webhooks/stripe/", size=10_000_000) == 413
    assert visitor.get("/webhooks/stripe/").status == 405


def begin_to_send(address: str, *, size: int) -> int:
    """Announces a body of this many bytes and sends its beginning: the answer must not wait for the rest."""
    parts = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    connection.putrequest("POST", parts.path)
    for name, value in {"Content-Length": str(size), "Stripe-Signature": "t=1,v1=00"}.items():
        connection.putheader(name, value)
    connection.endheaders(b'{"id": "')
    status = connection.getresponse().status
    connection.close()
    return status


def signed(body: bytes, secret: str, *, age: int = 0) -> str:
    stamp = int(time.time()) - age
    mark = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mark}"
