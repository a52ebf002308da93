"""What can be asked of a monthly gift. Each form holds a key of its own, so that sending it twice is one act."""

import re
import secrets
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.money import MAX_GIFT, MIN_GIFT, AmountError, format_money
from payments.monthly_states import CancelReason
from shop.forms.fields import AMOUNT_MESSAGES
from shop.forms.monthly_change import MonthlyChangeForm
from shop.forms.monthly_days import pause_choices

_KEY = re.compile(r"[0-9a-f]{32}")


def new_key() -> str:
    """A key for a form about to be shown."""
    return secrets.token_hex(16)


class ActForm(forms.Form):
    """An act without anything to choose."""

    request_key = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not _KEY.fullmatch(self.cleaned_data.get("request_key", "")):
            self.add_error(None, _("This page was changed on the way. Nothing was done: please open it again."))
        return self.cleaned_data


class PauseForm(ActForm):
    """For how long nothing is taken."""

    months = forms.TypedChoiceField(
        label=_("For how long"),
        coerce=int,
        error_messages={"required": _("Choose for how long."), "invalid_choice": _("Choose 1 to 12 months.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["months"].choices = pause_choices(today=today)


class CancelForm(ActForm):
    """The end. A reason may be given, from a closed list, so that nobody types what endangers them."""

    why = forms.ChoiceField(
        label=_("Would you tell us why? You need not."),
        choices=[("", _("I don’t want to say")), *CancelReason.choices],
        required=False,
        widget=forms.RadioSelect,
    )


class ChangeForm(ActForm, MonthlyChangeForm):
    """Sum, need, interval, day and covered fee, by the donor."""


def too_large(refused: AmountError) -> str:
    """Why a sum can't be given each time."""
    bounds = {"least": format_money(MIN_GIFT), "most": format_money(MAX_GIFT)}
    return str(AMOUNT_MESSAGES[refused.reason]) % bounds
