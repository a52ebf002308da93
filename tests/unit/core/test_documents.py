"""Documents that leave the house."""

import struct

import pytest

from core.documents.canonical import canonical_json, sha256_hex
from core.documents.tables import write_csv
from core.documents.typst import render_png


def test_the_same_value_gives_the_same_bytes() -> None:
    assert canonical_json({"b": 1, "a": ["ż", None]}) == '{"a":["ż",null],"b":1}'.encode()
    assert sha256_hex(b"").startswith("e3b0c442")


def test_a_cell_that_starts_a_formula_is_only_text() -> None:
    table = write_csv(header=["name", "sum"], rows=[['=HYPERLINK("x")', -5], [" @a", 1], ["-1+1", 2], ["plain", 3]])
    assert table.split("\r\n")[1:5] == ['"\'=HYPERLINK(""x"")",-5', "' @a,1", "'-1+1,2", "plain,3"]


@pytest.mark.parametrize(
    "title", ["Październik 2026", "Kampania: " + "ciepła zima na pograniczu, " * 5, "Nazwa " * 200]
)
@pytest.mark.parametrize("figures", [0, 3])
def test_a_picture_to_pass_on_is_one_page_however_long_its_title(title: str, figures: int) -> None:
    data = {
        "title": title,
        "house": "Sklep bez Granic",
        "foot": "Raporty, które każdy może sprawdzić",
        "figures": [("12 345", "lub więcej osób – tam, gdzie naprawdę liczyliśmy")] * figures,
        "lines": [("U partnerów, jeszcze nierozliczone", "12 345 678,90 zł")] * 5,
    }
    png = render_png(template="share", data=data, language="pl")
    assert struct.unpack(">II", png[16:24]) == (1200, 630)
