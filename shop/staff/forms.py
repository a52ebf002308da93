"""What the desk's forms share: each act asks why, knows its own request, and says beside which field a refusal stands."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from core.text import TextError
from core.trail import ReasonMissing
from shop.staff.fields import LineField

LONGEST_REASON = 500
LONGEST_COMMENT = 1000
REQUEST_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)


class ReasonForm(forms.Form):
    """What every act asks: why. `errors_at` says beside which field a refusal of the domain stands."""

    request_key = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = LineField(label=_("Reason"), max_length=LONGEST_REASON, help_text=_("It stays in the trail."))

    errors_at: ClassVar[Mapping[type[Exception], str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "reason"])

    def clean(self) -> dict[str, Any]:
        """The hidden key makes a form sent twice one act. Without a key of ours nothing is done, and it gets a new one."""
        cleaned = super().clean() or {}
        if not REQUEST_KEY.fullmatch(cleaned.get("request_key") or ""):
            self.errors.pop("request_key", None)
            self.add_error(None, _("Nothing was done, because the form had lost its number. Please send it again."))
            self.data = self.data.copy()
            self.data[self.add_prefix("request_key")] = uuid4().hex
        return cleaned

    def field_of(self, refusal: Exception) -> str | None:
        """The field that a refusal is about, None for the whole act."""
        places = {ReasonMissing: "reason", TextError: "reason", **self.errors_at}
        return next((places[kind] for kind in type(refusal).__mro__ if kind in places), None)


class CommentForm(ReasonForm):
    """For reviews: what the next person should know."""

    reason = forms.CharField(label=_("Comment"), max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 3}))
