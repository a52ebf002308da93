"""What a donor says of themselves: details, mails, a claim, a farewell."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from donors.models import MailTopic
from shop.forms.fields import LineField, NipField

NATIVE = {"pl": "Polski", "en": "English"}


class DetailsForm(forms.Form):
    """Who the donor is, for confirmations and statements to come. Nothing of it is needed; a company is whole or empty."""

    name = LineField(
        label=_("Name"),
        help_text=_("Printed on confirmations and yearly statements from now on."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
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
    address = LineField(
        label=_("Address"),
        help_text=_("Only if it should be printed on your statement."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    language = forms.ChoiceField(
        label=_("Language of mails and documents"), choices=[(code, NATIVE[code]) for code, _name in settings.LANGUAGES]
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        wanted = {"company_name": _("Type the company's name, or leave both company fields empty.")}
        wanted["nip"] = _("Type the company's NIP, or leave both company fields empty.")
        if any(data.get(name) or name in self.errors for name in wanted):
            for name, message in wanted.items():
                if name not in self.errors and not data.get(name):
                    self.add_error(name, message)
        return data


class MailsForm(forms.Form):
    """Each kind of mail that can be done without, by itself."""

    def __init__(self, *args: Any, choices: dict[MailTopic, bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic, wanted in choices.items():
            self.fields[topic.value] = forms.BooleanField(
                required=False, label=topic.label, help_text=_MEANINGS[topic], initial=wanted
            )


_MEANINGS = {
    MailTopic.RECEIPTS_EACH: _("The first confirmation always comes, and all of them stand here."),
    MailTopic.REMINDERS_CARD: _("Thirty and seven days before the card of a monthly gift expires."),
    MailTopic.UPGRADE_OFFERS: _("Seldom; a link that can do this one thing."),
    MailTopic.YEARLY_STATEMENT: _("Once a year to those who give monthly, and again if a refund corrects it."),
    MailTopic.REPORTS: _("When a report is published that counts your donation."),
}


class ClaimForm(forms.Form):
    """The code on the confirmation of an anonymous donation."""

    code = LineField(
        label=_("Code on the confirmation"),
        help_text=_("It begins with the confirmation’s number, such as 2026/000123 ABCD-EFGH-IJKL-MNOP."),
        max_length=80,
        error_messages={"required": _("Type the code as it stands on the confirmation.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class EraseForm(forms.Form):
    """A farewell: one tick, so that nobody does it with a slip of the hand."""

    sure = forms.BooleanField(
        label=_("I understand that I can’t sign in afterwards, and that this can’t be undone."),
        error_messages={"required": _("Tick this first, please.")},
    )
