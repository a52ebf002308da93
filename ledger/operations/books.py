"""Opening the books."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from core.periods import period_of
from ledger import accounts
from ledger.models import Account, AccountKind, Donee, Period, Restriction
from ledger.operations.funds import open_fund


@dataclass(frozen=True, slots=True)
class DoneeDetails:
    """The legal entity that receives the money. KRS and NIP have ten digits each."""

    code: str
    name: str
    krs: str
    nip: str
    address: str


def open_books(*, donee: DoneeDetails, now: datetime, currency: str = "PLN") -> Donee:
    """Makes the donee, the accounts of the house, and the funds GENERAL and ADMIN. Again for the same code, it changes
    nothing and returns the donee as it is. Opening balances are entries of kind OPENING, posted as any other.
    """
    with transaction.atomic():
        made, created = Donee.objects.get_or_create(code=donee.code, defaults=asdict(donee) | {"created_at": now})
        if not created:
            return made
        Account.objects.bulk_create(
            Account(code=code, kind=AccountKind(code.partition(":")[0]), currency=currency, donee=made)
            for code in accounts.HOUSE_ACCOUNTS
        )
        open_fund(
            code=accounts.GENERAL,
            parent=None,
            restriction=Restriction.UNRESTRICTED,
            donee=donee.code,
            currency=currency,
            now=now,
        )
        open_fund(
            code=accounts.ADMIN,
            parent=None,
            restriction=Restriction.DESIGNATED,
            donee=donee.code,
            currency=currency,
            now=now,
        )
        Period.objects.get_or_create(period=period_of(now))
    return made
