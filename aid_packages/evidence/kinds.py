"""What kind of file was sent, told by its first bytes alone; and why it is not taken."""

import re

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes of a file that is looked at."""
MOST_PAGES = 20
MOST_MEGAPIXELS = 50
_HEIF = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_SVG = re.compile(rb"(?i)^(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|!--|svg\b)")
_PDF = re.compile(rb"^%PDF-[12]\.")


class TakenKind(models.TextChoices):
    """The kinds of files whose pixels are read."""

    JPEG = "jpeg", "JPEG"
    """A photograph, as telephones make it."""
    PNG = "png", "PNG"
    """A picture of a screen or a drawing."""
    WEBP = "webp", "WebP"
    """A picture from the web."""
    PDF = "pdf", "PDF"
    """A paper, drawn page by page into pixels."""


class NotTakenReason(models.TextChoices):
    """Why a file is not taken."""

    EMPTY = "empty", _("The file is empty.")
    """There was nothing in it."""
    TOO_LARGE = "too_large", _("The file is too large: at most 20 MB are taken.")
    """More bytes than are looked at."""
    SVG = "svg", _("SVG drawings are not taken: they can hold scripts and links. Save it as PNG.")
    """A drawing that can hold programs."""
    HEIC = "heic", _("HEIC pictures are not taken: set the telephone to JPEG (“most compatible”), or save it as JPEG.")
    """A telephone's own form, whose decoders are large and seldom checked."""
    VIDEO = "video", _("Videos are not taken: voices, places and routes can't be taken out of them. Send one picture.")
    """A film; too much in it can't be looked through."""
    OTHER_PICTURE = "other_picture", _("Only JPEG, PNG and WebP pictures are taken. Save it as one of these.")
    """GIF, TIFF, AVIF, a camera's raw file and the like."""
    OFFICE = "office", _("Office documents and archives are not taken. Save it as PDF.")
    """A ZIP file of any kind, or an older Office document."""
    UNKNOWN = "unknown", _("This is no picture and no PDF that we know.")
    """Nothing that its first bytes could name."""
    DAMAGED = "damaged", _("The file is damaged, or not what it says it is: it can't be read to its end.")
    """The decoder found no whole picture in it."""
    MOVING = "moving", _("Moving pictures are not taken. Send one picture.")
    """An animation."""
    TOO_MANY_PIXELS = "pixels", _("The picture is too large: at most 50 megapixels are taken.")
    """More pixels than are decoded, whatever they weigh in the file."""
    TOO_MANY_PAGES = "pages", _("The document has too many pages: at most 20 are taken. Send it in parts.")
    """More pages than are drawn."""
    LOCKED = "locked", _("The PDF is protected by a password. Send it without one.")
    """Its pages can't be drawn."""
    TOO_HEAVY = "heavy", _("The file takes more memory or time to read than we give to one. Save it smaller.")
    """The decoder reached a limit, or died."""
    LEAKS = "leaks", _("The new file held something other than the picture. It was thrown away; please tell us.")
    """Our own check of what we made found something unexpected. Never seen."""


class NotTaken(ValueError):
    """A file that is not taken. Expected: people send what they have. `reason` says why, in a sentence."""

    def __init__(self, reason: NotTakenReason) -> None:
        super().__init__(reason.value)
        self.reason = reason

    @property
    def words(self) -> str | Promise:
        """The reason as one sentence."""
        return self.reason.label


def kind_of(content: bytes) -> TakenKind:
    """The kind of a file by its first bytes; its name and what a browser says of it are not asked. Raises NotTaken."""
    if not content:
        raise NotTaken(NotTakenReason.EMPTY)
    if len(content) > LARGEST_FILE:
        raise NotTaken(NotTakenReason.TOO_LARGE)
    if content.startswith(b"\xff\xd8\xff"):
        return TakenKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return TakenKind.PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return TakenKind.WEBP
    if _PDF.match(content):
        return TakenKind.PDF
    raise NotTaken(_refusal_of(content))


_BEGINNINGS = {
    NotTakenReason.VIDEO: (b"\x1a\x45\xdf\xa3", b"OggS", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"FLV\x01"),
    NotTakenReason.OTHER_PICTURE: (
        *(b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"\x00\x00\x01\x00", b"\x00\x00\x00\x0cjP", b"\xff\x0a", b"8BPS"),
    ),
    NotTakenReason.OFFICE: (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf", b"Rar!", b"{\\rtf"),
}


def _refusal_of(content: bytes) -> NotTakenReason:
    """What a file that is not taken seems to be."""
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        still = NotTakenReason.OTHER_PICTURE if brand in {b"avif", b"avis", b"crx "} else NotTakenReason.VIDEO
        return NotTakenReason.HEIC if brand in _HEIF else still
    if _SVG.match(content[:512]) or b"<svg" in content[:4096].lower():
        return NotTakenReason.SVG
    if content[:4] == b"RIFF" and content[8:12] == b"AVI ":
        return NotTakenReason.VIDEO
    found = (reason for reason, beginnings in _BEGINNINGS.items() if content.startswith(beginnings))
    return next(found, NotTakenReason.UNKNOWN)
