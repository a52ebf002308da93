"""Signing in: the address, and the code from the mail."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.forms.fields import AddressField

_CODE = re.compile(r"[0-9]{6}")
_BETWEEN = re.compile(r"[\s\u00a0-]")


class AddressForm(forms.Form):
    """Where the link and the code go. `next` is where the donor wanted to be; it is checked when it is used."""

    email = AddressField(
        label=_("E-mail"),
        help_text=_("The one you typed when you gave."),
        error_messages={"required": _("Type the e-mail that you gave with.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    next = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


class CodeForm(forms.Form):
    """The six digits from the mail; spaces and dashes between them don't matter."""

    code = forms.CharField(
        label=_("Code from the mail"),
        help_text=_("Six digits."),
        max_length=20,
        error_messages={
            "required": _("Type the six digits from the mail."),
            "max_length": _("The code has six digits."),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-field"}),
    )

    def clean_code(self) -> str:
        digits = _BETWEEN.sub("", self.cleaned_data["code"])
        if not _CODE.fullmatch(digits):
            raise forms.ValidationError(_("The code has six digits."))
        return digits
