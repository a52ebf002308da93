"""The donor's form: the one page between choosing a gift and paying for it."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.periods import WARSAW
from shop.forms.fields import AddressField, LineField, NipField

LONGEST_WAIT = timedelta(days=365)
COMPANY = ("company_name", "nip")
DEDICATION = ("recipient_name", "recipient_email", "message", "send_on")


class DonorForm(forms.Form):
    """What the donor types. Only the e-mail is needed; every group of other fields is whole or empty.

    `expected_total` is what the page showed, in grosze, and `expected_share` the permille for running costs that it said.
    They are compared with what the server counts and used for nothing else.
    """

    email = AddressField(
        label=_("E-mail"),
        help_text=_("We send the receipt here, and nothing else."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = LineField(
        label=_("Name (optional)"),
        help_text=_("Printed on the receipt. You may leave it empty."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    anonymous = forms.BooleanField(
        label=_("Give anonymously"),
        help_text=_(
            "This donation is joined with nothing by your e-mail, and “My giving” won’t show it. The receipt carries a "
            "code with which you can still have it counted in a yearly statement."
        ),
        required=False,
    )
    company_name = LineField(
        label=_("Company name"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    nip = NipField(
        label=_("NIP"),
        help_text=_("The company's Polish tax number, ten digits."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    recipient_name = LineField(
        label=_("Name of the person"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    recipient_email = AddressField(
        label=_("Their e-mail"),
        help_text=_("Used once, for this card."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    message = LineField(
        label=_("Message"),
        max_length=500,
        paragraphs=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    send_on = forms.DateField(
        label=_("Day to send it"),
        help_text=_("The card is sent on this day, once the donation is paid."),
        required=False,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        error_messages={"invalid": _("Type a day such as 2026-12-24.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    cover_fee = forms.BooleanField(required=False)
    expected_total = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    expected_share = forms.CharField(required=False, max_length=4, widget=forms.HiddenInput)
    attempt = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today: date = now.astimezone(WARSAW).date()
        self.fields["send_on"].widget.attrs.update(
            min=self.today.isoformat(), max=(self.today + LONGEST_WAIT).isoformat()
        )

    def clean_send_on(self) -> date | None:
        day: date | None = self.cleaned_data["send_on"]
        if day and not self.today <= day <= self.today + LONGEST_WAIT:
            raise forms.ValidationError(_("Choose a day from today to a year ahead."))
        return day

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("anonymous"):
            self._need("email", _("Type your e-mail, so that we can send the receipt."))
        if self._touched(COMPANY):
            self._need("company_name", _("Type the company's name, or leave both company fields empty."))
            self._need("nip", _("Type the company's NIP, or leave both company fields empty."))
        if self._touched(("recipient_name", "recipient_email", "message")):
            self._need("recipient_name", _("Type the name of the person you dedicate this to."))
            self._need("recipient_email", _("Type the e-mail the card should go to."))
            if "send_on" not in self.errors and not data.get("send_on"):
                data["send_on"] = self.today
        return data

    @property
    def has_dedication(self) -> bool:
        """Whether a card is to be sent (on a form that is valid)."""
        return bool(self.cleaned_data.get("recipient_email"))

    @property
    def company_open(self) -> bool:
        """Whether the company's fields should stand open on the page."""
        return self._any(COMPANY)

    @property
    def dedication_open(self) -> bool:
        """Whether the card's fields should stand open on the page."""
        return self._any(DEDICATION)

    def typed(self) -> dict[str, Any]:
        """What was typed, as plain JSON, for the draft that survives the way to the payment page and back."""
        kept = {name: self.cleaned_data.get(name) or "" for name in ("email", "name", *COMPANY, *DEDICATION)}
        kept["send_on"] = str(kept["send_on"])
        ticked = {name: bool(self.cleaned_data.get(name)) for name in ("cover_fee", "anonymous")}
        return {**kept, **ticked}

    def _touched(self, names: tuple[str, ...]) -> bool:
        return any(self.cleaned_data.get(name) or name in self.errors for name in names)

    def _need(self, name: str, message: Any) -> None:
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, message)

    def _any(self, names: tuple[str, ...]) -> bool:
        return any(self[name].value() or (self.is_bound and name in self.errors) for name in names)
