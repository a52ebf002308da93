"""The demo's evidence: bills drawn here, with invented words. Two are released, one is withheld for safety."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image, ImageDraw, ImageFont

from aid_packages.evidence.checklist import Look
from aid_packages.evidence.models import ItemKind, SubjectKind, WithheldReason
from aid_packages.evidence.operations import release, take_in
from aid_packages.models import SpendingDocument
from shop.demo.content.help import Step
from shop.demo.content.months import Months
from shop.demo.content.staff import Staff

REASON = "demo: sent by the partner"
PAGE, MARGIN, LETTERS = (900, 1_270), 90, 40
INK, FAINT = "#1c2a22", "#b8b8ac"


@dataclass(frozen=True)
class Paper:
    """One bill. `document` is the key under which the demo's help recorded what it shows."""

    document: str
    title: str
    shown: bool


PAPERS = (
    Paper("demo:a1:0", "Rachunek za śpiwory", shown=True),
    Paper("demo:a1:1", "Rachunek za maty, z adresem", shown=False),
    Paper("demo:a3:0", "Rachunek kancelarii", shown=True),
)


def plan_papers(*, months: Months, staff: Staff) -> Iterator[Step]:
    """Each is put in late in the first month, and looked at by another on the day after."""
    handed_in = months.at(months.first, 0.9)
    for paper in PAPERS:
        yield handed_in, _put_in(paper, staff, handed_in)


def _put_in(paper: Paper, staff: Staff, now: datetime) -> Callable[[], object]:
    def do() -> None:
        document = SpendingDocument.objects.get(request_key=paper.document)
        item = take_in(
            subject_kind=SubjectKind.DOCUMENT,
            subject_id=document.pk,
            kind=ItemKind.INVOICE,
            title=paper.title,
            content=drawn(document.own_share_minor),
            withheld_for=WithheldReason.SAFETY,
            actor=staff.ada,
            reason=REASON,
            request_key=f"{paper.document}:paper",
            now=now,
        )
        if paper.shown:
            later = now + timedelta(days=1)
            release(item_id=item.pk, looked_for=set(Look), actor=staff.bartek, reason="demo: nothing in it", now=later)

    return do


def drawn(amount_minor: int) -> bytes:
    """A page that looks like a bill, as a JPEG: a heading, lines that stand for words, and a sum in grosze as zlotys."""
    page = Image.new("RGB", PAGE, "white")
    pen, letters = ImageDraw.Draw(page), ImageFont.load_default(LETTERS)
    pen.text((MARGIN, MARGIN), "RACHUNEK / BILL (demo)", fill=INK, font=letters)
    for line in range(9):
        top = 260 + 70 * line
        pen.line((MARGIN, top, PAGE[0] - MARGIN - 130 * (line % 3), top), fill=FAINT, width=14)
    pen.text((MARGIN, 1_000), f"{amount_minor // 100},{amount_minor % 100:02} PLN", fill=INK, font=letters)
    file = io.BytesIO()
    page.save(file, "JPEG", quality=85)
    return file.getvalue()
