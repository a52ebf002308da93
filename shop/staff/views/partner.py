"""One partner: its agreements, what it holds, and who of ours belongs to it."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from aid_packages import queries
from aid_packages.models import Partner, PartnerMember
from aid_packages.operations import agreements as verbs
from aid_packages.operations import members, refusals
from core.models import User
from core.trail import trail_of
from ledger.models import Fund
from shop.staff.access import APPROVE
from shop.staff.acts import Act, ActPage
from shop.staff.fields import DayField, LineField, PastDateField, SumField, today
from shop.staff.forms import ReasonForm
from shop.staff.labels import name_of, trail_lines


def areas() -> list[tuple[str, str]]:
    """The areas of help: the funds right under GENERAL."""
    titles = queries.fund_titles()
    codes = Fund.objects.filter(parent__code="GENERAL").order_by("code").values_list("code", flat=True)
    return [(code, titles.get(code, code)) for code in codes]


def colleagues() -> list[tuple[str, str]]:
    """Everybody who can sign in at the desk."""
    rows = User.objects.filter(is_staff=True, is_active=True).order_by("username")
    return [(str(row.pk), name_of(row)) for row in rows]


class AgreementForm(ReasonForm):
    """What was signed."""

    number = LineField(label=_("Agreement's number"), max_length=40)
    signed_on = PastDateField(label=_("Signed on"))
    first_day = DayField(label=_("In force from"))
    last_day = DayField(label=_("In force until"))
    areas = forms.MultipleChoiceField(
        label=_("Areas of help"), choices=lazy(areas, list), widget=forms.SelectMultiple(attrs={"size": 6})
    )
    cap = SumField(label=_("Cap of all allocations under it, in zł"), required=False)
    may_be_named = forms.BooleanField(label=_("The partner's name may be published"), required=False)
    errors_at = {
        verbs.AgreementNumberTaken: "number",
        verbs.BadAgreementDays: "last_day",
        verbs.UnknownArea: "areas",
        refusals.NotPositive: "cap",
    }


class EndForm(ReasonForm):
    """The last day on which it is in force."""

    last_day = DayField(label=_("Last day in force"))
    errors_at = {verbs.BadAgreementDays: "last_day"}


class MemberForm(ReasonForm):
    """Somebody of ours."""

    member = forms.ChoiceField(label=_("Who"), choices=lazy(colleagues, list))


class OnePartner(ActPage):
    """One partner, with what can be done about its agreements."""

    template_name = "staff/partner.html"

    def acts(self) -> list[Act]:
        return [
            Act(
                name="agree",
                label=_("Record an agreement"),
                do=self._agree,
                done=_("Recorded. Allocations may stand under it while it is in force."),
                form=AgreementForm,
                right=APPROVE,
            ),
            *self._endings(),
            *self._members(),
        ]

    def _agree(self, typed: dict[str, Any]) -> None:
        names = ("number", "signed_on", "first_day", "last_day", "areas", "may_be_named")
        verbs.record_agreement(
            partner_code=self._partner().code,
            cap_minor=typed["cap"],
            actor=self.actor,
            reason=typed["reason"],
            request_key=f"desk:{typed['request_key']}",
            now=self.now,
            **{name: typed[name] for name in names},
        )

    def _endings(self) -> list[Act]:
        rows = queries.agreements(partner_code=self._partner().code)
        return [
            Act(
                name=f"end-{row.agreement_id}",
                label=_("End agreement %(number)s early") % {"number": row.number},
                do=self._ending(row.agreement_id),
                done=_("Recorded. What the partner holds is still to be accounted for."),
                form=EndForm,
                initial={"last_day": today()},
                right=APPROVE,
            )
            for row in rows
            if row.first_day <= today() < row.last_day
        ]

    def _ending(self, agreement_id: int) -> Any:
        return lambda typed: verbs.end_agreement(
            agreement_id=agreement_id,
            last_day=typed["last_day"],
            actor=self.actor,
            reason=typed["reason"],
            now=self.now,
        )

    def _members(self) -> list[Act]:
        return [
            Act(
                name="add_member",
                label=_("Somebody of ours belongs to it"),
                do=self._about_member(members.add_member),
                done=_("Recorded: they decide nothing about this partner's money."),
                form=MemberForm,
            ),
            Act(
                name="end_member",
                label=_("Somebody's part in it is over"),
                do=self._about_member(members.end_membership),
                done=_("Recorded."),
                form=MemberForm,
                right=APPROVE,
            ),
        ]

    def _about_member(self, verb: Any) -> Any:
        def do(typed: dict[str, Any]) -> None:
            member = User.objects.get(pk=int(typed["member"]))
            verb(
                partner_id=self.kwargs["partner_id"],
                member=member,
                actor=self.actor,
                reason=typed["reason"],
                now=self.now,
            )

        return do

    def _partner(self) -> Partner:
        partner = Partner.objects.filter(pk=self.kwargs["partner_id"]).first()
        if partner is None:
            raise Http404
        return partner

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partner = self._partner()
        held = [row for row in queries.with_partners() if row.partner_code == partner.code]
        belonging = PartnerMember.objects.filter(partner=partner, until=None).select_related("user").order_by("pk")
        return super().get_context_data(
            partner=partner,
            agreements=queries.agreements(partner_code=partner.code),
            held=held,
            today=today(),
            belonging=[name_of(row.user) for row in belonging],
            trail=trail_lines(trail_of(subject=f"partner:{partner.pk}")),
            page_title=partner.name,
            **kwargs,
        )
