"""What the desk does to monthly gifts on the donor's behalf: each act with its reason, told only as it was read back."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aid_packages.queries.targets import NEEDED_MOST, free_choices, free_target
from core.money import AmountError, AmountReason
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import ActState, ActVerb, CancelReason, MonthlyKind, ReceiptPolicy
from payments.operations.monthly.acts import Acted, By
from payments.operations.monthly.cancel import cancel_monthly
from payments.operations.monthly.change import change_terms
from payments.operations.monthly.choices import choose_receipts
from payments.operations.monthly.pause import pause, resume
from payments.operations.monthly.restart import restart
from payments.operations.monthly.skip import skip_next
from payments.operations.monthly.switch_kind import switch_kind
from payments.operations.monthly.upgrade import offer_upgrade
from payments.queries.monthly import MonthlyRow
from shop.forms.giving import absolute
from shop.forms.monthly_change import MonthlyChangeForm
from shop.forms.monthly_days import pause_choices
from shop.staff.acts import Act, Text
from shop.staff.fields import SumField
from shop.staff.forms import ReasonForm
from shop.staff.outcomes import InDoubt, NotDone

NOW_SHOWN = _("Done, and read back from the provider: the page shows how it stands. The donor is told by mail.")


class ChangeForm(ReasonForm, MonthlyChangeForm):
    """Another sum, need, interval, day or covered fee. Which mails come with it has an act of its own."""

    errors_at: ClassVar[Mapping[type[Exception], str]] = {AmountError: "sum"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["receipts"]
        self.order_fields([field.name for field in self.quantities()])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors:
            data["changes"] = self.changes()
        return data


class PauseForm(ReasonForm):
    """For how long, each length with the day on which it ends."""

    months = forms.TypedChoiceField(label=_("For how long"), coerce=int)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["months"].choices = pause_choices(today=today)


class CancelForm(ReasonForm):
    """What the donor said, if they wanted to say."""

    why = forms.ChoiceField(
        label=_("What the donor gave as the reason"),
        choices=[("", _("nothing was said")), *CancelReason.choices],
        required=False,
    )


class OfferForm(ReasonForm):
    """How much more."""

    add = SumField(label=_("Sum to offer on top, in zł"))
    errors_at: ClassVar[Mapping[type[Exception], str]] = {AmountError: "add"}


class ReceiptsForm(ReasonForm):
    """Which mails."""

    policy = forms.ChoiceField(label=_("Receipts"), choices=ReceiptPolicy.choices)


class GiftActs:
    """The acts on one gift, for one member of staff. `form` values come cleaned."""

    def __init__(self, *, row: MonthlyRow, actor: Any, now: Any) -> None:
        self.row, self.actor, self.now = row, actor, now

    def possible(self) -> list[Act]:
        """Those that its state allows, and those that are no act of the provider's."""
        return [self._act(verb) for verb in _ORDER if verb in self.row.can] + self._besides()

    def _act(self, verb: ActVerb) -> Act:
        label, warning, form = _LOOKS[verb]
        return Act(
            name=verb.value,
            label=label,
            do=lambda typed: self._do(verb, typed),
            done=NOW_SHOWN,
            form=self._dated.get(verb, form),
            warning=warning,
        )

    def _besides(self) -> list[Act]:
        receipts = Act(
            name="receipts",
            label=_("Choose which receipts are mailed"),
            do=self._receipts,
            done=_("Kept."),
            form=ReceiptsForm,
            initial={"policy": self.row.receipt_policy.value},
        )
        offer = Act(
            name="offer",
            label=_("Offer to give more"),
            do=self._offer,
            done=_("The donor gets a mail with a link that does this and nothing else, if they want such mails."),
            form=OfferForm,
        )
        return [receipts, offer] if ActVerb.CHANGE in self.row.can else [receipts]

    @property
    def _dated(self) -> dict[ActVerb, Callable[..., ReasonForm]]:
        """The forms whose choices say the days that they lead to."""
        return {ActVerb.CHANGE: self._change_form, ActVerb.PAUSE: partial(PauseForm, today=warsaw_day(self.now))}

    def _change_form(self, *args: Any, **kwargs: Any) -> ChangeForm:
        needed_most, groups = free_target(code=NEEDED_MOST), free_choices(now=self.now)
        return ChangeForm(*args, row=self.row, now=self.now, needed_most=needed_most, groups=groups, **kwargs)

    def _do(self, verb: ActVerb, typed: dict[str, Any]) -> None:
        common = {
            "gift_id": self.row.gift_id,
            "by": By(staff=self.actor, reason=typed["reason"]),
            "request_key": f"desk:{verb.value}:{typed['request_key']}",
            "now": self.now,
        }
        outcome = self._ask(verb, typed, common)
        if outcome.url and outcome.state is not ActState.CONFIRMED:
            raise NotDone(_("The donor has to give a card on the provider's page: send them a link to sign in."))
        if outcome.state is ActState.REFUSED:
            raise NotDone(outcome.refusal)
        if outcome.state is not ActState.CONFIRMED:
            raise InDoubt

    def _ask(self, verb: ActVerb, typed: dict[str, Any], common: dict[str, Any]) -> Acted:
        other = MonthlyKind.AUTOMATIC if self.row.kind is MonthlyKind.BY_HAND else MonthlyKind.BY_HAND
        asking: dict[ActVerb, Callable[[], Acted]] = {
            ActVerb.CHANGE: lambda: change_terms(**common, **typed["changes"]),
            ActVerb.SKIP: lambda: skip_next(**common),
            ActVerb.PAUSE: lambda: pause(**common, months=typed["months"]),
            ActVerb.RESUME: lambda: resume(**common),
            ActVerb.CANCEL: lambda: cancel_monthly(**common, why=typed["why"]),
            ActVerb.RESTART: lambda: restart(**common, **self._page()),
            ActVerb.SWITCH_KIND: lambda: switch_kind(**common, kind=other, **self._page()),
        }
        return asking[verb]()

    def _page(self) -> dict[str, str]:
        return {
            "return_url": absolute(reverse("giving:monthly_card_back", args=[self.row.gift_id])),
            "cancel_url": absolute(reverse("giving:monthly", args=[self.row.gift_id])),
        }

    def _receipts(self, typed: dict[str, Any]) -> None:
        by = By(staff=self.actor, reason=typed["reason"])
        choose_receipts(gift_id=self.row.gift_id, policy=ReceiptPolicy(typed["policy"]), by=by, now=self.now)

    def _offer(self, typed: dict[str, Any]) -> None:
        if typed["add"] is None:
            raise AmountError(AmountReason.EMPTY)
        offer_upgrade(
            gift_id=self.row.gift_id,
            add_minor=typed["add"],
            by=By(staff=self.actor, reason=typed["reason"]),
            request_key=typed["request_key"],
            now=self.now,
        )


_ORDER = (
    ActVerb.CHANGE,
    ActVerb.SKIP,
    ActVerb.PAUSE,
    ActVerb.RESUME,
    ActVerb.SWITCH_KIND,
    ActVerb.RESTART,
    ActVerb.CANCEL,
)
_LOOKS: dict[ActVerb, tuple[Text, Text, type[ReasonForm]]] = {
    ActVerb.CHANGE: (_("Change sum, need, day or interval"), "", ChangeForm),
    ActVerb.SKIP: (_("Skip the next gift"), "", ReasonForm),
    ActVerb.PAUSE: (_("Pause"), "", PauseForm),
    ActVerb.RESUME: (_("End the pause"), "", ReasonForm),
    ActVerb.SWITCH_KIND: (_("Give in another way"), _("By itself, or by a mail each time."), ReasonForm),
    ActVerb.RESTART: (_("Begin it again"), _("The kept card is used from the next regular day on."), ReasonForm),
    ActVerb.CANCEL: (_("End the monthly gift"), _("Nothing more is taken. The donor gets a mail."), CancelForm),
}
