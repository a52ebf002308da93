"""What people type into a line."""

import pytest

from core.text import TextError, TextReason, clean_line, clean_paragraphs


@pytest.mark.parametrize("typed", ["Zażółć gęślą jaźń", "Ołeksandra", "Зоя", "Ada 🧡", "👩‍👧", "O'Neill-Żak", "Nguyễn"])
def test_names_of_the_world_are_kept(typed: str) -> None:
    assert clean_line(f"  {typed} ", max_length=60) == typed


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("a\x00b", TextReason.CONTROL),
        ("a\nb", TextReason.CONTROL),
        ("a\u202eb", TextReason.CONTROL),
        ("a\u2028b", TextReason.CONTROL),
        ("a" + "\u0301" * 50, TextReason.MARKS),
        ("a" + "\u0301" * 10_000, TextReason.TOO_LONG),
        ("x" * 61, TextReason.TOO_LONG),
    ],
)
def test_what_could_mislead_is_refused(typed: str, reason: TextReason) -> None:
    with pytest.raises(TextError) as refusal:
        clean_line(typed, max_length=60)
    assert refusal.value.reason is reason


def test_a_message_may_have_lines() -> None:
    assert clean_paragraphs("one\r\ntwo", max_length=60) == "one\ntwo"
