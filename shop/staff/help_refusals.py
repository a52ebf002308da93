"""What the rules of help refuse, and how it is told."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aid_packages.operations import (
    agreements,
    covers,
    documents,
    emergencies,
    grants,
    issuer,
    members,
    redirects,
)
from core.money import format_money


def _sums(text: Promise, **names: str) -> Callable[[Any], str]:
    """A telling with sums, in grosze, that the refusal carries."""
    return lambda refusal: str(text) % {word: format_money(getattr(refusal, name)) for word, name in names.items()}


def _no_agreement(refusal: agreements.NoAgreement) -> str:
    return _("No agreement with this partner covers that fund on %(day)s. Record it on the partner's page first.") % {
        "day": refusal.day.isoformat()
    }


HELP: dict[type[Exception], Promise | str | Callable[[Any], str]] = {
    agreements.NoAgreement: _no_agreement,
    agreements.OverCap: _sums(_("The agreement's cap leaves only %(left)s for it."), left="left"),
    agreements.BadAgreementDays: _("The days don't fit: the first comes before the last, and it was signed by then."),
    agreements.AgreementNumberTaken: _("Type the agreement's number; each stands there once."),
    agreements.UnknownArea: _("Choose at least one area of help."),
    covers.NoDeficit: _("This fund lacks nothing that GENERAL could cover."),
    covers.MoreThanLacking: _sums(_("The fund lacks only %(sum)s."), sum="lacking_minor"),
    documents.BadFunders: _sums(
        _("The other funders have to make up %(rest)s, each named once; here they make up %(others)s."),
        rest="rest_minor",
        others="funders_minor",
    ),
    emergencies.OverEmergencyCap: _sums(
        _("Alone you may set aside only %(left)s now. A second person can countersign what you booked before."),
        left="left",
    ),
    grants.AttestationMissing: _("Name the paper that stands behind the grant."),
    issuer.BadCountry: _("No country has these two letters."),
    issuer.BadForeignId: _("Type the issuer's number in its country; a NIP is for issuers in Poland."),
    members.OwnMembership: _("Somebody else has to end your own part in a partner."),
    redirects.NotUpTheTree: _("Money goes on only to the area of the need, or to where it is needed most."),
    redirects.NothingOver: _("All that is there can be used: nothing is over."),
    redirects.MoreThanOver: _sums(_("Only %(sum)s is over."), sum="over_minor"),
}
