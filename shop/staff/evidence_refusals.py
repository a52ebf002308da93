"""What the rules of evidence refuse, and how it is told."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aid_packages.evidence import operations, vault

EVIDENCE: dict[type[Exception], Promise | str | Callable[[Any], str]] = {
    operations.NotTaken: lambda refusal: str(refusal.words),
    operations.NotLookedFor: _("Look for each of these, and tick it; leave it withheld where you can't."),
    operations.TitleMissing: _("Say in a few words what it is."),
    operations.NoSubject: _("What it belongs to is not there any more."),
    operations.CheckerMissing: _("Name the organisation that checked independently, and only for that grade."),
    operations.NotIndependent: _("The partner itself can't check independently."),
    operations.AttestationMissing: _("Add the partner's attestation first: without it nothing is attested."),
    vault.Unreadable: _("It was erased: nobody can read it any more."),
}
