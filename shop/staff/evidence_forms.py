"""The forms of evidence: putting something in, releasing it with a checklist, withholding, erasing, grading."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from aid_packages.evidence import operations
from aid_packages.evidence.checklist import Look
from aid_packages.evidence.kinds import NotTaken, NotTakenReason
from aid_packages.evidence.models import ItemKind, WithheldReason
from aid_packages.models import EvidenceGrade
from core.uploads import LARGEST_UPLOAD
from shop.staff.fields import LineField
from shop.staff.forms import ReasonForm

LOOK_FOR_EACH = _("Look for each of these, and tick it; leave it withheld where you can't.")
ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"


class SentFile(forms.FileField):
    """A file, cleaned to its bytes. What a browser says of its name and kind is not asked."""

    def clean(self, value: UploadedFile | None, initial: Any = None) -> bytes:
        if value is not None and (value.size or 0) > LARGEST_UPLOAD:
            raise forms.ValidationError(str(NotTakenReason.TOO_LARGE.label))
        if value is not None and not value.size:
            raise forms.ValidationError(str(NotTakenReason.EMPTY.label))
        sent = super().clean(value, initial)
        return bytes(sent.read())


class AddForm(ReasonForm):
    """A new piece of evidence."""

    file = SentFile(
        label=_("File"),
        help_text=_(
            "JPEG, PNG, WebP or PDF, at most 20 MB. Only its pixels are kept: place, time, camera and names in the file "
            "are lost."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={"required": _("Choose a file.")},
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=ItemKind.choices)
    title = LineField(label=_("Title, for staff alone"), max_length=120)
    withheld_for = forms.ChoiceField(
        label=_("Why it is not shown until somebody else has looked"), choices=WithheldReason.choices
    )
    errors_at = {NotTaken: "file", operations.TitleMissing: "title"}


class ReleaseForm(ReasonForm):
    """The checklist of the second person: each line has to be ticked."""

    looked_for = forms.MultipleChoiceField(
        label=_("I looked at every part of it, enlarged, and found:"),
        choices=Look.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": LOOK_FOR_EACH},
    )
    errors_at = {operations.NotLookedFor: "looked_for"}


class WithholdForm(ReasonForm):
    """Why it is not shown."""

    why = forms.ChoiceField(label=_("Why it is not shown"), choices=WithheldReason.choices)


class GradeForm(ReasonForm):
    """How well it is shown to be true, as far as is known now."""

    grade = forms.ChoiceField(label=_("How it was verified"), choices=EvidenceGrade.choices)
    checked_by = LineField(
        label=_("Organisation that checked independently"),
        max_length=120,
        required=False,
        help_text=_("An organisation, never a person; it stands in the report."),
    )
    errors_at = {
        operations.CheckerMissing: "checked_by",
        operations.NotIndependent: "checked_by",
        operations.AttestationMissing: "grade",
    }
