"""The donor of one anonymous gift: made once for its intent, however often and however parallel the form is sent."""

from datetime import datetime

from django.db import connection, transaction

from donors.models import GiftDetails
from donors.operations.gift_details import Giver, keep_gift_details
from donors.operations.remember_donor import remember_anonymous


def anonymous_donor_of(*, gift: str, email: str, giver: Giver, language: str, now: datetime) -> int:
    """The donor that stands for the gift with this intent key, with what was typed for it; made if there is none.

    An anonymous donor is found by no address, so a second one would be made by every repetition: the lock, which ends
    with the database transaction, orders those who send the same form at once. Raises addresses.EmailRefused.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"anonymous gift:{gift}"])
        known = GiftDetails.objects.filter(gift=gift).values_list("donor_id", flat=True).first()
        if known is not None:
            return known
        donor_id = remember_anonymous(
            email=email,
            name=giver.name,
            company_name=giver.company_name,
            nip=giver.nip,
            address=giver.address,
            language=language,
            now=now,
        )
        keep_gift_details(donor_id=donor_id, gift=gift, giver=giver, now=now)
    return donor_id
