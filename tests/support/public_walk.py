"""A stranger who opens everything that can be reached, and reads it with suspicion: words, places, instants, small groups."""

import html
import io
import json
import re
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urlsplit

import pypdf
from django.http import HttpResponse
from django.test import Client

LINKS = re.compile(r"""(?:href|src|content)=["']([^"'<>\s]+)["']""")
PLACES = {
    "coordinates": re.compile(r"\b\d{1,2}\.\d{4,}\s*[NS]?\s*[,;/ ]\s*\d{1,3}\.\d{4,}"),
    "degrees": re.compile(r"\d{1,3}\s*°\s*\d{1,2}\s*[′']"),
    "a named coordinate": re.compile(
        r"""["' <](?:lat|lon|lng|latitude|longitude|gps\w*)["']?\s*[:=>]\s*["']?-?\d{1,3}[.,°]\d""", re.IGNORECASE
    ),
    "a route": re.compile(
        r"<(?:gpx|trk|trkpt|rte|rtept|wpt)\b|LINESTRING|\bPOINT\s*Z?\s*\(\s*-?\d[\d.]*\s+-?\d|\"coordinates\"",
        re.IGNORECASE,
    ),
    "a map": re.compile(r"geo:\d|maps\.google|google\.[a-z]+/maps|openstreetmap\.org|maps\.app\.goo", re.IGNORECASE),
}
COUNTED = frozenset({"donors", "people", "acts", "acts_of_help", "nationalities"})
SMALLEST = 5


@dataclass
class Walk:
    """What was opened, and what it said."""

    texts: dict[str, str] = field(default_factory=dict)
    contents: dict[str, Any] = field(default_factory=dict)
    """What came as JSON, by address."""

    def leaks(self, words: Iterable[str]) -> dict[str, list[str]]:
        """Address -> what stands there and shouldn't: planted words, places in any notation."""
        sought = [word.lower() for word in words]
        found = {}
        for address, text in self.texts.items():
            plain = html.unescape(text)
            lower = plain.lower()
            said = [word for word in sought if word in lower]
            said += [name for name, pattern in PLACES.items() if pattern.search(plain)]
            if said:
                found[address] = said
        return found

    def small_groups(self) -> dict[str, list[str]]:
        """Address -> groups of fewer than five, exact or told by a band that is too narrow."""
        every = {address: list(small_cells(content)) for address, content in self.contents.items()}
        return {address: cells for address, cells in every.items() if cells}


def small_cells(content: Any, path: str = "") -> Iterator[str]:
    """Every count of people below five in a piece of JSON."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            place = f"{path}.{name}"
            if name in COUNTED and is_small(value):
                yield f"{place} = {value}"
            yield from small_cells(value, place)
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from small_cells(value, f"{path}[{number}]")


def is_small(value: Any) -> bool:
    """Whether a count is of one to four people, or a band too narrow to hide them; "fewer than five" says nothing."""
    if isinstance(value, Mapping) and {"from", "below"} <= value.keys():
        least, below = value["from"] or 0, value["below"]
        return not (below == SMALLEST and least <= 1) and bool(below - least < SMALLEST)
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < SMALLEST


def walk(*, begin: Iterable[str], most: int = 500, leave_out: Iterable[str] = ()) -> Walk:
    """Opens these addresses and all that their pages lead to, as somebody without a cookie does."""
    seen, waiting, opened = set(), deque(begin), Walk()
    avoided = tuple(leave_out)
    while waiting:
        address = waiting.popleft()
        if address in seen or any(part in address for part in avoided):
            continue
        seen.add(address)
        assert len(seen) <= most, "the walk has no end: name what leads in circles in leave_out"
        answer = Client().get(address)
        text = text_of(answer)
        opened.texts[address] = text
        if "json" in answer.headers.get("Content-Type", "") and answer.status_code == 200:
            opened.contents[address] = json.loads(answer.content)
        if location := answer.headers.get("Location", ""):
            waiting.append(inside(location))
        if "html" in answer.headers.get("Content-Type", ""):
            waiting.extend(link for found in LINKS.findall(text) if (link := inside(found, address)))
    return opened


def inside(link: str, page: str = "/") -> str:
    """The address of a link that stays in the shop, or nothing. Pictures, styles and letters of ours hold no data."""
    plain = urldefrag(link.replace("&amp;", "&")).url
    parts = urlsplit(plain)
    own = not parts.scheme and not parts.netloc
    if parts.netloc in {"testserver", "127.0.0.1:8000"}:
        own = True
    if not own or parts.path.startswith("/static/") or not plain:
        return ""
    path = (
        parts.path
        if parts.path.startswith("/")
        else page
        if not parts.path
        else page.rpartition("/")[0] + "/" + parts.path
    )
    return f"{path}?{parts.query}" if parts.query else path


def text_of(answer: HttpResponse) -> str:
    """All that an answer says, its headers too: also what stands in PDFs, spreadsheets and archives."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined] -- of streams alone
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "Date")
    return f"{headers}\n{readable(content)}"


def readable(content: bytes) -> str:
    """The bytes as text, with whatever is packed in them."""
    parts = [content.decode("utf-8", "replace")]
    if content.startswith(b"%PDF"):
        paper = pypdf.PdfReader(io.BytesIO(content))
        parts = [str(paper.metadata), *(page.extract_text() for page in paper.pages)]
        parts += [str(paper.xmp_metadata.stream.get_data()) if paper.xmp_metadata else ""]
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [f"{entry.filename}\n{readable(archive.read(entry))}" for entry in archive.infolist()]
    elif content.startswith((b"\xff\xd8", b"\x89PNG")):
        parts = [beside_the_pixels(content).decode("latin-1")]
    return "\n".join(parts)


def beside_the_pixels(picture: bytes) -> bytes:
    """A PNG or JPEG without its compressed pixels, in which any four letters stand by chance sooner or later."""
    is_png, kept = picture.startswith(b"\x89PNG"), b""
    at = 8 if is_png else 2
    while at + 8 <= len(picture):
        if is_png:
            length, kind = int.from_bytes(picture[at : at + 4]), picture[at + 4 : at + 8]
            kept += b"" if kind == b"IDAT" else picture[at + 4 : at + 8 + length]
            at += 12 + length
        elif picture[at + 1] == 0xDA:
            return kept + picture[picture.rindex(b"\xff\xd9") :]
        else:
            length = int.from_bytes(picture[at + 2 : at + 4])
            kept += picture[at : at + 2 + length]
            at += 2 + length
    return kept + picture[at:]
