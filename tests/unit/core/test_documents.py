"""Documents that leave the house."""

from core.documents.canonical import canonical_json, sha256_hex
from core.documents.tables import write_csv


def test_the_same_value_gives_the_same_bytes() -> None:
    assert canonical_json({"b": 1, "a": ["ż", None]}) == '{"a":["ż",null],"b":1}'.encode()
    assert sha256_hex(b"").startswith("e3b0c442")


def test_a_cell_that_starts_a_formula_is_only_text() -> None:
    table = write_csv(header=["name", "sum"], rows=[['=HYPERLINK("x")', -5], [" @a", 1], ["-1+1", 2], ["plain", 3]])
    assert table.split("\r\n")[1:5] == ['"\'=HYPERLINK(""x"")",-5', "' @a,1", "'-1+1,2", "plain,3"]
