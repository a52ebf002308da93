"""Donors at home: browsers with a session of their own, and what they fill in."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from donors.sessions import COOKIE, start_session
from payments.models import MonthlyGift, MonthlyOccasion, RenewalTrouble
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import LinkPurpose, MonthlyKind, MonthlyState, OccasionState, TroubleState
from payments.operations.monthly.links import make_link
from payments.queries.monthly_terms import terms_of
from tests.factories.monthly import FOREST_EACH_MONTH, make_monthly

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


def at_home(donor_id: int, *, since: datetime | None = None, strict: bool = False) -> Client:
    """A browser in which the donor is signed in. `strict`: with CSRF checks."""
    client = Client(enforce_csrf_checks=strict)
    client.cookies[COOKIE] = start_session(donor_id=donor_id, now=since or timezone.now())
    return client


def main_of(response: HttpResponse) -> str:
    """What a page itself holds, without header and footer; the spaces of sums are plain."""
    return response.content.decode().split("<main")[1].split("</main>")[0].replace("\xa0", " ")


def hidden_in(response: HttpResponse, *, form: int = -1) -> dict[str, str]:
    """The hidden fields of one of a page's forms; the last one is the page's own."""
    return dict(HIDDEN.findall(main_of(response).split("<form")[1:][form].split("</form>")[0]))


def send_form(client: Client, address: str, **typed: Any) -> HttpResponse:
    """Opens a page and sends its own form, as a browser does."""
    page = client.get(address)
    assert page.status_code == 200, (page.status_code, page.get("Location"))
    return client.post(address, {**hidden_in(page), **typed})


def link_to(gift: MonthlyGift, purpose: LinkPurpose, *, now: datetime | None = None, **params: Any) -> str:
    """The token of a link in a mail."""
    return make_link(
        gift_id=gift.pk,
        purpose=purpose,
        params=params,
        key=f"{purpose.value}:{gift.pk}",
        lives_for=timedelta(days=7),
        now=now or timezone.now(),
    )


def make_links(donor_id: int, *, now: datetime | None = None) -> dict[str, str]:
    """A token for each page under a link, of a gift that it can be done to: "undo", "more", "merge", "mend", "give"."""
    now = now or timezone.now()
    gift = make_monthly(intent_key="linked", donor_id=donor_id, now=now)
    second = make_monthly(intent_key="linked-second", donor_id=donor_id, now=now)
    unpaid = make_monthly(
        intent_key="linked-unpaid", donor_id=donor_id, state=MonthlyState.UNPAID, lines=(FOREST_EACH_MONTH,), now=now
    )
    trouble = RenewalTrouble.objects.create(
        gift=unpaid,
        invoice_ref="in_linked",
        state=TroubleState.FAILED,
        amount_minor=3_000,
        due_on=warsaw_day(now),
        attempts=4,
        found_at=now,
        moved_at=now,
    )
    terms = terms_of(gift_id=gift.pk)
    return {
        "undo": link_to(gift, LinkPurpose.UNDO, now=now),
        "more": link_to(gift, LinkPurpose.UPGRADE, now=now, add_minor=1_000, terms=terms.pk),
        "merge": link_to(second, LinkPurpose.MERGE, now=now, keep=gift.pk),
        "mend": link_to(
            unpaid, LinkPurpose.MEND, now=now, trouble=trouble.pk, terms=str(terms_of(gift_id=unpaid.pk).pk)
        ),
        "give": make_occasion_link(donor_id=donor_id, now=now),
    }


def make_occasion_link(*, donor_id: int, now: datetime, intent_key: str = "linked-by-hand") -> str:
    """The token in the mail of a gift by hand whose day is today."""
    by_hand = make_monthly(intent_key=intent_key, donor_id=donor_id, kind=MonthlyKind.BY_HAND, now=now)
    occasion = MonthlyOccasion.objects.create(
        gift=by_hand,
        terms=terms_of(gift_id=by_hand.pk),
        due_on=warsaw_day(now),
        state=OccasionState.ASKED,
        asked_at=now,
    )
    return link_to(by_hand, LinkPurpose.OCCASION, now=now, occasion=occasion.pk)
