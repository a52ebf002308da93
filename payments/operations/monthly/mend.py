"""Paying a renewal that failed: that one, its own sum, nothing else. From a link in a mail, or by a signed-in donor."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from payments import current_provider
from payments.failures import FailureKind
from payments.models import CallOutcome, MonthlyAct, MonthlyGift, ProviderCall, RenewalTrouble
from payments.monthly_states import ActState, ActVerb, LinkPurpose, ReceiptPolicy, TroubleState
from payments.operations.asking import ask, claim, note_answer, outside_database_transaction
from payments.operations.monthly.acts import (
    Acted,
    By,
    NotNow,
    NotNowReason,
    acted,
    check_possible,
    clear_the_way,
    commit_act,
    known_act,
)
from payments.operations.monthly.doing import NeverHappened, ReadBackDiffers, Run, carry_out
from payments.operations.monthly.invoices import apply_invoice
from payments.operations.monthly.links import use_link
from payments.operations.monthly.method import use_method
from payments.operations.monthly.read_back import ReadBack
from payments.provider import (
    CheckoutFacts,
    CheckoutStatus,
    InvoiceFacts,
    InvoiceStatus,
    MethodPageRequest,
    ProviderError,
    ProviderUnavailable,
)
from payments.queries.links import Link, act_of, link_url, open_link
from payments.queries.monthly_links import may_use_kept, mend_prefix
from payments.queries.monthly_rows import OPEN_TROUBLE

PAYABLE = (InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE)


@dataclass(frozen=True)
class Mending:
    """Where a renewal stands after an attempt to pay it.

    `url`: a page of the provider's on which the donor gives another way to pay; "" when there is none to go to. `act` is
    the attempt: CONFIRMED is paid, REFUSED says why not, UNKNOWN is in doubt and looked up again by itself.
    """

    state: TroubleState
    url: str = ""
    act: Acted | None = None


def mend_payment(*, token: str, with_kept: bool, now: datetime) -> Mending | None:
    """Try again with the way to pay that is kept, or lead to a page where another one is given and then used.

    None for a link that is no good. The renewal and its sum are the provider's: nothing of them can be chosen. Twenty
    clicks are one attempt; one that the bank refused may be followed by another. Called outside any database
    transaction. Raises NotNow (BUSY; WRONG_STATE when there is nothing to pay any more; NO_METHOD when the kept one
    can't be tried), ProviderUnavailable, ProviderRefused.
    """
    link = open_link(token=token, purpose=LinkPurpose.MEND, now=now)
    if link is None:
        return None
    trouble = _trouble_of(link)
    if not with_kept:
        url = _other_method(trouble=trouble, back_to=_page_of(token=token, trouble=trouble), now=now)
        return Mending(state=TroubleState(trouble.state), url=url)
    if not may_use_kept(trouble=trouble, now=now):
        raise NotNow(NotNowReason.NO_METHOD)
    done = pay_trouble(trouble_id=trouble.pk, method_ref=trouble.gift.method_ref, now=now)
    return _stands(trouble=trouble, done=done, token=token, now=now)


def mend_on_return(*, token: str, now: datetime) -> Mending | None:
    """The donor is back from the page that `mend_payment` led to: pay with what was given there, if it was.

    Without that nothing happens, so it may stand behind a GET. The provider's notice does the same (`mend_with_page`).
    None for a link that is no good. Errors as `mend_payment`.
    """
    link = open_link(token=token, purpose=LinkPurpose.MEND, now=now)
    if link is None:
        return None
    outside_database_transaction()
    trouble = _trouble_of(link)
    done = None
    calls = ProviderCall.objects.filter(key__startswith=_page_prefix(trouble)).exclude(answer_ref="").order_by("-pk")
    for ref in calls.values_list("answer_ref", flat=True):
        facts = current_provider().fetch_checkout(ref=ref)
        if facts.method_ref and trouble.state in OPEN_TROUBLE:
            done = mend_with_page(facts=facts, now=now)
            break
    return _stands(trouble=trouble, done=done, token=token, now=now)


def mend_with_page(*, facts: CheckoutFacts, now: datetime) -> Acted | None:
    """Use the way to pay that was given on a page opened to pay one renewal, and pay that one. May be called again.

    `facts` fetched anew. None when the page is none of those, or the renewal needs no paying any more. Called outside
    any database transaction. Raises NotNow(BUSY), ProviderUnavailable, ProviderRefused.
    """
    call = ProviderCall.objects.filter(
        answer_ref=facts.ref, key__contains=f":method_page:{ActVerb.MEND.value}:"
    ).first()
    if call is None or not facts.method_ref:
        return None
    trouble = RenewalTrouble.objects.select_related("gift").get(pk=int(call.key.split(":")[4]))
    if trouble.state not in OPEN_TROUBLE:
        return None
    try:
        used = use_method(
            gift_id=trouble.gift_id,
            method_ref=facts.method_ref,
            customer_ref=facts.customer_ref,
            by=By(donor_id=trouble.gift.donor_id),
            request_key=f"method_page:{call.pk}",
            now=now,
        )
        if used.state is ActState.REFUSED:
            return used
        if used.state is not ActState.CONFIRMED:
            # whoever asked has to ask again: only then is the renewal paid with it
            raise ProviderUnavailable(kind=FailureKind.STILL_PENDING)
        # a card that the bank refused is not tried again because a page is loaded again
        tried = MonthlyAct.objects.filter(gift=trouble.gift, verb=ActVerb.MEND, params__page=call.pk).last()
        if tried is not None and tried.state == ActState.REFUSED:
            return acted(tried)
        return pay_trouble(trouble_id=trouble.pk, method_ref=facts.method_ref, page=call.pk, now=now)
    except NotNow as refused:
        if refused.reason is NotNowReason.BUSY:
            raise
        return None


def pay_trouble(*, trouble_id: int, method_ref: str, now: datetime, page: int | None = None) -> Acted:
    """Try one open renewal again, once at a time, with a way to pay that is kept for its gift. `page`: the stored
    question for the page on which it was given for this.

    Called outside any database transaction. Raises NotNow.
    """
    trouble = RenewalTrouble.objects.select_related("gift").get(pk=trouble_id)
    by = By(donor_id=trouble.gift.donor_id)
    key, _ = act_of(prefix=mend_prefix(trouble=trouble))
    act = known_act(gift_id=trouble.gift_id, verb=ActVerb.MEND, by=by, request_key=key)
    if act is None:
        clear_the_way(gift_id=trouble.gift_id, now=now)
        _refuse_if_over(trouble)
        act = commit_act(
            gift_id=trouble.gift_id,
            verb=ActVerb.MEND,
            by=by,
            request_key=key,
            params={"invoice": trouble.invoice_ref, "method_ref": method_ref, "page": page},
            now=now,
        )
    done = carry_out(act_id=act.pk, do=do_mend, now=now)
    if done.state is ActState.REFUSED:
        # what the attempt did to the renewal is the provider's to say; if it doesn't now, its notice will
        with suppress(ProviderError):
            apply_invoice(ref=trouble.invoice_ref, now=now)
    return done


def do_mend(run: Run) -> ReadBack:
    """What paying a renewal is at the provider; then it is booked like any other."""
    provider = current_provider()
    ref, method_ref = run.act.params["invoice"], run.act.params["method_ref"]

    def look() -> InvoiceFacts | None:
        facts = provider.fetch_invoice(ref=ref)
        return facts if facts.status is InvoiceStatus.PAID else None

    if look() is None:
        if provider.fetch_invoice(ref=ref).status not in PAYABLE:
            raise NeverHappened
        run.step(
            "pay",
            ask_for=lambda key: provider.pay_invoice(ref=ref, method_ref=method_ref, idempotency_key=key),
            look=look,
            ref_of=lambda facts: facts.ref,
        )
    run.done = True
    apply_invoice(ref=ref, now=run.now)
    if look() is None:
        raise ReadBackDiffers
    subscription = provider.fetch_subscription(ref=run.gift.subscription_ref or "")
    # who is mailed a receipt for each gift learns of it by that
    return ReadBack(facts=subscription, quiet=run.gift.receipt_policy == ReceiptPolicy.EACH)


def _other_method(*, trouble: RenewalTrouble, back_to: str, now: datetime) -> str:
    """The address of the provider's page; the renewal that it is for stands with the stored question."""
    outside_database_transaction()
    gift: MonthlyGift = trouble.gift
    clear_the_way(gift_id=gift.pk, now=now)
    check_possible(gift=gift, verb=ActVerb.MEND, now=now)
    _refuse_if_over(trouble)
    request = MethodPageRequest(
        monthly_ref=str(gift.pk),
        customer_ref=gift.customer_ref,
        currency=gift.currency,
        language=gift.language,
        success_url=f"{back_to}?back=1",
        cancel_url=back_to,
    )
    key, page = _next_page(trouble)
    if page is not None:
        return page
    claim(key=key, donation=None, monthly_gift=gift, now=now)
    facts = ask(
        key=key, question=lambda: current_provider().open_method_page(request=request, idempotency_key=key), now=now
    )
    note_answer(key=key, ref=facts.ref, now=now)
    return facts.url or back_to


def _next_page(trouble: RenewalTrouble) -> tuple[str, str | None]:
    """The key to open a page under, or the address of the one that is open: two clicks are one page, and one that was
    used or left is followed by another."""
    calls = ProviderCall.objects.filter(key__startswith=_page_prefix(trouble))
    last, number = calls.order_by("pk").last(), calls.count()
    if last is None:
        return f"{_page_prefix(trouble)}1", None
    if last.outcome == CallOutcome.ANSWERED:
        facts = current_provider().fetch_checkout(ref=last.answer_ref)
        if facts.status is CheckoutStatus.OPEN and facts.url:
            return last.key, facts.url
    elif last.outcome != CallOutcome.REFUSED and last.failure_kind != FailureKind.PROVIDER_FAULT.value:
        return last.key, None
    return f"{_page_prefix(trouble)}{number + 1}", None


def _refuse_if_over(trouble: RenewalTrouble) -> None:
    trouble.refresh_from_db(fields=["state"])
    if trouble.state not in OPEN_TROUBLE:
        raise NotNow(NotNowReason.WRONG_STATE)


def _trouble_of(link: Link) -> RenewalTrouble:
    return RenewalTrouble.objects.select_related("gift").get(pk=link.params["trouble"])


def _page_of(*, token: str, trouble: RenewalTrouble) -> str:
    return link_url(token=token, page="mend", language=trouble.gift.language)


def _page_prefix(trouble: RenewalTrouble) -> str:
    return f"monthly_gift:{trouble.gift_id}:method_page:{ActVerb.MEND.value}:{trouble.pk}:"


def _stands(*, trouble: RenewalTrouble, done: Acted | None, token: str, now: datetime) -> Mending:
    if done is not None and done.state is not ActState.REFUSED:
        use_link(token=token, purpose=LinkPurpose.MEND, now=now)
    trouble.refresh_from_db(fields=["state"])
    return Mending(state=TroubleState(trouble.state), act=done)
