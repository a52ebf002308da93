"""Lines of text that people type: what is kept, and what can't be taken."""

import enum
import unicodedata

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")
_MOST_MARKS = 3


class TextReason(enum.Enum):
    """Why a typed text is refused."""

    CONTROL = "control"
    """It holds control characters, line breaks, or marks that turn the reading direction."""
    MARKS = "marks"
    """A letter carries more accents than any language writes."""
    TOO_LONG = "too_long"
    """It is longer than the field."""


class TextError(ValueError):
    """A typed text that can't be taken. Expected. `reason` says why."""

    def __init__(self, reason: TextReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def clean_line(text: str, *, max_length: int) -> str:
    """One line, NFC, without outer spaces, at most `max_length` characters. Raises TextError."""
    return _clean(text, max_length=max_length, breaks=False)


def clean_paragraphs(text: str, *, max_length: int) -> str:
    """As clean_line, with line breaks allowed (as "\\n")."""
    return _clean(text.replace("\r\n", "\n").replace("\r", "\n"), max_length=max_length, breaks=True)


def _clean(text: str, *, max_length: int, breaks: bool) -> str:
    if len(text) > max_length * 4 + 64:
        raise TextError(TextReason.TOO_LONG)
    cleaned = unicodedata.normalize("NFC", text).strip()
    marks = 0
    for character in cleaned:
        category = unicodedata.category(character)
        if character in _BIDI or (category in {"Cc", "Cs", "Co", "Zl", "Zp"} and not (breaks and character == "\n")):
            raise TextError(TextReason.CONTROL)
        if category in {"Mn", "Me"}:
            marks += 1
            if marks > _MOST_MARKS:
                raise TextError(TextReason.MARKS)
        elif character not in _JOINERS:
            marks = 0
    if len(cleaned) > max_length:
        raise TextError(TextReason.TOO_LONG)
    return cleaned
