"""Promise 14: receipts."""

from core.documents.canonical import sha256_hex
from ledger.audit import Checked, Finding
from payments.models import Charge, ChargeOutcome, Receipt, ReceiptCounter


def receipts_in_order() -> Checked:
    """One receipt for each gift, numbers from 1 without gaps for each donee and year, contents as they were issued."""
    findings: list[Finding] = []
    seen: dict[tuple[int, int], int] = {}
    count = 0
    for receipt in Receipt.objects.order_by("donee_id", "year", "sequence").iterator():
        count += 1
        series = (receipt.donee_id, receipt.year)
        wanted = seen.get(series, 0) + 1
        if receipt.sequence != wanted:
            findings.append(Finding(message=f"receipt {receipt.number}: {wanted} should be next in its year"))
        seen[series] = receipt.sequence
        if sha256_hex(bytes(receipt.content)) != receipt.sha256:
            findings.append(Finding(message=f"receipt {receipt.number}: its content is not what was issued"))
    findings += [
        Finding(message=f"receipts of {counter.year}: the counter stands at {counter.last_number}")
        for counter in ReceiptCounter.objects.all()
        if seen.get((counter.donee_id, counter.year), 0) != counter.last_number
    ]
    without = Charge.objects.filter(outcome=ChargeOutcome.GIFT, booked_minor__isnull=False, donation__receipt=None)
    findings += [Finding(message=f"donation:{charge.donation_id} has no receipt") for charge in without]
    return Checked(count=count, findings=findings)
