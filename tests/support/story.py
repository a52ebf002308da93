"""The words of the stories: a donor, their bank, the provider's webhooks, the workers, the desk and the books.

Everybody goes through the real doors: pages and forms of the shop, the payment page of the sandbox over HTTP, the webhook's
address, the tasks by name. Time stands still until the story says that it passes.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe
from django.core import mail
from django.http import HttpResponse
from django.test import Client as Browser

from payments.models import Donation
from stripe_sandbox.testing import Client as Sandbox
from tests.factories import shop
from tests.factories.staff import read

CARD_THAT_PAYS = "4242424242424242"
CARD_THAT_IS_DECLINED = "4000000000000002"
CARD_THAT_ASKS = "4000002500003155"


@dataclass
class Clock:
    """The story's time: the shop's and the provider's alike."""

    sandbox: Sandbox
    now: datetime

    def passes(self, **length: float) -> None:
        """`days=3`, `hours=2`, `minutes=5`."""
        self.comes(self.now + timedelta(**length))

    def comes(self, moment: datetime) -> None:
        self.now = moment
        self.sandbox.clock(now=int(moment.timestamp()), stopped=True)


@dataclass
class Workers:
    """The Celery workers, and beat's minute, run when the story says so."""

    run_hints: Callable[[], int]

    def work(self) -> int:
        """Run every hint that was sent, and those they cause."""
        return self.run_hints()

    def beat_strikes(self, *names: str) -> None:
        """Run these periodic tasks, then what they hinted at."""
        from shop.celery import app

        app.loader.import_default_modules()
        for name in names or ("payments.sweep", "shop.sweep_orders", "donors.sweep_mails"):
            app.tasks[name].run()
        self.work()


@dataclass
class PaymentPage:
    """The provider's page with its form, as a donor's browser sees it. Answers end in an address to go to, or a refusal."""

    url: str
    email: str

    def __post_init__(self) -> None:
        self.session = re.search(r"cs_test_\w+", self.url)[0]  # type: ignore[index]  # the address always names it
        self._http = requests.Session()
        self._http.trust_env = False
        self._root = "{0.scheme}://{0.netloc}".format(urlsplit(self.url))

    def shows(self) -> str:
        with self._http.get(self.url, timeout=60) as page:
            return page.text

    def pays_with(
        self, *, card: str = "", expiry: str = "12/49", blik: str = "", p24: str = "", then: str = "approve"
    ) -> str | None:
        """Fill in the form; `then` is what the bank is told if it asks. The address the browser is sent to, else None."""
        method = "blik" if blik else "p24" if p24 else "card"
        typed = {"email": self.email, "method": method, "blik": blik, "bank": p24}
        typed |= {"number": card or CARD_THAT_PAYS, "expiry": expiry, "cvc": "123"} if method == "card" else {}
        onward = self._sends("", typed)
        if onward and onward.endswith("/confirm"):
            onward = self._sends("/confirm", {"answer": then})
        return onward

    def _sends(self, path: str, typed: dict[str, str]) -> str | None:
        address = f"{self._root}/c/pay/{self.session}{path}"
        with self._http.post(address, data=typed, allow_redirects=False, timeout=60) as answer:
            assert answer.status_code < 500, answer.text
            onward = answer.headers.get("Location")
            self.last_answer = answer.text
        return None if onward is None or onward.rstrip("/").endswith(self.session) else onward

    def close(self) -> None:
        self._http.close()


@dataclass
class Donor:
    """Somebody with a browser, who reads English."""

    world: "Story"
    email: str = shop.EMAIL
    language: str = "en"
    browser: Browser = field(
        default_factory=lambda: Browser(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})
    )
    form: str = ""
    payment_page: PaymentPage | None = None
    answer: HttpResponse | None = None
    token: str = ""

    def opens(self, path: str) -> str:
        """A page of the shop, in the donor's language: its text."""
        self.answer = self.browser.get(f"/{self.language}/{path}")
        assert self.answer.status_code == 200, (path, self.answer.status_code)
        return read(self.answer)

    def opens_package(self, slug: str, *, quantity: int = 1) -> str:
        """The package's page; "give this now" leads to its form."""
        text = self.opens(f"packages/{slug}/")
        self.form = f"/{self.language}/give/checkout/?package={slug}&quantity={quantity}"
        return text

    def puts_in_basket(self, slug: str, quantity: int = 1) -> None:
        assert shop.put_in_basket(self.browser, slug, quantity, language=self.language).status_code == 302
        self.form = f"/{self.language}/give/checkout/"

    def chooses_sum(self, amount: str, *, to: str = "GENERAL") -> None:
        """A free sum, to a need, an area, or where it is needed most."""
        self.form = f"/{self.language}/give/details/?amount=own&own_amount={amount}&need={to}"

    def reads_the_form(self) -> str:
        """The page with the form, kept open until it is sent."""
        page = self.browser.get(self.form)
        self._hidden = shop.hidden_fields(page)
        return read(page)

    def sends_the_form(self, **typed: Any) -> HttpResponse:
        self.answer = shop.send(self.browser, self.form, self._hidden, **{"email": self.email, **typed})
        if self.answer.status_code == 303:
            self._arrives_at_the_payment_page()
        return self.answer

    def gives_now(self, **typed: Any) -> "Donor":
        """Read the form, fill it in, send it: the browser stands on the payment page then."""
        self.reads_the_form()
        answer = self.sends_the_form(**typed)
        assert answer.status_code == 303, (answer.status_code, read(answer)[:600])
        return self

    def _arrives_at_the_payment_page(self) -> None:
        assert self.answer is not None
        self.payment_page = PaymentPage(self.answer["Location"], self.email)
        self.world.pages.append(self.payment_page)
        self.token = Donation.objects.get(checkout_ref=self.payment_page.session).token

    def pays(self, **way: str) -> str:
        """Pay on the provider's page and follow its way back to the shop: what the page there says."""
        self.pays_and_closes_the_browser(**way)
        return self.comes_back()

    def pays_and_closes_the_browser(self, **way: str) -> None:
        """Pay, and don't come back, or not now."""
        assert self.payment_page is not None
        self.onward = self.payment_page.pays_with(**way)
        assert self.onward is not None, read_html(self.payment_page.last_answer)[:400]

    def fails_to_pay(self, **way: str) -> str:
        """Try to pay, and read why it did not work."""
        assert self.payment_page is not None
        assert self.payment_page.pays_with(**way) is None
        return read_html(self.payment_page.last_answer or self.payment_page.shows())

    def comes_back(self) -> str:
        """By the address that the payment page names."""
        where = urlsplit(self.onward or "")
        self.answer = self.browser.get(f"{where.path}?{where.query}", follow=True)
        return read(self.answer)

    def goes_back_without_paying(self) -> str:
        """The link "back" on the payment page."""
        page = self.donation
        self.onward = page.cancel_url
        return self.comes_back()

    def looks_again(self) -> str:
        """The thank-you page, once more."""
        return self.opens(f"thank-you/{self.token}/")

    def takes_the_receipt(self) -> bytes:
        """The PDF behind the link on the thank-you page."""
        page = self.browser.get(f"/{self.language}/thank-you/{self.token}/").content.decode()
        link = re.search(rf'href="(/{self.language}/receipt/[^"]+)"', page)
        assert link, "the thank-you page has no link to the receipt"
        return self.browser.get(link[1]).content

    def finds_mails(self) -> list[str]:
        """The subjects of the mails in the donor's mailbox, oldest first."""
        return [message.subject for message in mail.outbox if message.to == [self.email]]

    @property
    def donation(self) -> Donation:
        """The donation that the payment page belongs to."""
        return Donation.objects.get(token=self.token)


@dataclass
class Webhooks:
    """The provider's messages: everything it has to say is listed there, and brought when the story says so."""

    world: "Story"
    brought: set[str] = field(default_factory=set)

    def waiting(self) -> list[dict[str, Any]]:
        """Events not brought yet, oldest first, as raw as the provider has them."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            query = {"limit": "100", **({"starting_after": after} if after else {})}
            sandbox = self.world.sandbox
            with requests.Session() as http:
                http.trust_env = False
                page = http.get(f"{sandbox.url}/v1/events", params=query, auth=(sandbox.key, ""), timeout=60).json()
            found += page["data"]
            if not page["has_more"]:
                break
            after = page["data"][-1]["id"]
        return [event for event in reversed(found) if event["id"] not in self.brought]

    def arrive(self, *, times: int = 1, backwards: bool = False, only: str = "", then_work: bool = True) -> int:
        """Bring what waits (`only` a type's), so many times over, in the order of their making or against it."""
        events = [event for event in self.waiting() if event["type"].startswith(only)]
        assert events, "the provider has nothing to say"
        queue = events * times
        for event in queue[::-1] if backwards else queue:
            assert self.bring(event).status_code == 200
            if then_work:
                self.world.workers.work()
        self.brought |= {event["id"] for event in events}
        return len(events)

    def bring(self, event: dict[str, Any]) -> HttpResponse:
        """One message to the webhook's address, signed as it leaves."""
        body = json.dumps(event)
        sandbox, sent_at = self.world.sandbox, int(self.world.clock.now.timestamp())
        signed = stripe.WebhookSignature.generate_signature_header(body, sandbox.webhook_secret, timestamp=sent_at)
        return Browser().post(
            "/webhooks/stripe/", body, content_type="application/json", headers={"stripe-signature": signed}
        )


@dataclass
class Story:
    """One day, with all who have a part in it."""

    sandbox: Sandbox
    clock: Clock
    workers: Workers
    hints: list[Any]
    pages: list[PaymentPage] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """For references in the books that chance decides: what stands for them in the story's table."""

    def __post_init__(self) -> None:
        self.webhooks = Webhooks(self)
        self.donor = Donor(self)

    def another_donor(self, email: str) -> Donor:
        return Donor(self, email=email)

    def everybody_does_their_part(self) -> None:
        """The webhooks come and the workers follow."""
        if self.webhooks.waiting():
            self.webhooks.arrive()
        self.workers.work()

    def ends(self) -> None:
        """Nobody's connection stays open."""
        for page in self.pages:
            page.close()


def read_html(page: str) -> str:
    """A page of the provider's as text."""
    return read(HttpResponse(page))


def mails_to(address: str) -> list[Any]:
    """Mails as they left, to one address."""
    return [message for message in mail.outbox if address in message.to]
