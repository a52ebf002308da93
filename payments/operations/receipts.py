"""The receipt as a document, made from what is frozen each time it is asked for."""

import json
from dataclasses import asdict

from core.documents.typst import render_pdf
from donors.operations import StatutoryRecordErased, read_statutory_record
from payments.models import Receipt
from payments.operations.proof_link import proof_link, qr_svg
from payments.operations.statements.claims import claim_code
from seal.queries import checkpoint


def receipt_pdf(*, receipt_id: int) -> bytes:
    """The PDF of a receipt, in the donor's language. Raises Receipt.DoesNotExist.

    It is not kept: it holds a name, and names stay in `donors`. Without the donor's part once that is erased. An
    anonymous gift's receipt carries the code that proves it later; every one the link that finds the gift in a report's
    seal, and the log's last checkpoint, which leaves our hands with it.
    """
    receipt = Receipt.objects.select_related("donation").get(pk=receipt_id)
    data = json.loads(bytes(receipt.content))
    data["donor"] = _donor(record_id=receipt.statutory_record_id)
    data["claim_code"] = claim_code(receipt=receipt)
    data["proof"] = _proof(donation_id=receipt.donation_id, language=receipt.language)
    return render_pdf(template="receipt", data=data, language=receipt.language)


def _donor(*, record_id: int) -> dict[str, str] | None:
    try:
        details = asdict(read_statutory_record(record_id=record_id))
    except StatutoryRecordErased:
        return None
    shown = {key: details[key] for key in ("name", "company_name", "nip", "address")}
    return shown if any(shown.values()) else None


def _proof(*, donation_id: int, language: str) -> dict[str, str | None] | None:
    link = proof_link(donation_id=donation_id, language=language)
    return None if link is None else {"link": link, "qr": qr_svg(link), "checkpoint": checkpoint()}
