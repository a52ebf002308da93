"""What staff do about a dispute: answer the bank, or accept the loss. Each asked for once, outside any database transaction."""

from datetime import datetime, timedelta

from django.db import transaction

from core.models import User
from core.trail import ReasonMissing, record
from payments import current_provider
from payments.failures import FailureKind
from payments.models import CallOutcome, Dispute, DisputeAct, DisputeActState, DisputeVerb
from payments.models.dispute import ANSWERABLE
from payments.operations.asking import ask, claim, note_answer, outside_database_transaction, wait_for_answer
from payments.operations.book_dispute import apply_dispute
from payments.provider import DisputeFacts, DisputeStatus, ProviderRefused, ProviderUnavailable

KEY_REMEMBERED_FOR = timedelta(hours=20)
"""The provider forgets an idempotency key after about a day: an act that old is looked up, not asked for again."""
LONGEST_ANSWER = 20_000


class NotAnswerable(Exception):
    """The bank waits for no answer any more: it has one, or has decided. To be expected."""

    def __init__(self, *, dispute_id: int) -> None:
        self.dispute_id = dispute_id
        super().__init__(str(dispute_id))


class AnswerMissing(ValueError):
    """An answer that says nothing, or more than the bank reads. To be expected."""


class DisputeActReused(Exception):
    """A request key came back with another act or another text. A mistake of the form's."""

    def __init__(self, *, act_id: int) -> None:
        self.act_id = act_id
        super().__init__(str(act_id))


def answer_dispute(
    *, dispute_id: int, text: str, reason: str, actor: User, request_key: str, now: datetime
) -> DisputeAct:
    """Hand in evidence, for good: the bank reads `text` and nothing else. It must name nobody beyond what the provider
    knows already. The same `request_key` is the same act.

    Called outside any database transaction. Raises NotAnswerable, AnswerMissing, DisputeActReused,
    core.trail.ReasonMissing, ProviderUnavailable (it is asked for again by itself), ProviderRefused.
    """
    said = text.strip()
    if not said or len(said) > LONGEST_ANSWER:
        raise AnswerMissing
    return _do(
        dispute_id=dispute_id,
        verb=DisputeVerb.ANSWER,
        text=said,
        reason=reason,
        actor=actor,
        request_key=request_key,
        now=now,
    )


def accept_loss(*, dispute_id: int, reason: str, actor: User, request_key: str, now: datetime) -> DisputeAct:
    """Give a dispute up, for good. Errors as above."""
    return _do(
        dispute_id=dispute_id,
        verb=DisputeVerb.ACCEPT,
        text="",
        reason=reason,
        actor=actor,
        request_key=request_key,
        now=now,
    )


def _do(
    *, dispute_id: int, verb: DisputeVerb, text: str, reason: str, actor: User, request_key: str, now: datetime
) -> DisputeAct:
    outside_database_transaction()
    if not reason.strip():
        raise ReasonMissing("dispute")
    with transaction.atomic(durable=True):
        dispute = Dispute.objects.select_for_update().get(pk=dispute_id)
        act = DisputeAct.objects.filter(request_key=request_key).first()
        if act is not None and (act.dispute_id, act.verb, act.text) != (dispute_id, verb, text):
            raise DisputeActReused(act_id=act.pk)
        if act is None:
            asked = DisputeAct.objects.filter(dispute=dispute, state=DisputeActState.REQUESTED)
            if dispute.state not in ANSWERABLE or asked.exists():
                raise NotAnswerable(dispute_id=dispute_id)
            act = DisputeAct.objects.create(
                dispute=dispute,
                verb=verb,
                text=text,
                reason=reason.strip(),
                actor=actor,
                request_key=request_key,
                answers_before=dispute.answers,
                requested_at=now,
            )
            facts = {"act": act.pk, "amount_minor": dispute.amount_minor}
            record(actor=actor, act=f"dispute_{verb}", subject=f"{dispute}", reason=reason, now=now, facts=facts)
    return carry_out_act(act_id=act.pk, now=now)


def act_key(*, act_id: int) -> str:
    """The idempotency key of an act upon a dispute."""
    return f"dispute_act:{act_id}:send:1"


def acts_without_answer(*, now: datetime, older_than: timedelta) -> list[int]:
    """Ids of acts that were asked for without an answer."""
    waiting = DisputeAct.objects.filter(state=DisputeActState.REQUESTED, requested_at__lt=now - older_than)
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:200])


def carry_out_act(*, act_id: int, now: datetime) -> DisputeAct:
    """Ask for a committed act, once, and apply the answer. Called outside any database transaction.

    Raises ProviderUnavailable, ProviderRefused.
    """
    outside_database_transaction()
    act = DisputeAct.objects.select_related("dispute").get(pk=act_id)
    if act.state != DisputeActState.REQUESTED:
        return act
    key = act_key(act_id=act_id)
    if now - act.requested_at > KEY_REMEMBERED_FOR:
        return _look_up(act=act, now=now)
    call = claim(key=key, donation=None, now=now)
    if call is None:
        answer = wait_for_answer(key=key)
        if answer.outcome == CallOutcome.UNKNOWN:
            raise ProviderUnavailable(kind=answer.failure_kind)
        return DisputeAct.objects.get(pk=act_id)
    # a key that ended in the provider's own failure is answered with it again: look first whether it was done
    known_fault = call.failure_kind == FailureKind.PROVIDER_FAULT.value
    try:
        facts = ask(key=key, question=lambda: _done_or_asked(act=act, key=key, look_first=known_fault), now=now)
    except ProviderRefused as error:
        _close(act=act, state=DisputeActState.REFUSED, failure=f"{error.kind.value} {error.code}".strip(), now=now)
        raise
    apply_dispute(facts=facts, now=now)
    note_answer(key=key, ref=facts.ref, now=now)
    return _close(act=act, state=DisputeActState.DONE, failure="", now=now)


def _done_or_asked(*, act: DisputeAct, key: str, look_first: bool) -> DisputeFacts:
    provider, ref = current_provider(), act.dispute.ref
    if look_first:
        facts = provider.fetch_dispute(ref=ref)
        if _happened(act=act, facts=facts):
            return facts
    if act.verb == DisputeVerb.ANSWER:
        return provider.answer_dispute(ref=ref, text=act.text, idempotency_key=key)
    return provider.accept_dispute(ref=ref, idempotency_key=key)


def _happened(*, act: DisputeAct, facts: DisputeFacts) -> bool:
    if act.verb == DisputeVerb.ANSWER:
        return facts.answers > act.answers_before
    return facts.status in (DisputeStatus.LOST, DisputeStatus.INQUIRY_CLOSED)


def _look_up(*, act: DisputeAct, now: datetime) -> DisputeAct:
    """The provider has forgotten the key: did it happen? If it did not, staff ask anew."""
    facts = current_provider().fetch_dispute(ref=act.dispute.ref)
    apply_dispute(facts=facts, now=now)
    if _happened(act=act, facts=facts):
        return _close(act=act, state=DisputeActState.DONE, failure="", now=now)
    return _close(act=act, state=DisputeActState.REFUSED, failure="never reached the provider", now=now)


def _close(*, act: DisputeAct, state: DisputeActState, failure: str, now: datetime) -> DisputeAct:
    DisputeAct.objects.filter(pk=act.pk, state=DisputeActState.REQUESTED).update(
        state=state, failure=failure[:100], done_at=now
    )
    return DisputeAct.objects.get(pk=act.pk)
