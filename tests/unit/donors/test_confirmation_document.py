"""The donation confirmation as PDF: what it says, in both languages, tagged, and never stopped by a name."""

import re
import zlib
from typing import Any

import pytest
import typst

from core.documents.typst import render_pdf

FROZEN: dict[str, Any] = {
    "number": "2026/000007",
    "issued_on": "2026-11-21",
    "paid_on": "2026-11-20",
    "amount_minor": 37_000,
    "amount_text": "370,00\u00a0zł",
    "currency": "PLN",
    "provider_reference": "pi_sandbox",
    "donee": {"name": "Fundacja", "krs": "0000123456", "nip": "5260250274", "address": "ul. Prosta 1, Warszawa"},
    "lines": [{"title": "2 × Ciepła noc", "amount_text": "370,00\u00a0zł"}],
    "language": "pl",
}
EVERY_SIGN_IN_USE = "".join(
    chr(sign)
    for first, last in ((0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x344), (0x3A3, 0x481), (0x48A, 0x4FF), (0x1E00, 0x1EFF))
    for sign in range(first, last + 1)
)


def receipt(**given: Any) -> bytes:
    data = {**FROZEN, **given}
    return render_pdf(template="receipt", data=data, language=data["language"])


@pytest.mark.parametrize("language", ["pl", "en"])
def test_it_is_tagged_titled_and_in_its_language(language: str) -> None:
    pdf = receipt(language=language)
    assert pdf.startswith(b"%PDF-1.7")
    everything = pdf + _streams(pdf)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in everything
    assert re.search(rf"/Lang *\({language}\)".encode(), everything)
    assert b"/MarkInfo" in everything
    title = {"pl": "Potwierdzenie darowizny 2026/000007", "en": "Donation confirmation 2026/000007"}[language]
    assert title.encode() in everything


@pytest.mark.parametrize("donor", [None, {}, {"name": "", "company_name": "", "nip": "", "address": ""}])
def test_a_donor_who_gave_no_name_has_a_confirmation_all_the_same(donor: dict[str, str] | None) -> None:
    assert receipt(donor=donor).startswith(b"%PDF")


def test_the_same_facts_give_the_same_bytes() -> None:
    assert receipt() == receipt()


@pytest.mark.parametrize(
    "name",
    [
        "Zażółć Gęślą Jaźń",
        "Олександра Ґудзь",
        "🐤 Kanarek 李",
        "ا\u202eevil",
        "\x00\x1b",
        "Z" + "\u0301" * 50,
        "#panic() $x$ *b* <x> @ref // /*",
        EVERY_SIGN_IN_USE,
        "Wojciechowska-Brzęczyszczykiewicz " * 12,
    ],
    ids=["Polish", "Ukrainian", "no shape", "bidi", "control", "marks", "markup", "every sign", "long"],
)
def test_no_name_stops_a_confirmation(name: str) -> None:
    donor = {"name": name, "company_name": name, "nip": "5260250274", "address": name}
    assert receipt(donor=donor).startswith(b"%PDF")


@pytest.mark.parametrize("name", ["Ada 🌻 Wójcik", "Ada Wójcik 👩🏽\u200d🚒", "Ada ❤\ufe0f Wójcik", "🇵🇱 Ada Wójcik ☕"])
def test_an_emoji_is_left_out_of_a_name(name: str) -> None:
    assert receipt(donor={"name": name}) == receipt(donor={"name": "Ada Wójcik"})


def test_a_letter_without_a_shape_is_marked_and_not_left_out() -> None:
    assert receipt(donor={"name": "Ada 李"}) != receipt(donor={"name": "Ada"})


def test_a_sign_without_a_shape_would_stop_it() -> None:
    """The negative control: tagged PDF refuses what the typeface can't draw, which is why names are made printable."""
    source = '#set document(title: "x")\n#set text(font: "Libertinus Serif")\n#sys.inputs.name'
    with pytest.raises(typst.TypstError):
        typst.compile(
            source.encode(), format="pdf", pdf_standards=["ua-1"], sys_inputs={"name": "🐤"}, ignore_system_fonts=True
        )


def test_many_lines_run_on_over_pages() -> None:
    lines = [{"title": f"Pakiet {number}", "amount_text": "1,00\u00a0zł"} for number in range(80)]
    assert _pages(receipt()) == 1
    assert _pages(receipt(lines=lines)) > 1


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type */Page\b", pdf + _streams(pdf)))


def _streams(pdf: bytes) -> bytes:
    """Every compressed stream of the file, unpacked."""
    unpacked = []
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            unpacked.append(zlib.decompress(raw))
        except zlib.error:
            unpacked.append(raw)
    return b"\n".join(unpacked)
