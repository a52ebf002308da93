"""A donor leaves: what goes at once, what the law keeps and until when, and its going on that day by itself."""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.periods import WARSAW
from donors import registry
from donors.models import (
    Dedication,
    Donor,
    DonorSession,
    MailChoice,
    MailKind,
    MailState,
    StatutoryKey,
    StatutoryRecord,
)
from donors.operations.erase_contact import erase_contact
from donors.operations.queue_mail import queue_mail
from donors.operations.statutory import YEARS_KEPT, kept_until, record_year
from donors.vault import read_contact

logger = logging.getLogger(__name__)


class Going(TextChoices):
    """What an erasure takes at once."""

    CONTACT = "contact", _("your name, e-mail address, company and postal address")
    """With the key that reads them, and the hash by which the donor is found."""
    PROOFS = "proofs", _("the key of your proofs")
    """The seal key: what was proved stays proved, and leads to nobody."""
    SESSIONS = "sessions", _("where you are signed in")
    """Every session ends, and links and codes with them."""
    CHOICES = "choices", _("which messages you want")
    """What was chosen of each kind of mail."""
    MAILS = "mails", _("messages that are waiting")
    """They are cancelled and emptied."""
    DEDICATIONS = "dedications", _("dedications and cards, with those you wrote to")
    """A card that isn't sent yet isn't sent."""
    GIFTS_ON_THEIR_WAY = "gifts_on_their_way", _("what you typed for a donation that isn't paid yet")
    """Should it still be paid, its receipt names nobody."""


@dataclass(frozen=True)
class Kept:
    """The donor's part of the receipts of one year, which the law keeps."""

    year: int
    records: int
    until: date
    """The day on which it is erased by itself."""


@dataclass(frozen=True)
class ErasurePlan:
    """What an erasure would do, or did."""

    donor_id: int
    goes: tuple[Going, ...]
    kept: tuple[Kept, ...]
    hindered_by: tuple[str, ...]
    """What must end first, in words for the donor; empty when nothing stands in the way."""

    @property
    def kept_until(self) -> date | None:
        """The day on which the last of it is gone; None if nothing is kept."""
        return max((kept.until for kept in self.kept), default=None)


class ErasureHindered(Exception):
    """Something must end before the donor can be erased. Expected; carries the words that the page shows."""

    def __init__(self, *, donor_id: int, hindered_by: tuple[str, ...]) -> None:
        super().__init__(f"donor {donor_id} can't be erased yet: {len(hindered_by)} hindrances")
        self.donor_id = donor_id
        self.hindered_by = hindered_by


def plan_erasure(*, donor_id: int, now: datetime) -> ErasurePlan:
    """What erasing the donor now would take and keep. Changes nothing. Raises Donor.DoesNotExist."""
    donor = Donor.objects.get(pk=donor_id)
    hindrances = [words for holder in registry.holders() for words in holder.hinders(donor_id)]
    return ErasurePlan(
        donor_id=donor_id,
        goes=_goes(donor) if donor.erased_at is None else (),
        kept=_kept(donor, today=now.astimezone(WARSAW).date()),
        hindered_by=tuple(hindrances),
    )


def erase_everything(*, donor_id: int, now: datetime) -> ErasurePlan:
    """Erases the donor, writes to the address for the last time, and says what was done. May run twice.

    GDPR art. 17(1), and 17(3)(b) for what must be kept; what that is and for how long, `statutory` says. Raises
    ErasureHindered, Donor.DoesNotExist.
    """
    with transaction.atomic():
        donor = Donor.objects.select_for_update().get(pk=donor_id)
        plan = plan_erasure(donor_id=donor_id, now=now)
        if donor.erased_at is not None:
            return plan
        if plan.hindered_by:
            raise ErasureHindered(donor_id=donor_id, hindered_by=plan.hindered_by)
        email, language = read_contact(donor).email, donor.language
        erasure_id = erase_contact(donor_id=donor_id, now=now)
        if email:
            # Under a key of its own: the donor's is gone. It is emptied when it is sent, or given up.
            until = plan.kept_until.isoformat() if plan.kept_until else ""
            queue_mail(
                kind=MailKind.ERASED,
                key=f"erased:{erasure_id}",
                address=email,
                language=language,
                context={"kept_until": until},
                now=now,
            )
    return plan


def erase_what_is_due(*, now: datetime) -> int:
    """Destroys the keys of erased donors' receipts whose time is over. Returns how many; called each hour.

    Of donors who were not erased nothing is destroyed here: they see their receipts as long as they want to.
    """
    last_year_over = now.astimezone(WARSAW).year - YEARS_KEPT - 1
    due = StatutoryKey.objects.filter(donor__erased_at__isnull=False, key__isnull=False, year__lte=last_year_over)
    gone = due.update(key=None, destroyed_at=now)
    if gone:
        logger.info("statutory_keys_destroyed", extra={"keys": gone})
    return gone


def _goes(donor: Donor) -> tuple[Going, ...]:
    there = {
        Going.CONTACT: True,
        Going.PROOFS: True,
        Going.SESSIONS: DonorSession.objects.filter(donor=donor).exists(),
        Going.CHOICES: MailChoice.objects.filter(donor=donor).exists(),
        Going.MAILS: donor.mails.filter(state=MailState.WAITING).exists(),
        Going.DEDICATIONS: Dedication.objects.filter(donor=donor).exists(),
        Going.GIFTS_ON_THEIR_WAY: donor.gift_details.filter(stays=False).exists(),
    }
    return tuple(what for what, is_there in there.items() if is_there)


def _kept(donor: Donor, *, today: date) -> tuple[Kept, ...]:
    readable = set(StatutoryKey.objects.filter(donor=donor, key__isnull=False).values_list("year", flat=True))
    written = StatutoryRecord.objects.filter(donor=donor).values_list("written_at", flat=True)
    years = Counter(record_year(moment) for moment in written)
    return tuple(
        Kept(year=year, records=years[year], until=max(kept_until(year), today))
        for year in sorted(years)
        if year in readable
    )
