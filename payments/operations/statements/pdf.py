"""A statement as a document, made from its rows each time it is asked for."""

from core.documents.typst import render_pdf
from core.money import format_money
from core.periods import WARSAW
from donors.operations import StatutoryRecordErased, read_statutory_record
from payments.models import Statement
from payments.operations.proof_link import proof_links, qr_svg


def statement_pdf(*, statement_id: int, language: str) -> bytes:
    """The PDF of a statement in the language ("pl" or "en"). Raises Statement.DoesNotExist.

    It is not kept, since it holds a name. Without the donor's part, and the links that find each gift in a report's seal,
    once that is erased.
    """
    statement = Statement.objects.select_related("donee").prefetch_related("lines").get(pk=statement_id)
    donee = statement.donee

    links = proof_links(donation_ids=[line.donation_id for line in statement.lines.all()], language=language)

    def text(minor: int) -> str:
        return format_money(minor, currency=statement.currency, language=language)

    data = {
        "language": language,
        "year": statement.year,
        "revision": statement.revision,
        "reason": statement.reason,
        "issued_on": statement.issued_at.astimezone(WARSAW).date().isoformat(),
        "is_so_far": statement.issued_at.astimezone(WARSAW).year == statement.year,
        "donee": {"name": donee.name, "krs": donee.krs, "nip": donee.nip, "address": donee.address},
        "donor": _donor(record_id=statement.statutory_record_id),
        "lines": [
            {
                "paid_on": line.paid_on.isoformat(),
                "reference": line.reference,
                "gross_text": text(line.gross_minor),
                "refunded_text": text(line.refunded_minor) if line.refunded_minor else "",
                "net_text": text(line.gross_minor - line.refunded_minor),
                "link": links.get(line.donation_id),
                "qr": qr_svg(links[line.donation_id]) if line.donation_id in links else None,
            }
            for line in statement.lines.all()
        ],
        "gross_text": text(statement.gross_minor),
        "refunded_text": text(statement.refunded_minor) if statement.refunded_minor else "",
        "net_text": text(statement.net_minor),
        "share_text": text(statement.share_minor) if statement.share_minor else "",
    }
    return render_pdf(template="statement", data=data, language=language)


def _donor(*, record_id: int) -> dict[str, str] | None:
    try:
        found = read_statutory_record(record_id=record_id)
    except StatutoryRecordErased:
        return None
    shown = {"name": found.name, "company_name": found.company_name, "nip": found.nip, "address": found.address}
    return shown if any(shown.values()) else None
