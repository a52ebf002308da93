"""The share for running costs: what is in force, what waits for another person, and all that ever was."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import User
from payments.models.share_policy import MOST_PERMILLE
from payments.operations import share_policies as verbs
from payments.queries.share_policies import PolicyRow, policies_for_staff
from payments.share import percent_of
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.fields import today
from shop.staff.forms import ReasonForm
from shop.staff.tables import Cell, Listing, on

STATES = {
    "waiting": pgettext_lazy("share", "waits for another person"),
    "approved": pgettext_lazy("share", "approved"),
    "refused": pgettext_lazy("share", "refused"),
    "in_force": pgettext_lazy("share", "in force"),
}
PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]))?\s*%?", re.ASCII)


class PercentField(forms.CharField):
    """A percentage with at most one digit after the comma; cleaned to permille."""

    def clean(self, value: Any) -> int:
        typed = PERCENT.fullmatch(super().clean(value).strip())
        if typed is None:
            raise ValidationError(_("Type a percentage like 5 or 2,5."))
        return int(typed[1]) * 10 + int(typed[2] or 0)


class ShareForm(ReasonForm):
    """Which part of a gift, and from when."""

    percent = PercentField(
        label=_("Part of each gift, in %"),
        max_length=8,
        help_text=_("At most %(most)s. 0 ends the share.") % {"most": f"{MOST_PERMILLE // 10}%"},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    from_day = forms.DateField(
        label=_("From this day on"),
        help_text=_("A day that is yet to come: until it begins, donors are told what holds now."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    errors_at = {verbs.ShareTooHigh: "percent", verbs.StartsTooSoon: "from_day"}


class SharePolicies(Listing, ActPage):
    """All policies, the newest first; a new one is proposed here, and another person decides about it here."""

    template_name = "staff/share_policies.html"
    page_title = _("Share for running costs")
    columns = (
        _("Policy"),
        _("State"),
        _("Part of each gift"),
        _("From"),
        _("Proposed by"),
        _("Decided by"),
        _("Reason"),
    )
    export_name = "share-policies"
    empty = _("Running costs never got a part of the gifts.")

    def acts(self) -> list[Act]:
        propose = Act(
            name="propose",
            label=_("Propose a share"),
            do=self._propose,
            done=_("Proposed. Another person has to approve it before its day."),
            form=ShareForm,
            initial={"from_day": today() + dt.timedelta(days=1)},
            note=_(
                "Donors are told it before they pay. A gift that comes again keeps the lower of what was said and what holds."
            ),
            right=PREPARE,
        )
        return [propose, *(act for row in self._waiting() for act in self._decisions(row))]

    def _waiting(self) -> list[PolicyRow]:
        """What another than the reader proposed and nobody has decided."""
        return [
            row
            for row in policies_for_staff(now=self.now)
            if row.decision is None and row.policy.proposed_by_id != self.actor.pk
        ]

    def _decisions(self, row: PolicyRow) -> list[Act]:
        told = {"number": row.policy.pk, "percent": percent_of(row.policy.permille)}
        return [
            Act(
                name=f"approve-{row.policy.pk}",
                label=_("Approve %(percent)s (policy %(number)s)") % told,
                do=self._deciding(verbs.approve_share_policy, row.policy.pk),
                done=_("Approved: from its day on every page says it before paying."),
                note=row.policy.reason,
                right=APPROVE,
            ),
            Act(
                name=f"refuse-{row.policy.pk}",
                label=_("Refuse %(percent)s (policy %(number)s)") % told,
                do=self._deciding(verbs.refuse_share_policy, row.policy.pk),
                done=_("Refused: it never takes effect."),
                right=APPROVE,
            ),
        ]

    def _propose(self, typed: dict[str, Any]) -> None:
        verbs.propose_share_policy(
            permille=typed["percent"],
            from_day=typed["from_day"],
            actor=self.actor,
            reason=typed["reason"],
            request_key=f"desk:{typed['request_key']}",
            now=self.now,
        )

    def _deciding(self, verb: Any, policy_id: int) -> Any:
        return lambda typed: verb(policy_id=policy_id, actor=self.actor, reason=typed["reason"], now=self.now)

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        return [
            [
                Cell(str(row.policy.pk)),
                Cell(str(STATES[row.state]), state=row.state),
                Cell(percent_of(row.policy.permille)),
                on(row.policy.from_day),
                Cell(_name(row.policy.proposed_by)),
                Cell("" if row.decision is None else _name(row.decision.decided_by)),
                Cell(row.policy.reason),
            ]
            for row in policies_for_staff(now=self.now)[offset : offset + limit]
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = policies_for_staff(now=self.now)
        in_force = next((row for row in rows if row.state == "in_force"), None)
        own = [row for row in rows if row.decision is None and row.policy.proposed_by_id == self.actor.pk]
        return super().get_context_data(
            in_force=None if in_force is None else percent_of(in_force.policy.permille),
            since=None if in_force is None else in_force.policy.from_day,
            own=bool(own),
            **kwargs,
        )


def _name(user: User) -> str:
    return user.get_full_name() or user.username
