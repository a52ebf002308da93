"""What a donor gave in a year, as it stands now, and which statements say so."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

from django.db.models import Q

from core.periods import WARSAW
from ledger.models import Donee
from payments.models import Donation, Receipt, Statement
from payments.states import RECEIVED, DonationState


class CountedGift(Protocol):
    """What of a gift decides whether a statement still says the truth."""

    @property
    def donation_id(self) -> int: ...
    @property
    def refunded_minor(self) -> int: ...


@dataclass(frozen=True)
class GiftOfYear:
    """One gift as a statement counts it now. Sums in grosze."""

    donation_id: int
    donee_id: int
    paid_on: date
    reference: str
    gross_minor: int
    refunded_minor: int
    claimed: bool = False
    """Given anonymously, and proved by its code."""

    @property
    def net_minor(self) -> int:
        """What was given less what went back."""
        return self.gross_minor - self.refunded_minor


@dataclass(frozen=True)
class YearRow:
    """One year with one donee: what was given, and the newest statement of it, if one was made."""

    year: int
    donee_code: str
    donee_name: str
    gifts: int
    gross_minor: int
    refunded_minor: int
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


def gifts_of_year(*, donor_id: int, donee_id: int, year: int) -> list[GiftOfYear]:
    """The donor's gifts to the donee that were paid in the year (Warsaw's), claimed ones too, oldest first."""
    first = datetime(year, 1, 1, tzinfo=WARSAW).astimezone(UTC)
    past = datetime(year + 1, 1, 1, tzinfo=WARSAW).astimezone(UTC)
    return [
        gift
        for gift in _gifts(donor_id=donor_id, during=Q(settled_at__gte=first, settled_at__lt=past))
        if gift.donee_id == donee_id
    ]


def statements_of(*, donor_id: int) -> list[YearRow]:
    """Every year in which the donor gave, newest first, by donee."""
    by_year: dict[tuple[int, int], list[GiftOfYear]] = {}
    for gift in _gifts(donor_id=donor_id, during=Q()):
        by_year.setdefault((gift.paid_on.year, gift.donee_id), []).append(gift)
    donees = {donee.pk: donee for donee in Donee.objects.filter(pk__in={donee for _, donee in by_year})}
    newest = newest_statements(donor_id=donor_id)
    return [
        _row(year=year, donee=donees[donee_id], gifts=by_year[year, donee_id], statement=newest.get((year, donee_id)))
        for year, donee_id in sorted(by_year, key=lambda key: (-key[0], key[1]))
    ]


def newest_statements(*, donor_id: int) -> dict[tuple[int, int], Statement]:
    """The newest revision of each (year, donee) of a donor."""
    rows = Statement.objects.filter(donor_id=donor_id).prefetch_related("lines").order_by("revision")
    return {(row.year, row.donee_id): row for row in rows}


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
            refunded_minor=row.gross_minor if row.state == DonationState.LOST else row.refunded_minor,
            claimed=row.donor_id != donor_id,
        )
        for row in donations.order_by("settled_at", "pk")
        if row.pk in receipts
    ]


def _paid_on(donation: Donation) -> date:
    if donation.settled_at is None:
        raise AssertionError("only settled donations are asked for")
    return donation.settled_at.astimezone(WARSAW).date()


def _row(*, year: int, donee: Donee, gifts: list[GiftOfYear], statement: Statement | None) -> YearRow:
    return YearRow(
        year=year,
        donee_code=donee.code,
        donee_name=donee.name,
        gifts=len(gifts),
        gross_minor=sum(gift.gross_minor for gift in gifts),
        refunded_minor=sum(gift.refunded_minor for gift in gifts),
        statement_id=None if statement is None else statement.pk,
        revision=0 if statement is None else statement.revision,
        issued_at=None if statement is None else statement.issued_at,
        is_current=statement is not None and says_the_same(statement=statement, gifts=gifts),
        claimed=tuple(gift for gift in gifts if gift.claimed),
    )
