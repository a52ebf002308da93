"""Giving once: the page's form begins one donation."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language

from donors.operations import add_dedication
from payments.operations import Started, cancel_checkout, start_donation
from payments.queries import donation_by_token
from payments.states import IN_DOUBT, RECEIVED, DonationState
from shop.forms.donor import DonorForm
from shop.forms.giving import GivingPage, Sheet, Standing, absolute, cover_of, frozen
from shop.forms.terms import CURRENT_TERMS

DEAD = frozenset({DonationState.EXPIRED, DonationState.FAILED, DonationState.CANCELLED})


def standing_of(state: DonationState | None) -> Standing:
    """How a donation in this state stands for the form it came from; an unknown donation may be any."""
    if state in DEAD:
        return Standing.DEAD
    return Standing.GIVEN if state in RECEIVED or state is DonationState.PROCESSING else Standing.OPEN


class SingleGiftPage(GivingPage[Started]):
    """What is given is one donation."""

    def begin(self, sheet: Sheet, *, intent_key: str, donor_id: int, now: datetime) -> Started:
        return start_donation(
            intent_key=intent_key,
            donor_id=donor_id,
            lines=frozen(sheet.gift),
            cover_fee=sheet.form.cleaned_data["cover_fee"],
            expected_total_minor=sheet.gift.total_minor + cover_of(sheet.gift, sheet.form),
            expected_share_permille=sheet.expected_share,
            language=get_language() or "pl",
            terms_version=CURRENT_TERMS,
            return_url=_return_url,
            cancel_url=_cancel_url,
            now=now,
        )

    def standing(self, begun: Started) -> Standing:
        return standing_of(begun.state)

    def finish(self, sheet: Sheet, begun: Started, *, donor_id: int, now: datetime) -> None:
        _dedicate(sheet.form, donor_id=donor_id, donation_id=begun.donation_id, now=now)

    def close_open(self, *, token: str, now: datetime) -> Standing:
        return standing_of(cancel_checkout(token=token, now=now))

    def is_in_doubt(self, *, token: str) -> bool:
        donation = donation_by_token(token=token)
        return donation is not None and donation.state in IN_DOUBT

    def thank_you_path(self, *, token: str) -> str:
        return reverse("storefront:thank_you", kwargs={"token": token})


def _dedicate(form: DonorForm, *, donor_id: int, donation_id: int, now: datetime) -> None:
    """Keeps the card; it is sent only once the donation is settled. A second time changes nothing."""
    if not form.has_dedication:
        return
    typed = form.cleaned_data
    add_dedication(
        donor_id=donor_id,
        reference=f"donation:{donation_id}",
        giver_name=typed["name"],
        recipient_name=typed["recipient_name"],
        recipient_email=typed["recipient_email"],
        message=typed["message"],
        send_on=typed["send_on"],
        language=get_language() or "pl",
        now=now,
    )


def _return_url(token: str) -> str:
    return absolute(reverse("storefront:thank_you", kwargs={"token": token}))


def _cancel_url(token: str) -> str:
    return absolute(reverse("storefront:checkout_cancelled", kwargs={"token": token}))
