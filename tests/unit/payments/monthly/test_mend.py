"""Paying one renewal that failed: from the failing card to a booked gift, with the kept card or another one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from donors.models import Mail
from donors.operations.queue_mail import read_mail
from ledger.queries import account_balance
from payments import current_provider
from payments.models import Charge, Donation, MonthlyAct, MonthlyGift, ProviderCall, RenewalTrouble
from payments.monthly_states import ActState, LinkPurpose, MonthlyState, ReceiptPolicy, TroubleState
from payments.operations.monthly import NotNow, cancel_monthly, resolve_act, settle_monthly, use_other_method
from payments.operations.monthly.acts import By
from payments.operations.monthly.mend import mend_on_return, mend_payment, mend_with_page
from payments.provider import ProviderUnavailable
from payments.queries.links import open_link
from payments.queries.monthly_links import MendPage, mend_page
from stripe_sandbox.testing import Client
from tests.factories.monthly import make_monthly, make_trouble
from tests.factories.monthly_life import give_monthly, move_clock
from tests.factories.payments import deliver_all
from tests.integration.payments.test_races import at_once
from tests.support.database import CommittedDatabase

pytestmark = [pytest.mark.money]

FAILS_LATER = "4000000000000341"
RENEWED = datetime(2026, 12, 21, 15, tzinfo=UTC)


def fail(sandbox: Client, **given: Any) -> str:
    """A gift whose second month failed; the token of the mail's link."""
    gift = give_monthly(sandbox=sandbox, card=FAILS_LATER, **given)
    move_clock(sandbox, to=RENEWED)
    settle_monthly(gift_id=gift.pk, now=RENEWED)
    return token_of_mail()


def token_of_mail() -> str:
    mail = Mail.objects.filter(kind="renewal_failed").order_by("pk").last()
    assert mail is not None
    return read_mail(mail)[1]["mend_url"].split("/")[-2]


def card_works(sandbox: Client, card: str = "4242424242424242") -> None:
    sandbox.change_card(MonthlyGift.objects.get().method_ref, card=card)


def page(token: str, now: datetime = RENEWED) -> MendPage:
    found = mend_page(token=token, now=now)
    assert found is not None
    return found


def charged() -> list[int]:
    return list(Charge.objects.order_by("pk").values_list("amount_minor", flat=True))


def method_page() -> str:
    call = ProviderCall.objects.filter(key__contains=":method_page:").order_by("pk").last()
    assert call is not None
    return call.answer_ref


@pytest.mark.django_db
class TestThePage:
    def test_it_says_what_failed_and_when_it_is_tried_again(self, sandbox: Client) -> None:
        token = fail(sandbox)
        shown = page(token)
        assert (shown.state, shown.sum_minor, shown.due_on.isoformat()) == (TroubleState.RETRYING, 5_000, "2026-12-21")
        assert shown.titles == ("Ciepła noc",)
        assert shown.next_try_on is not None
        assert shown.next_try_on > RENEWED.date()
        assert (shown.to_pay, shown.can_use_kept, shown.in_doubt, shown.ended) == (True, True, False, False)
        assert MonthlyGift.objects.get().state == MonthlyState.PAST_DUE

    def test_looking_pays_nothing(self, sandbox: Client) -> None:
        token = fail(sandbox)
        card_works(sandbox)
        for _ in range(3):
            page(token)
            mend_on_return(token=token, now=RENEWED)
        assert charged() == [5_000]

    def test_it_shows_nothing_of_other_gifts(self, sandbox: Client) -> None:
        token = fail(sandbox)
        other = make_monthly(intent_key="another", donor_id=MonthlyGift.objects.get().donor_id)
        make_trouble(gift=other, invoice_ref="in_other", amount_minor=9_900)
        shown = page(token)
        assert (shown.sum_minor, shown.trouble_id) == (5_000, RenewalTrouble.objects.exclude(gift=other).get().pk)

    def test_after_seven_days_it_is_gone(self, sandbox: Client) -> None:
        token = fail(sandbox)
        late = RENEWED + timedelta(days=7)
        assert mend_page(token=token, now=late) is None
        assert mend_payment(token=token, with_kept=True, now=late) is None
        assert mend_on_return(token=token, now=late) is None

    def test_after_the_gift_has_ended_nothing_can_be_paid(self, sandbox: Client) -> None:
        token = fail(sandbox)
        gift = MonthlyGift.objects.get()
        cancel_monthly(gift_id=gift.pk, by=By(donor_id=gift.donor_id), request_key="end", now=RENEWED)
        shown = page(token)
        assert (shown.state, shown.to_pay, shown.ended) == (TroubleState.DROPPED, False, True)
        for with_kept in (True, False):
            with pytest.raises(NotNow):
                mend_payment(token=token, with_kept=with_kept, now=RENEWED)
        assert charged() == [5_000]


@pytest.mark.django_db
class TestWithTheKeptCard:
    def test_one_click_pays_it_and_books_it_as_that_months_gift(self, sandbox: Client) -> None:
        token = fail(sandbox)
        card_works(sandbox)
        mended = mend_payment(token=token, with_kept=True, now=RENEWED)
        assert mended is not None
        assert mended.act is not None
        assert (mended.state, mended.act.state) == (TroubleState.MENDED, ActState.CONFIRMED)
        assert charged() == [5_000, 5_000]
        assert Donation.objects.filter(due_on="2026-12-21", state="settled").count() == 1
        gift = MonthlyGift.objects.get()
        assert gift.state == MonthlyState.ACTIVE
        shown = page(token)
        assert (shown.state, shown.to_pay) == (TroubleState.MENDED, False)
        link = open_link(token=token, purpose=LinkPurpose.MEND, now=RENEWED)
        assert link is not None
        assert link.used_at == RENEWED
        kinds = list(Mail.objects.values_list("kind", flat=True))
        assert "monthly_changed" not in kinds, "the receipt says it"
        again = mend_payment(token=token, with_kept=True, now=RENEWED)
        assert again is not None
        assert again.act == mended.act
        deliver_all(sandbox=sandbox, now=RENEWED)
        assert charged() == [5_000, 5_000]

    def test_who_gets_one_statement_a_year_is_told_by_a_mail(self, sandbox: Client) -> None:
        token = fail(sandbox, receipt_policy=ReceiptPolicy.YEARLY)
        card_works(sandbox)
        mend_payment(token=token, with_kept=True, now=RENEWED)
        mail = Mail.objects.get(kind="monthly_changed")
        assert read_mail(mail)[1]["what"] == "mend"

    def test_a_bank_that_says_no_leaves_it_to_another_try(self, sandbox: Client) -> None:
        token = fail(sandbox)
        refused = mend_payment(token=token, with_kept=True, now=RENEWED)
        assert refused is not None
        assert refused.act is not None
        assert (refused.act.state, refused.state) == (ActState.REFUSED, TroubleState.RETRYING)
        assert refused.act.refusal
        assert page(token).to_pay
        card_works(sandbox)
        again = mend_payment(token=token, with_kept=True, now=RENEWED)
        assert again is not None
        assert again.state is TroubleState.MENDED
        assert MonthlyAct.objects.count() == 2
        assert charged() == [5_000, 5_000]

    def test_no_answer_is_said_to_be_in_doubt_and_found_out_later(self, sandbox: Client) -> None:
        token = fail(sandbox)
        card_works(sandbox)
        sandbox.fault("error", method="POST", path="*invoices/*/pay*", status=500, when="after", times=None)
        doubtful = mend_payment(token=token, with_kept=True, now=RENEWED)
        assert doubtful is not None
        assert doubtful.act is not None
        assert doubtful.act.state is ActState.UNKNOWN
        shown = page(token)
        assert (shown.in_doubt, shown.to_pay) == (True, False)
        sandbox.clear_faults()
        act = MonthlyAct.objects.get()
        assert resolve_act(act_id=act.pk, now=RENEWED + timedelta(minutes=5)) is ActState.CONFIRMED
        assert charged() == [5_000, 5_000]
        assert page(token).state is TroubleState.MENDED

    def test_where_the_bank_wants_the_donor_the_kept_card_is_not_offered(self, sandbox: Client) -> None:
        gift = give_monthly(sandbox=sandbox)
        card_works(sandbox, card="4000002760003184")
        move_clock(sandbox, to=RENEWED)
        settle_monthly(gift_id=gift.pk, now=RENEWED)
        token = token_of_mail()
        shown = page(token)
        assert (shown.state, shown.to_pay, shown.can_use_kept) == (TroubleState.ACTION_REQUIRED, True, False)
        with pytest.raises(NotNow):
            mend_payment(token=token, with_kept=True, now=RENEWED)

    def test_it_pays_after_the_provider_stopped_trying(self, sandbox: Client) -> None:
        sandbox.billing(retries=[3], then="unpaid")
        fail(sandbox)
        later = RENEWED + timedelta(days=5)
        move_clock(sandbox, to=later)
        gift = MonthlyGift.objects.get()
        settle_monthly(gift_id=gift.pk, now=later)
        gift.refresh_from_db()
        assert gift.state == MonthlyState.UNPAID
        token = token_of_mail()
        assert page(token, now=later).state is TroubleState.FAILED
        card_works(sandbox)
        mended = mend_payment(token=token, with_kept=True, now=later)
        assert mended is not None
        assert mended.state is TroubleState.MENDED
        gift.refresh_from_db()
        assert gift.state == MonthlyState.ACTIVE


@pytest.mark.django_db
class TestWithAnotherCard:
    def test_a_new_card_pays_it_and_stays(self, sandbox: Client) -> None:
        token = fail(sandbox)
        led = mend_payment(token=token, with_kept=False, now=RENEWED)
        assert led is not None
        assert led.url.startswith("http")
        again = mend_payment(token=token, with_kept=False, now=RENEWED)
        assert again is not None
        assert again.url == led.url
        before = MonthlyGift.objects.get().method_ref
        sandbox.setup(method_page(), card="5555555555554444")
        mended = mend_on_return(token=token, now=RENEWED)
        assert mended is not None
        assert mended.state is TroubleState.MENDED
        assert MonthlyGift.objects.get().method_ref != before
        assert charged() == [5_000, 5_000]
        mend_on_return(token=token, now=RENEWED)
        deliver_all(sandbox=sandbox, now=RENEWED)
        assert charged() == [5_000, 5_000]

    def test_the_providers_notice_does_the_same_when_the_donor_never_comes_back(self, sandbox: Client) -> None:
        token = fail(sandbox)
        mend_payment(token=token, with_kept=False, now=RENEWED)
        sandbox.setup(method_page())
        deliver_all(sandbox=sandbox, now=RENEWED)
        assert page(token).state is TroubleState.MENDED
        assert charged() == [5_000, 5_000]

    def test_a_card_that_may_not_be_kept_yet_is_used_when_asked_again(self, sandbox: Client) -> None:
        token = fail(sandbox)
        mend_payment(token=token, with_kept=False, now=RENEWED)
        sandbox.setup(method_page())
        sandbox.fault("error", method="POST", path="*v1/subscriptions/*", status=500, when="after", times=None)
        with pytest.raises(ProviderUnavailable):
            mend_on_return(token=token, now=RENEWED)
        assert charged() == [5_000]
        sandbox.clear_faults()
        mended = mend_on_return(token=token, now=RENEWED + timedelta(minutes=5))
        assert mended is not None
        assert mended.state is TroubleState.MENDED
        assert charged() == [5_000, 5_000]

    def test_back_without_a_card_changes_nothing(self, sandbox: Client) -> None:
        token = fail(sandbox)
        mend_payment(token=token, with_kept=False, now=RENEWED)
        back = mend_on_return(token=token, now=RENEWED)
        assert back is not None
        assert (back.state, back.act) == (TroubleState.RETRYING, None)
        assert charged() == [5_000]

    def test_a_new_card_that_is_refused_leads_to_another_page(self, sandbox: Client) -> None:
        token = fail(sandbox)
        led = mend_payment(token=token, with_kept=False, now=RENEWED)
        sandbox.setup(method_page(), card=FAILS_LATER)
        refused = mend_on_return(token=token, now=RENEWED)
        assert refused is not None
        assert refused.act is not None
        assert refused.act.state is ActState.REFUSED
        assert mend_on_return(token=token, now=RENEWED) == refused, "loading the page again tries nothing again"
        deliver_all(sandbox=sandbox, now=RENEWED)
        assert MonthlyAct.objects.filter(verb="mend").count() == 1
        other = mend_payment(token=token, with_kept=False, now=RENEWED)
        assert led is not None
        assert other is not None
        assert other.url not in ("", led.url)
        sandbox.setup(method_page())
        mended = mend_on_return(token=token, now=RENEWED)
        assert mended is not None
        assert mended.state is TroubleState.MENDED

    def test_a_page_that_was_opened_for_something_else_pays_nothing(self, sandbox: Client) -> None:
        fail(sandbox)
        gift = MonthlyGift.objects.get()
        use_other_method(
            gift_id=gift.pk,
            by=By(donor_id=gift.donor_id),
            request_key="form",
            return_url="https://store.example.org/back/",
            cancel_url="https://store.example.org/back/",
            now=RENEWED,
        )
        sandbox.setup(method_page())
        facts = current_provider().fetch_checkout(ref=method_page())
        assert mend_with_page(facts=facts, now=RENEWED) is None
        assert charged() == [5_000]


@pytest.mark.django_db
def test_without_the_troubles_own_key_a_second_click_is_another_try(
    sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: with it the second click is told of the first one's act, without it only the state refuses."""
    token = fail(sandbox)
    card_works(sandbox)
    first = mend_payment(token=token, with_kept=True, now=RENEWED)
    assert mend_payment(token=token, with_kept=True, now=RENEWED) == first
    assert MonthlyAct.objects.count() == 1
    monkeypatch.setattr("payments.operations.monthly.mend.act_of", lambda *, prefix: (f"{prefix}another", None))
    monkeypatch.setattr("payments.operations.monthly.mend.may_use_kept", lambda **_: True)
    with pytest.raises(NotNow):
        mend_payment(token=token, with_kept=True, now=RENEWED)


@pytest.mark.slow
def test_twenty_clicks_pay_once(committed_db: CommittedDatabase, sandbox: Client) -> None:
    token = fail(sandbox)
    card_works(sandbox)

    def click(_: int) -> object:
        try:
            return mend_payment(token=token, with_kept=True, now=RENEWED)
        except (NotNow, ProviderUnavailable) as error:
            return error

    answers = at_once(click)
    assert len(answers) == 20
    assert charged() == [5_000, 5_000]
    assert MonthlyAct.objects.count() == 1
    assert account_balance(code="asset:stripe_clearing") > 9_000
    _paid_once(sandbox)


def _paid_once(sandbox: Client) -> None:
    subscription = MonthlyGift.objects.get().subscription_ref or ""
    assert len(sandbox.books(subscription)["subscriptions"][subscription]["paid"]) == 2
