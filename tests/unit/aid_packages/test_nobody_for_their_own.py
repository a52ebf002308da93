"""Nobody approves, accepts, countersigns, pays out or redirects for an organisation they belong to: every act, one table."""

from collections.abc import Callable
from datetime import date

import pytest

from aid_packages.models import Partner, Payee
from aid_packages.operations import (
    PartOfPartner,
    accept_document,
    approve_allocation,
    approve_redirect,
    approve_reversal,
    countersign_emergency,
    end_agreement,
    end_membership,
    pay_purchase,
    record_agreement,
    refuse_emergency,
    refuse_redirect,
    refuse_reversal,
    reject_allocation,
    reject_document,
    return_advance,
)
from core.models import User
from tests.factories.aid_life import (
    area_redirect,
    bank_gift,
    belongs,
    emergency,
    granted,
    key,
    make_need,
    proposed_redirect,
    proposed_reversal,
)
from tests.factories.aid_packages import accepted, advanced, approved, draft, hold, make_staff, purchased, recorded
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("envelope_books")]
Act = Callable[[User], object]
SAID = {"reason": "I know them well", "now": NOW}


@pytest.fixture(autouse=True)
def _money(envelope_books: None) -> None:
    hold(fund_code="WARM-NIGHT", amount_minor=250_000, reference="warm")


def _with_document() -> int:
    allocation = approved()
    advanced(allocation, amount_minor=10_000)
    return recorded(allocation, amount_minor=1_000).pk


def _redirect() -> int:
    need = make_need(goal_minor=1)
    bank_gift(fund_code="WARM-NIGHT", amount_minor=1_000, reference="over")
    approved(amount_minor=1_000)
    return proposed_redirect(need, amount_minor=10).pk


def _reversal() -> int:
    return proposed_reversal(granted(approved(), amount_minor=1_000)).pk


def _reimbursement() -> int:
    purchase = purchased(approved(), amount_minor=1_000, payee=Payee.PARTNER)
    accepted(purchase.document)
    return purchase.pk


def _approve() -> Act:
    number = draft().pk
    return lambda actor: approve_allocation(allocation_id=number, actor=actor, **SAID)


def _reject() -> Act:
    number = draft().pk
    return lambda actor: reject_allocation(allocation_id=number, actor=actor, **SAID)


def _advance() -> Act:
    allocation = approved()
    return lambda actor: advanced(allocation, amount_minor=1, actor=actor)


def _grant() -> Act:
    allocation = approved()
    return lambda actor: granted(allocation, amount_minor=1, actor=actor)


def _accept() -> Act:
    number = _with_document()
    return lambda actor: accept_document(document_id=number, actor=actor, **SAID)


def _reject_document() -> Act:
    number = _with_document()
    return lambda actor: reject_document(document_id=number, actor=actor, **SAID)


def _book_emergency() -> Act:
    return lambda actor: emergency(actor=actor)


def _countersign() -> Act:
    number = emergency().pk
    return lambda actor: countersign_emergency(allocation_id=number, actor=actor, **SAID)


def _refuse_emergency() -> Act:
    number = emergency().pk
    return lambda actor: refuse_emergency(allocation_id=number, actor=actor, **SAID)


def _pay_reimbursement() -> Act:
    number = _reimbursement()
    return lambda actor: pay_purchase(purchase_id=number, actor=actor, event_at=NOW, request_key=key(), **SAID)


def _propose_redirect() -> Act:
    need = make_need(goal_minor=1)
    bank_gift(fund_code="WARM-NIGHT", amount_minor=1_000, reference="over")
    approved(amount_minor=1_000)
    return lambda actor: proposed_redirect(need, amount_minor=10, actor=actor)


def _propose_area_redirect() -> Act:
    area = make_need(goal_minor=1).area
    bank_gift(fund_code="WARM-NIGHT", amount_minor=1_000, reference="need")
    bank_gift(fund_code="FOREST", amount_minor=1_000, reference="area")
    approved(amount_minor=500, fund_code="FOREST")
    return lambda actor: area_redirect(area, amount_minor=10, actor=actor)


def _approve_redirect() -> Act:
    number = _redirect()
    return lambda actor: approve_redirect(redirect_id=number, actor=actor, **SAID)


def _refuse_redirect() -> Act:
    number = _redirect()
    return lambda actor: refuse_redirect(redirect_id=number, actor=actor, **SAID)


def _propose_reversal() -> Act:
    grant = granted(approved(), amount_minor=1_000)
    return lambda actor: proposed_reversal(grant, actor=actor)


def _approve_reversal() -> Act:
    number = _reversal()
    return lambda actor: approve_reversal(reversal_id=number, actor=actor, **SAID)


def _refuse_reversal() -> Act:
    number = _reversal()
    return lambda actor: refuse_reversal(reversal_id=number, actor=actor, **SAID)


def _record_agreement() -> Act:
    signed = {"signed_on": date(2026, 11, 1), "first_day": date(2026, 11, 1), "last_day": date(2027, 1, 1)}
    facts = {"number": "8", "areas": ["FOREST"], "cap_minor": None, "may_be_named": True}
    return lambda actor: record_agreement(
        partner_code="DEMO-FIELD", actor=actor, request_key=key(), **signed, **facts, **SAID
    )


def _end_agreement() -> Act:
    agreement = Partner.objects.get(code="DEMO-FIELD").agreements.get()
    return lambda actor: end_agreement(agreement_id=agreement.pk, last_day=NOW.date(), actor=actor, **SAID)


def _return() -> Act:
    allocation = approved()
    advanced(allocation, amount_minor=1_000)
    back = {"allocation_id": allocation.pk, "amount_minor": 1_000, "event_at": NOW}
    return lambda actor: return_advance(actor=actor, request_key=key(), **back, **SAID)


def _end_membership() -> Act:
    partner, colleague = Partner.objects.get(code="DEMO-FIELD"), make_staff("jan")
    belongs(colleague)
    return lambda actor: end_membership(partner_id=partner.pk, member=colleague, actor=actor, **SAID)


ACTS = {
    "approve an envelope": _approve,
    "reject an envelope": _reject,
    "pay an advance": _advance,
    "pay a grant": _grant,
    "say that an advance came back": _return,
    "accept a document": _accept,
    "reject a document": _reject_document,
    "book an emergency": _book_emergency,
    "countersign an emergency": _countersign,
    "refuse an emergency": _refuse_emergency,
    "pay a reimbursement to the partner": _pay_reimbursement,
    "propose a redirect": _propose_redirect,
    "propose a redirect of an area": _propose_area_redirect,
    "approve a redirect": _approve_redirect,
    "refuse a redirect": _refuse_redirect,
    "propose to take back": _propose_reversal,
    "approve taking back": _approve_reversal,
    "refuse to take back": _refuse_reversal,
    "record an agreement": _record_agreement,
    "end an agreement": _end_agreement,
    "end a colleague's part in the partner": _end_membership,
}


@pytest.mark.parametrize("name", ACTS)
def test_a_member_may_not_and_somebody_else_may(name: str) -> None:
    act = ACTS[name]()
    belongs(make_staff("helena"))
    with pytest.raises(PartOfPartner):
        act(make_staff("helena"))
    assert act(make_staff("igor"))
