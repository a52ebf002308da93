"""Another way to pay: the donor gives it on a page of the provider's, where nothing is charged."""

from datetime import datetime, timedelta

from core.documents.canonical import sha256_hex
from payments import current_provider
from payments.models import CallOutcome, MonthlyGift, ProviderCall
from payments.monthly_states import ActVerb
from payments.operations.asking import ask, claim, note_answer, outside_database_transaction
from payments.operations.monthly.acts import (
    Acted,
    By,
    NotNow,
    NotNowReason,
    check_possible,
    clear_the_way,
    commit_act,
    known_act,
    one_act,
)
from payments.operations.monthly.doing import ReadBackDiffers, Run, carry_out
from payments.operations.monthly.read_back import ReadBack
from payments.provider import CheckoutFacts, CheckoutStatus, MethodPageRequest, SubscriptionFacts, SubscriptionStatus

PAGE_LIVES = timedelta(hours=24)
"""The provider closes such a page after a day."""


def use_other_method(*, gift_id: int, by: By, request_key: str, return_url: str, cancel_url: str, now: datetime) -> str:
    """The address of a page on which the donor gives another way to pay. The same `request_key` gives the same page.

    What follows is done by `keep_method`, when the donor comes back or the provider tells us. Called outside any
    database transaction. Raises NotNow (DONOR_ONLY for staff), ProviderUnavailable, ProviderRefused.
    """
    outside_database_transaction()
    clear_the_way(gift_id=gift_id, now=now)
    gift = MonthlyGift.objects.get(pk=gift_id)
    by.check(gift=gift)
    check_possible(gift=gift, verb=ActVerb.USE_METHOD, now=now)
    return open_page(
        gift=gift,
        purpose=ActVerb.USE_METHOD,
        by=by,
        request_key=request_key,
        return_url=return_url,
        cancel_url=cancel_url,
        now=now,
    )


def open_page(
    *,
    gift: MonthlyGift,
    purpose: ActVerb,
    by: By,
    request_key: str,
    return_url: str,
    cancel_url: str,
    now: datetime,
) -> str:
    """The page's address; what the way to pay is for stands with the stored question, not in the address.

    Raises NotNow(DONOR_ONLY), ProviderUnavailable, ProviderRefused.
    """
    if by.staff is not None:
        raise NotNow(NotNowReason.DONOR_ONLY)
    request = MethodPageRequest(
        monthly_ref=str(gift.pk),
        customer_ref=gift.customer_ref,
        currency=gift.currency,
        language=gift.language,
        success_url=return_url,
        cancel_url=cancel_url,
    )
    key = f"{_prefix(gift.pk)}{purpose.value}:{sha256_hex(request_key.encode())[:24]}"
    claim(key=key, donation=None, monthly_gift=gift, now=now)
    facts = ask(
        key=key,
        question=lambda: current_provider().open_method_page(request=request, idempotency_key=key),
        now=now,
    )
    note_answer(key=key, ref=facts.ref, now=now)
    return facts.url or cancel_url


def keep_method(*, now: datetime, gift_id: int | None = None, ref: str = "") -> Acted | None:
    """Use what was given on such a page: the donor is back (`gift_id`), or the provider told us of the page (`ref`).

    None when nothing was given, or nothing of ours. May be called any number of times. Called outside any database
    transaction. Raises NotNow(BUSY), ProviderUnavailable, ProviderRefused.
    """
    outside_database_transaction()
    refs = [ref] if ref else _open_pages(gift_id=gift_id, now=now) if gift_id is not None else []
    for page_ref in refs:
        facts = current_provider().fetch_checkout(ref=page_ref)
        if facts.status is CheckoutStatus.COMPLETE and facts.method_ref:
            return keep_method_of(facts=facts, now=now)
    return None


def keep_method_of(*, facts: CheckoutFacts, now: datetime) -> Acted | None:
    """The same with the page's facts, fetched anew. None when it is none of ours, or when the gift has moved on in the
    meantime, so that what the page was opened for can't be done any more."""
    from payments.operations.monthly.mend import mend_with_page  # a renewal that failed can be paid on it
    from payments.operations.monthly.restart import restart_with  # a restart can begin on this page
    from payments.operations.monthly.switch_kind import become_automatic  # and so can a switch

    call = ProviderCall.objects.filter(
        answer_ref=facts.ref, key__startswith="monthly_gift:", key__contains=":method_page:"
    ).first()
    if call is None or call.monthly_gift_id is None or not facts.method_ref:
        return None
    purpose = ActVerb(call.key.split(":")[3])
    if purpose is ActVerb.MEND:
        return mend_with_page(facts=facts, now=now)
    act = {ActVerb.USE_METHOD: use_method, ActVerb.RESTART: restart_with, ActVerb.SWITCH_KIND: become_automatic}[
        purpose
    ]
    try:
        return act(
            gift_id=call.monthly_gift_id,
            method_ref=facts.method_ref,
            customer_ref=facts.customer_ref,
            by=By(donor_id=MonthlyGift.objects.values_list("donor_id", flat=True).get(pk=call.monthly_gift_id)),
            request_key=f"method_page:{sha256_hex(facts.ref.encode())[:40]}",
            now=now,
        )
    except NotNow as refused:
        if refused.reason is NotNowReason.BUSY:
            raise
        return None


@one_act
def use_method(*, gift_id: int, method_ref: str, customer_ref: str, by: By, request_key: str, now: datetime) -> Acted:
    """Use a kept way to pay from now on. Errors as `skip_next`."""
    act = known_act(gift_id=gift_id, verb=ActVerb.USE_METHOD, by=by, request_key=request_key)
    if act is None:
        clear_the_way(gift_id=gift_id, now=now)
        gift = MonthlyGift.objects.get(pk=gift_id)
        act = commit_act(
            gift_id=gift_id,
            verb=ActVerb.USE_METHOD,
            by=by,
            request_key=request_key,
            params={"ref": gift.subscription_ref or "", "method_ref": method_ref},
            now=now,
        )
    return carry_out(act_id=act.pk, do=do_use_method, now=now)


def do_use_method(run: Run) -> ReadBack:
    """What another way to pay is at the provider."""
    ref, method_ref = run.act.params["ref"], run.act.params["method_ref"]
    provider = current_provider()

    def look() -> SubscriptionFacts | None:
        facts = provider.fetch_subscription(ref=ref)
        return facts if facts.method is not None and facts.method.ref == method_ref else None

    run.step(
        "use_method",
        ask_for=lambda key: provider.use_method(ref=ref, method_ref=method_ref, idempotency_key=key),
        look=look,
        ref_of=lambda facts: facts.ref,
    )
    facts = look()
    if facts is not None and facts.status is SubscriptionStatus.PAUSED:
        _wake(run=run, ref=ref)
        facts = look()
    if facts is None or facts.status is SubscriptionStatus.PAUSED:
        raise ReadBackDiffers
    return ReadBack(facts=facts)


def _wake(*, run: Run, ref: str) -> None:
    """The provider had stopped it for want of a way to pay, and a new one alone doesn't start it again."""
    provider = current_provider()

    def look() -> SubscriptionFacts | None:
        facts = provider.fetch_subscription(ref=ref)
        return None if facts.status is SubscriptionStatus.PAUSED else facts

    run.step(
        "wake",
        ask_for=lambda key: provider.wake_subscription(ref=ref, idempotency_key=key),
        look=look,
        ref_of=lambda facts: facts.ref,
    )


def _prefix(gift_id: int) -> str:
    return f"monthly_gift:{gift_id}:method_page:"


def _open_pages(*, gift_id: int, now: datetime) -> list[str]:
    """The pages opened for this gift that can still bring something, newest first."""
    calls = ProviderCall.objects.filter(
        key__startswith=_prefix(gift_id), outcome=CallOutcome.ANSWERED, asked_at__gt=now - PAGE_LIVES
    )
    return list(calls.order_by("-pk").values_list("answer_ref", flat=True))
