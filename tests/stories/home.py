"""A donor's words about gifts that come again: setting one up, what the mails' links do, and being at home.

Every page is opened and its own form sent, with what stands filled in on it, as a browser does.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from django.core import mail
from django.http import HttpResponse
from django.test import Client as Browser

from core.periods import WARSAW
from payments.models import Donation, MonthlyGift
from payments.monthly_states import MonthlyState
from tests.factories.giving import hidden_in, main_of
from tests.factories.staff import read
from tests.support.story import Donor, PaymentPage, Story

FIFTY_EACH_MONTH = "/en/give/monthly/details/?every=month&amount=own&own_amount=50&need=lawyer"
CARD_WITHOUT_MONEY = "4000000000009995"
TASKS_OF_A_DAY = ("payments.make_occasions", "payments.remind_card_expiry", "payments.sweep", "donors.sweep_mails")
SIGNED_IN_FOR = timedelta(minutes=25)
"""A session of half an hour without a sign of life ends; a story signs in anew before that."""


def sets_up(donor: Donor, *, page: str = FIFTY_EACH_MONTH, **typed: Any) -> None:
    """Fill in the form of a monthly gift; by hand it begins there, else on the payment page."""
    donor.form = page
    donor.reads_the_form()
    wanted = {"kind": "automatic", "receipts": "each", "day": "21", **typed}
    answer = donor.browser.post(page, {**donor._hidden, "email": donor.email, "accept_terms": "on", **wanted})
    assert answer.status_code in (302, 303), read(answer)[:600]
    donor.answer = answer


def confirms(donor: Donor, **way: str) -> str:
    """Go through the payment page that the browser was sent to, and come back: what the page there says."""
    assert donor.answer is not None
    donor.payment_page = PaymentPage(donor.answer["Location"], donor.email)
    donor.world.pages.append(donor.payment_page)
    return donor.pays(**way)


def gives_each_month(donor: Donor, *, page: str = FIFTY_EACH_MONTH, card: str = "", **typed: Any) -> MonthlyGift:
    """Set one up and confirm it; everybody does their part, and the first mails are there."""
    sets_up(donor, page=page, **typed)
    page = confirms(donor, **({"card": card} if card else {}))
    assert "the next ones are set up" in page or "Your regular donation is set up" in page, page
    mails_go_out(donor.world)
    return MonthlyGift.objects.latest("pk")


def ends_unpaid(donor: Donor) -> MonthlyGift:
    """A gift whose second renewal fails four times: then the provider ends it, and the donor is told so."""
    gift = gives_each_month(donor)
    donor.world.sandbox.change_card(gift.method_ref, card=CARD_WITHOUT_MONEY)
    comes(donor.world, warsaw(2027, 1, 10))
    gift.refresh_from_db()
    assert gift.state == MonthlyState.CANCELLED
    assert "Your regular payment has ended" in donor.finds_mails()
    assert "has ended" in looks_at(finds_link(donor, "mend"))
    return gift


def time_passes(story: Story, **length: float) -> None:
    """Days go by: the provider acts, tells us, and the workers follow. A month is gone through week by week."""
    comes(story, story.clock.now + timedelta(**length))


def comes(story: Story, moment: datetime) -> None:
    """The same, up to a moment."""
    while story.clock.now < moment:
        story.clock.comes(min(moment, story.clock.now + timedelta(days=7)))
        mails_go_out(story)


def mails_go_out(story: Story) -> None:
    """Notices come, and what beat starts each day is run."""
    story.everybody_does_their_part()
    story.workers.beat_strikes(*TASKS_OF_A_DAY)


def finds_link(donor: Donor, page: str) -> str:
    """The newest link of that sort in the donor's mailbox: its path."""
    for message in reversed(mail.outbox):
        found = re.search(rf"/en/(?:monthly|my-giving/sign-in)/{page}/[\w-]+/", str(message.body))
        if message.to == [donor.email] and found:
            return found[0]
    raise AssertionError(f"no mail with a link to {page}/ among {donor.finds_mails()}")


def newest_mail(donor: Donor) -> str:
    """Subject and text of the newest mail in the donor's mailbox, the spaces made one."""
    message = [each for each in mail.outbox if each.to == [donor.email]][-1]
    return " ".join(f"{message.subject} {message.body}".split())


def presses(path: str, **chosen: str) -> Any:
    """Open a link in another browser, where nobody is signed in, and press its button."""
    browser = Browser(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})
    page = browser.get(path)
    assert page.status_code == 200, page.status_code
    return browser.post(path, {**hidden_in(page), **chosen})


def looks_at(path: str) -> str:
    """What the page under a mail's link says."""
    return read(Browser().get(path))


def scanner_opens(path: str) -> None:
    """A mail server's virus scanner opens every link, more than once."""
    for _ in range(3):
        assert Browser().get(path).status_code == 200


def due_dates() -> list[str]:
    """The days of the donations of monthly gifts, in their order."""
    return [str(gift.due_on) for gift in Donation.objects.filter(settled_at__isnull=False).order_by("due_on", "pk")]


def warsaw(year: int, month: int, day: int, hour: int = 18, minute: int = 0) -> datetime:
    """A moment on the clock in Warsaw."""
    return datetime(year, month, day, hour, minute, tzinfo=WARSAW)


class FilledIn(HTMLParser):
    """What a form holds before anything is typed, as a browser would send it."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        name = facts.get("name") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in facts or self._select not in self.values:
                self.values[self._select] = facts.get("value") or ""
        elif tag == "input" and name:
            ticks = facts.get("type") in ("radio", "checkbox")
            if not ticks or "checked" in facts:
                self.values[name] = facts["value"] or "" if "value" in facts else "on" if ticks else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


@dataclass
class Home:
    """A donor on the pages of their own, signed in by mail whenever that is needed."""

    donor: Donor
    since: datetime | None = None

    @property
    def browser(self) -> Browser:
        clock = self.donor.world.clock
        if self.since is None or clock.now - self.since > SIGNED_IN_FOR:
            self._signs_in()
        self.since = clock.now
        return self.donor.browser

    def _signs_in(self) -> None:
        """Ask for the mail, find it, and press the button behind its link, in the same browser."""
        browser = self.donor.browser
        browser.cookies.pop("giving", None)
        asked = sends(browser, "/en/my-giving/sign-in/", email=self.donor.email)
        assert asked.status_code == 303, read(asked)[:400]
        self.donor.world.workers.beat_strikes("donors.sweep_mails")
        let_in = sends(browser, finds_link(self.donor, "link"))
        assert let_in.status_code == 303, read(let_in)[:400]

    def reads(self, page: str = "") -> str:
        """A page below "my giving"."""
        answer = self.browser.get(f"/en/my-giving/{page}", follow=True)
        assert answer.status_code == 200, (page, answer.status_code)
        return read(answer)

    def does(self, page: str, **typed: Any) -> str:
        """Send a page's own form: what the page after it says."""
        answer = self.sends(page, **typed)
        assert answer.status_code == 303, (answer.status_code, said(answer))
        return said(self.browser.get(answer["Location"]))

    def is_refused(self, page: str, **typed: Any) -> str:
        """Send a page's own form; it can't be done: what is said about it."""
        answer = self.sends(page, **typed)
        assert answer.status_code in (409, 422, 503), answer.status_code
        return said(answer)

    def sends(self, page: str, **typed: Any) -> HttpResponse:
        """Send a page's own form, whatever comes of it."""
        return sends(self.browser, f"/en/my-giving/{page}", **typed)

    def gives_a_card(self, gift: MonthlyGift, act: str, card: str) -> str:
        """An act that leads to the provider's page for a card; the card given there, and the way back."""
        self.types_a_card(self.sends(f"monthly/{gift.pk}/{act}/"), card)
        back = self.browser.get(f"/en/my-giving/monthly/{gift.pk}/card/back/", follow=True)
        return said(back)

    def types_a_card(self, led: HttpResponse, card: str) -> None:
        assert led.status_code == 303, (led.status_code, said(led))
        gives_card(self.donor.world, led["Location"], card)


def gives_card(story: Story, url: str, card: str) -> None:
    """On the provider's page on which a card is given and nothing is taken."""
    found = re.search(r"cs_test_\w+", url)
    assert found, url
    assert story.sandbox.setup(found[0], card=card)["result"] == "kept"


def sends(browser: Browser, path: str, **typed: Any) -> HttpResponse:
    """Open a page and send its own form, filled in as it stands but for what is typed; "" takes a tick away."""
    page = browser.get(path)
    assert page.status_code == 200, (path, page.status_code, page.get("Location"))
    form = main_of(page).split("<form")[-1].split("</form>")[0]
    filled = FilledIn(f"<form{form}").values | typed
    return browser.post(path, {name: value for name, value in filled.items() if value is not None})


def said(answer: HttpResponse) -> str:
    """What a page itself says, without header and footer."""
    return read(HttpResponse(main_of(answer)))
