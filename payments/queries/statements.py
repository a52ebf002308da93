"""What a donor gave in a year, as it stands now, and which statements say so."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

from django.db.models import Q

from core.periods import WARSAW
from ledger.models import Donee
from payments.models import Donation, Receipt, Statement
from payments.queries.shares import shares_of_donation
from payments.share import returned_share, share_of
from payments.states import RECEIVED, DonationState


class CountedGift(Protocol):
    """What of a gift decides whether a statement still says the truth."""

    @property
    def donation_id(self) -> int: ...
    @property
    def refunded_minor(self) -> int: ...


@dataclass(frozen=True)
class GiftOfYear:
    """One gift as a statement counts it now. Sums in minor units of its currency."""

    donation_id: int
    donee_id: int
    paid_on: date
    reference: str
    gross_minor: int
    refunded_minor: int
    currency: str
    share_minor: int
    """What of it is for running costs, as its donor was told before paying, less what of that went back."""
    claimed: bool = False
    """Given anonymously, and proved by its code."""

    @property
    def net_minor(self) -> int:
        """What was given less what went back."""
        return self.gross_minor - self.refunded_minor


@dataclass(frozen=True)
class YearRow:
    """One year with one donee, in one currency: what was given, and the newest statement of it, if one was made."""

    year: int
    donee_code: str
    donee_name: str
    currency: str
    gifts: int
    gross_minor: int
    refunded_minor: int
    share_minor: int
    statement_id: int | None
    revision: int
    issued_at: datetime | None
    is_current: bool
    """Whether the newest statement still says what stands here."""
    claimed: tuple[GiftOfYear, ...] = ()
    """Those that stand in no other list of the donor's, since nothing else of theirs is joined."""

    @property
    def net_minor(self) -> int:
        """What was given less what went back."""
        return self.gross_minor - self.refunded_minor


YearKey = tuple[int, int, str]
"""What a statement is of: the year, the donee's id, the currency."""


def gifts_of_year(*, donor_id: int, donee_id: int, year: int, currency: str) -> list[GiftOfYear]:
    """The donor's gifts to the donee in the currency that were paid in the year (Warsaw's), claimed ones too, oldest first."""
    first = datetime(year, 1, 1, tzinfo=WARSAW).astimezone(UTC)
    past = datetime(year + 1, 1, 1, tzinfo=WARSAW).astimezone(UTC)
    return [
        gift
        for gift in _gifts(donor_id=donor_id, during=Q(settled_at__gte=first, settled_at__lt=past))
        if (gift.donee_id, gift.currency) == (donee_id, currency)
    ]


def statements_of(*, donor_id: int) -> list[YearRow]:
    """Every year in which the donor gave, newest first, by donee and currency: sums of two currencies can't be added."""
    by_year: dict[YearKey, list[GiftOfYear]] = {}
    for gift in _gifts(donor_id=donor_id, during=Q()):
        by_year.setdefault((gift.paid_on.year, gift.donee_id, gift.currency), []).append(gift)
    donees = {donee.pk: donee for donee in Donee.objects.filter(pk__in={donee for _, donee, _ in by_year})}
    newest = newest_statements(donor_id=donor_id)
    return [
        _row(key=key, donee=donees[key[1]], gifts=by_year[key], statement=newest.get(key))
        for key in sorted(by_year, key=lambda key: (-key[0], key[1], key[2]))
    ]


def newest_statements(*, donor_id: int) -> dict[YearKey, Statement]:
    """The newest revision of each year, donee and currency of a donor."""
    rows = Statement.objects.filter(donor_id=donor_id).prefetch_related("lines").order_by("revision")
    return {(row.year, row.donee_id, row.currency): row for row in rows}


def statement_of(*, statement_id: int, donor_id: int) -> Statement | None:
    """A statement for its own donor; None for anybody else's."""
    return Statement.objects.filter(pk=statement_id, donor_id=donor_id).first()


def says_the_same(*, statement: Statement, gifts: list[GiftOfYear]) -> bool:
    """Whether a statement counts exactly these gifts at these nets."""
    said = {line.donation_id: line.refunded_minor for line in statement.lines.all()}
    return said == {gift.donation_id: gift.refunded_minor for gift in gifts}


def _gifts(*, donor_id: int, during: Q) -> list[GiftOfYear]:
    """All gifts, own and claimed. Lost in a dispute is gone as if refunded."""
    whose = Q(donor_id=donor_id) | Q(claim__donor_id=donor_id)
    donations = Donation.objects.filter(whose, during, state__in=RECEIVED, settled_at__isnull=False)
    receipts = {
        row.donation_id: row
        for row in Receipt.objects.filter(donation__in=donations).only("number", "donee_id", "donation_id")
    }
    return [
        GiftOfYear(
            donation_id=row.pk,
            donee_id=receipts[row.pk].donee_id,
            paid_on=_paid_on(row),
            reference=receipts[row.pk].number,
            gross_minor=row.gross_minor,
            refunded_minor=_gone(row),
            currency=row.currency,
            share_minor=_share(row),
            claimed=row.donor_id != donor_id,
        )
        for row in donations.select_related("share_policy").order_by("settled_at", "pk")
        if row.pk in receipts
    ]


def _gone(donation: Donation) -> int:
    return donation.gross_minor if donation.state == DonationState.LOST else donation.refunded_minor


def _share(donation: Donation) -> int:
    """As it was said before paying, in the donor's own currency; what goes back takes its part of it along."""
    if donation.share_policy is None:
        return 0
    told = share_of(parts=shares_of_donation(donation=donation), permille=donation.share_policy.permille)
    share = sum(told.values())
    return share - returned_share(back_minor=_gone(donation), left_minor=donation.gross_minor, share_minor=share)


def _paid_on(donation: Donation) -> date:
    if donation.settled_at is None:
        raise AssertionError("only settled donations are asked for")
    return donation.settled_at.astimezone(WARSAW).date()


def _row(*, key: YearKey, donee: Donee, gifts: list[GiftOfYear], statement: Statement | None) -> YearRow:
    year, _, currency = key
    return YearRow(
        year=year,
        donee_code=donee.code,
        donee_name=donee.name,
        currency=currency,
        gifts=len(gifts),
        gross_minor=sum(gift.gross_minor for gift in gifts),
        refunded_minor=sum(gift.refunded_minor for gift in gifts),
        share_minor=sum(gift.share_minor for gift in gifts),
        statement_id=None if statement is None else statement.pk,
        revision=0 if statement is None else statement.revision,
        issued_at=None if statement is None else statement.issued_at,
        is_current=statement is not None and says_the_same(statement=statement, gifts=gifts),
        claimed=tuple(gift for gift in gifts if gift.claimed),
    )
