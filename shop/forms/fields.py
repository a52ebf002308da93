"""Form fields for what donors type: each refuses with a sentence that says what to do, at its place."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.pl import nip

from core.money import MAX_GIFT, MIN_GIFT, AmountError, AmountReason, format_money, parse_amount
from core.text import TextError, TextReason, clean_line, clean_paragraphs

TEXT_MESSAGES = {
    TextReason.CONTROL: _("This holds invisible control characters or line breaks. Please type it again."),
    TextReason.MARKS: _("A letter here carries too many accents. Please type it again."),
    TextReason.TOO_LONG: _("This is too long. The most is %(most)s characters."),
}
AMOUNT_MESSAGES = {
    AmountReason.EMPTY: _("Choose a sum, or type one."),
    AmountReason.NOT_A_NUMBER: _("Type the sum in digits, for example 50 or 120.50."),
    AmountReason.NOT_POSITIVE: _("The sum must be more than zero."),
    AmountReason.TOO_SMALL: _("The smallest donation here is %(least)s."),
    AmountReason.TOO_LARGE: _("The largest donation here is %(most)s. For a larger one, please write to us."),
    AmountReason.TOO_PRECISE: _("Type the sum with at most two digits after the comma."),
}


class LineField(forms.Field):
    """One line of text (or, with `paragraphs`, several), as core.text takes it."""

    def __init__(self, *, max_length: int, paragraphs: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_length = max_length
        self.clean_text = clean_paragraphs if paragraphs else clean_line
        self.widget.attrs.setdefault("maxlength", str(max_length))

    def to_python(self, value: Any) -> str:
        try:
            return self.clean_text(str(value or ""), max_length=self.max_length)
        except TextError as refused:
            raise ValidationError(TEXT_MESSAGES[refused.reason], params={"most": self.max_length}) from refused


class AddressField(LineField):
    """An e-mail address of at most 254 characters (RFC 5321)."""

    widget = forms.EmailInput
    wrong = _("Type an e-mail address such as anna@example.org.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_python(self, value: Any) -> str:
        try:
            address = super().to_python(value)
            if address:
                EmailValidator()(address)
        except ValidationError as refused:
            raise ValidationError(self.wrong) from refused
        return address


class NipField(LineField):
    """A Polish tax number (NIP), its check digit proved; kept as ten digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        if not typed:
            return ""
        try:
            return str(nip.validate(typed))
        except NumberError as refused:
            raise ValidationError(_("This is not a valid NIP. It has ten digits; please check them.")) from refused


class AmountField(forms.Field):
    """A sum in złoty, typed by a person; cleaned to grosze."""

    def to_python(self, value: Any) -> int | None:
        typed = str(value or "")
        if not typed.strip() and not self.required:
            return None
        try:
            return parse_amount(typed, language=get_language() or "pl")
        except AmountError as refused:
            raise ValidationError(
                AMOUNT_MESSAGES[refused.reason],
                params={"least": format_money(MIN_GIFT), "most": format_money(MAX_GIFT)},
            ) from refused

    def validate(self, value: Any) -> None:
        """Emptiness was answered by to_python, with its own sentence."""


class QuantityField(forms.Field):
    """How many of a package: a whole number from 0 (only if `zero`) in ASCII digits.

    The package's own limit is checked later.
    """

    widget = forms.NumberInput

    def __init__(self, *, zero: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least = 0 if zero else 1

    def to_python(self, value: Any) -> int:
        typed = str(value or "").strip()
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 12):
            raise ValidationError(_("Type a whole number."))
        number = int(typed)
        if number < self.least:
            raise ValidationError(_("Type 1 or more."))
        return number
