"""The receipt as a document, made from what is frozen each time it is asked for."""

import json
from dataclasses import asdict

from core.documents.typst import render_pdf
from donors.operations import StatutoryRecordErased, read_statutory_record
from payments.models import Receipt
from payments.operations.statements.claims import claim_code


def receipt_pdf(*, receipt_id: int) -> bytes:
    """The PDF of a receipt, in the donor's language. Raises Receipt.DoesNotExist.

    It is not kept: it holds a name, and names stay in `donors`. Without the donor's part once that is erased. An
    anonymous gift's receipt carries the code that proves it later.
    """
    receipt = Receipt.objects.select_related("donation").get(pk=receipt_id)
    data = json.loads(bytes(receipt.content))
    data["donor"] = _donor(record_id=receipt.statutory_record_id)
    data["claim_code"] = claim_code(receipt=receipt)
    return render_pdf(template="receipt", data=data, language=receipt.language)


def _donor(*, record_id: int) -> dict[str, str] | None:
    try:
        details = asdict(read_statutory_record(record_id=record_id))
    except StatutoryRecordErased:
        return None
    shown = {key: details[key] for key in ("name", "company_name", "nip", "address")}
    return shown if any(shown.values()) else None
