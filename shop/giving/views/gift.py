"""One donation: its lines, its confirmation, what went back, what it became, and its proof to take along."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.periods import period_of
from payments.monthly_calendar import warsaw_day
from payments.operations.proof_link import proof_file
from payments.queries import refunds_of
from payments.queries.gift_shares import gift_shares
from payments.queries.gifts import GiftRow, gift_of
from payments.states import IN_DOUBT, RECEIVED, DonationState
from shop.giving.access import OwnPage, crumbs
from shop.giving.became import became_of
from shop.giving.words import on_day
from transparency.queries import newest_slug

GONE = frozenset({DonationState.REFUNDED, DonationState.LOST})


class Gift(OwnPage):
    """A donation's page."""

    http_method_names = ["get", "head"]
    names_object = True

    def get(self, request: HttpRequest, gift_id: int) -> HttpResponse:
        gift = gift_of(donation_id=gift_id, donor_id=self.donor_id)
        if gift is None:
            raise Http404
        received = gift.state in RECEIVED
        context = {
            "gift": gift,
            "refunds": refunds_of(donation_id=gift.donation_id) if received else [],
            "in_doubt": gift.state in IN_DOUBT,
            "received": received,
            "share": gift_shares(donation_ids=[gift.donation_id]).get(gift.donation_id) if received else None,
            "whereabouts": _whereabouts(gift),
            "became": became_of(donation_id=gift.donation_id, now=self.now) if received else None,
            **crumbs(_("Donation of %(day)s") % {"day": on_day(gift.on)}),
        }
        return render(request, "pages/giving/gift.html", context)


class Proof(OwnPage):
    """What proves a donation against published reports, on any machine, as a file."""

    http_method_names = ["get", "head"]
    names_object = True

    def get(self, request: HttpRequest, gift_id: int) -> HttpResponse:
        gift = gift_of(donation_id=gift_id, donor_id=self.donor_id)
        proof = proof_file(donation_id=gift.donation_id) if gift is not None else None
        if proof is None:
            raise Http404
        response = HttpResponse(json.dumps(proof, ensure_ascii=False, indent=1), content_type="application/json")
        # a neutral name: the file may lie where others see it
        response["Content-Disposition"] = 'attachment; filename="proof.json"'
        response["Referrer-Policy"] = "no-referrer"
        return response


def _whereabouts(gift: GiftRow) -> dict[str, object]:
    """The month in which it came in, and its report if one is published. Empty for money that is gone."""
    if gift.settled_at is None or gift.state in GONE:
        return {}
    period = period_of(gift.settled_at)
    return {
        "month": warsaw_day(gift.settled_at).replace(day=1),
        "report": newest_slug(address=f"{period // 100}-{period % 100:02}"),
    }
