"""Making a statement: the newest one while it says the truth, else another revision with its reason."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from donors.operations import StatutoryRecordErased, own_contact, read_statutory_record, write_statutory_record
from donors.vault import DonorErased
from ledger.models import Donee
from payments.models import Statement, StatementLine, StatementReason
from payments.queries.statements import GiftOfYear, gifts_of_year, says_the_same


class NothingGiven(Exception):
    """There is no gift of this donor to this donee in this year, in this currency. To be expected of who asks for any year."""

    def __init__(self, *, year: int) -> None:
        self.year = year
        super().__init__(f"nothing was given in {year}")


def yearly_statement(*, donor_id: int, donee_code: str, year: int, now: datetime, currency: str = "PLN") -> Statement:
    """The donor's statement of a year (of Warsaw's calendar) with a donee, net of refunds; of gifts in one currency, since
    sums of two can't be added.

    Asking again gives the same one, until a gift, a refund or the donor's details change what it must say; then
    another revision is made, and the earlier one stays. Raises NothingGiven, Donee.DoesNotExist.
    """
    donee = Donee.objects.get(code=donee_code)
    with transaction.atomic():
        # the donee's row orders those who make statements at once; there are few, and making one is quick
        Donee.objects.select_for_update().get(pk=donee.pk)
        gifts = gifts_of_year(donor_id=donor_id, donee_id=donee.pk, year=year, currency=currency)
        mine = Statement.objects.filter(donor_id=donor_id, donee=donee, year=year, currency=currency)
        newest = mine.prefetch_related("lines").order_by("-revision").first()
        if not gifts:
            raise NothingGiven(year=year)
        reason = _why(newest=newest, gifts=gifts)
        if newest is not None and reason is None:
            return newest
        return _write(
            donor_id=donor_id,
            donee=donee,
            year=year,
            revision=1 if newest is None else newest.revision + 1,
            reason=reason or StatementReason.FIRST,
            gifts=gifts,
            now=now,
        )


def _why(*, newest: Statement | None, gifts: list[GiftOfYear]) -> StatementReason | None:
    """Why another revision is needed; None when the newest still says the truth."""
    if newest is None:
        return StatementReason.FIRST
    if not says_the_same(statement=newest, gifts=gifts):
        counted = {line.donation_id for line in newest.lines.all()}
        more = {gift.donation_id for gift in gifts} - counted
        return StatementReason.MORE_GIFTS if more else StatementReason.REFUND
    return StatementReason.DETAILS if _has_other_details(newest) else None


def _has_other_details(statement: Statement) -> bool:
    """Whether the donor is known by other details now. What is erased can't differ."""
    try:
        said = asdict(read_statutory_record(record_id=statement.statutory_record_id))
        known = asdict(own_contact(donor_id=statement.donor_id))
    except (StatutoryRecordErased, DonorErased):
        return False
    return any(said[name] != known[name] for name in ("name", "company_name", "nip", "address"))


def _write(
    *,
    donor_id: int,
    donee: Donee,
    year: int,
    revision: int,
    reason: StatementReason,
    gifts: list[GiftOfYear],
    now: datetime,
) -> Statement:
    (currency,) = {gift.currency for gift in gifts}
    gross, refunded = sum(gift.gross_minor for gift in gifts), sum(gift.refunded_minor for gift in gifts)
    statement = Statement.objects.create(
        donor_id=donor_id,
        donee=donee,
        year=year,
        revision=revision,
        reason=reason,
        gross_minor=gross,
        refunded_minor=refunded,
        net_minor=gross - refunded,
        share_minor=sum(gift.share_minor for gift in gifts),
        currency=currency,
        statutory_record_id=write_statutory_record(donor_id=donor_id, now=now),
        issued_at=now,
    )
    StatementLine.objects.bulk_create(
        StatementLine(
            statement=statement,
            position=position,
            donation_id=gift.donation_id,
            paid_on=gift.paid_on,
            reference=gift.reference,
            gross_minor=gift.gross_minor,
            refunded_minor=gift.refunded_minor,
        )
        for position, gift in enumerate(gifts)
    )
    return statement
