"""Give once: how much."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from shop.forms.fields import AmountField

PRESETS = (5_000, 10_000, 20_000, 50_000)
"""Sums offered, in grosze."""
USUAL = 10_000
OWN = "own"


class AmountForm(forms.Form):
    """A sum of those offered (`amount`, in grosze), or one of the donor's own, which wins when it is typed.

    Sent by GET, for it charges nothing: the page it leads to shows the sum, and counts it anew when its form is sent.
    """

    amount = forms.CharField(required=False, max_length=20)
    own_amount = AmountField(required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "own_amount" in self.errors or data.get("own_amount") is not None:
            return data
        chosen = data.get("amount", "")
        if chosen in {str(minor) for minor in PRESETS}:
            data["own_amount"] = int(chosen)
        else:
            self.add_error("own_amount", _("Choose a sum, or type one."))
        return data

    @property
    def minor(self) -> int:
        """The sum in grosze (of a form that is valid)."""
        return int(self.cleaned_data["own_amount"])


def selected_in(query: QueryDict) -> int | str:
    """Which of the choices stands ticked: what the address says, else the usual one."""
    if query.get("own_amount", "").strip() or query.get("amount") == OWN:
        return OWN
    chosen = query.get("amount", "")
    return int(chosen) if chosen in {str(minor) for minor in PRESETS} else USUAL
