"""A walk through every public response, looking for coordinates, routes, times finer than a week, small groups and names.

Help is planted with an unmistakable place, person, instant, route and partner in everything that staff type. A report is
published and exported in every form there is. Then a stranger opens every public address and all that it leads to.
"""

import io
import re
from datetime import UTC, datetime

import pytest
from django.urls import NoReverseMatch, reverse
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from aid_packages.deliveries.models import AidKind, Unit
from aid_packages.evidence.models import SubjectKind
from aid_packages.models import Need, SpendingDocument
from aid_packages.operations.agreements import record_agreement
from core.models import TrailEntry
from tests.factories import deliveries as help_given
from tests.factories.evidence import picture, shown_to_all, taken_in
from tests.factories.transparency import (
    Giving,
    make_published,
    make_staff,
    open_catalogue,
    pay_out,
    spend_through_partner,
)
from tests.support.corpus.jpeg import exif_segment, with_segments
from tests.support.corpus.markers import LATITUDE, LONGITUDE, PERSON, VILLAGE
from tests.support.public_walk import Walk, readable, small_cells, walk
from tests.unit.architecture.test_urls import CAPABILITIES, PAGES

pytestmark = pytest.mark.django_db

HELPED_AT = datetime(2026, 10, 7, 3, 14, 15, tzinfo=UTC)
"""05:14:15 in Warsaw, a Wednesday of the week 2026-W41."""
PLANTED = f"{VILLAGE}, {PERSON}, {LATITUDE}, {LONGITUDE}"
UNNAMED = ("DEMO-FIELD", "Zespół Terenowy")
DAYS = ("2026-10-07", "07.10.2026", "7.10.2026", "7 października", "7 October", "October 7", "20261007")
INSTANTS = ("03:14:15", "05:14:15", "03:14Z", "T03:14", "T05:14", str(int(HELPED_AT.timestamp())))
SECRETS = (VILLAGE, "Kanarkow", PERSON, LATITUDE, LONGITUDE, *UNNAMED, *DAYS, *INSTANTS)
LEFT_OUT = ("/my-giving/", "/dashboard/", "/payments/", "/thank-you/", "/checkout", "/basket/", "next=")
"""What is a donor's own, or staff's; other tests walk there."""


@pytest.fixture
def planted(broker: str) -> list[str]:
    """A month of help in which everybody typed too much; addresses that aren't linked from anywhere."""
    open_catalogue()
    ada, bartek = make_staff("ada"), make_staff("bartek")
    unnamed(ada)
    for _donor in range(3):
        Giving().give(200_00, at=HELPED_AT)
    pay_out(500_00, at=HELPED_AT)
    spend_through_partner(ada=ada, bartek=bartek, advance_minor=300_00, document_minor=180_00, at=HELPED_AT)
    document = SpendingDocument.objects.get()
    for text in ("purpose", "issuer"):
        TrailEntry.objects.create(
            actor=ada, act=f"test.{text}", subject=str(document), reason=PLANTED, at=HELPED_AT, facts={"note": PLANTED}
        )
    help_given.make_item()
    help_given.make_item("consultation", kind=AidKind.SERVICE, unit=Unit.CONSULTATION)
    help_given.given(10, reason=PLANTED)
    delivery = help_given.handed(3, people=3, reason=PLANTED)
    help_given.done(2, people=2, reason=PLANTED)
    sent = with_segments(picture(), exif_segment())
    shown = shown_to_all(document.pk, title=PLANTED, reason=PLANTED, content=sent)
    hidden = taken_in(delivery.pk, subject_kind=SubjectKind.DELIVERY, title=PLANTED, content=sent)
    report = make_published(ada=ada, bartek=bartek)
    return [
        *(address(f"evidence:{name}", token=item.token) for item in (shown, hidden) for name in ("item", "file")),
        *(address(f"reports:{name}", slug=report.slug) for name in names_of("reports:")),
        *(address(f"api:{name}", slug=report.slug) for name in names_of("api:")),
        address("seal:notes", slug=report.slug),
    ]


def unnamed(actor: object) -> None:
    """The partner signs anew, and asks not to be named."""
    record_agreement(
        partner_code="DEMO-FIELD",
        number=f"7/2026 {VILLAGE}",
        signed_on=datetime(2026, 9, 2, tzinfo=UTC).date(),
        first_day=datetime(2026, 9, 2, tzinfo=UTC).date(),
        last_day=datetime(2027, 12, 31, tzinfo=UTC).date(),
        areas=["FOREST", "INTERVENTION", "MEDICAL"],
        cap_minor=None,
        may_be_named=False,
        actor=actor,
        reason=PLANTED,
        request_key="unnamed",
        now=datetime(2026, 9, 2, 10, 0, tzinfo=UTC),
    )


def names_of(space: str) -> list[str]:
    return [name.removeprefix(space) for name in PAGES if name.startswith(space)]


def address(name: str, **parts: object) -> str:
    """The address under a name, with as many of the parts as it takes."""
    tries = ({}, parts, {**parts, "section": "funds"}, {"version": "2"}, {"address": "2026-10"})
    for some in tries:
        try:
            return reverse(name, kwargs=some)
        except NoReverseMatch:
            continue
    return ""


def public_addresses(more: list[str]) -> list[str]:
    """Every public page of the access table that needs nothing to be named, and the given ones, in both languages."""
    plain = (address(name) for name in PAGES if name not in CAPABILITIES)
    polish = [found for found in (*plain, *more) if found]
    english = [re.sub(r"^/pl/", "/en/", one) for one in polish]
    return [*polish, *english]


@pytest.fixture
def walked(planted: list[str]) -> Walk:
    return walk(begin=public_addresses(planted), leave_out=LEFT_OUT)


def test_no_public_response_says_where_when_or_who(walked: Walk) -> None:
    assert walked.leaks(SECRETS) == {}
    assert walked.small_groups() == {}
    assert_everything_was_read(walked)


def assert_everything_was_read(walked: Walk) -> None:
    """A walk that opened nothing would find nothing."""
    opened = {one for one in walked.texts if " 404" not in one}
    for part in (
        "/pl/needs/",
        "/en/reports/2026-10-r1/",
        "report.json",
        "report.csv",
        "/en/evidence/",
        "/pl/how-we-work/",
    ):
        assert any(part in one for one in opened), part
    for ending in ("pdf", "xlsx", "zip"):
        if f"reports:report_{ending}" in PAGES:
            text = next(text for one, text in walked.texts.items() if one.endswith(f"report.{ending}"))
            assert "180" in text, f"the {ending} was read to its figures"
    assert any("/api/v1/" in one for one in walked.contents) or not names_of("api:")
    assert len(walked.contents) >= 2
    assert sum("Ciepła noc" in text or "warm night" in text.lower() for text in walked.texts.values()) > 5


@pytest.mark.parametrize(
    "slip",
    [
        f"Nocą koło {VILLAGE}.",
        "Miejsce: 52.70413, 23.84762",
        'Trasa: <trkpt lat="52.7" lon="23.8">',
        "Wydane 7 października",
        "Wydane o 05:14:15",
        "Dziękujemy: Zespół Terenowy",
        '{"latitude": 52.7}',
        "N 52° 42′ 14″",
        "LINESTRING(23.8 52.7, 23.9 52.8)",
        "Point (23.84 52.7)",
    ],
)
@pytest.mark.usefixtures("broker")
def test_the_walk_finds_what_somebody_lets_slip(slip: str) -> None:
    """Negative control: one sentence too much on one page is enough."""
    open_catalogue()
    need = Need.objects.get(code="warm-night")
    need.body = {"pl": f"{need.body['pl']}\n\n{slip}", "en": need.body["en"]}
    need.save()
    page = "/pl/needs/warm-night/"
    assert list(walk(begin=[page], leave_out=(*LEFT_OUT, *ELSEWHERE)).leaks(SECRETS)) == [page]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_pictures_are_read_beside_their_pixels(kind: str) -> None:
    """Negative control: what is written beside the pixels is found, and behind them."""
    file = io.BytesIO()
    comment = {"pnginfo": _noted("<gpx>")} if kind == "PNG" else {"comment": b"<gpx>"}
    Image.effect_noise((64, 64), 90).save(file, kind, **comment)
    picture = file.getvalue()
    assert "<gpx>" in readable(picture)
    assert "<gpx>" in readable(picture.replace(b"<gpx>", b"nothi") + b"<gpx>")
    assert len(readable(picture)) < len(picture) / 2


def _noted(text: str) -> PngInfo:
    info = PngInfo()
    info.add_text("Comment", text)
    return info


ELSEWHERE = (
    "/reports/",
    "/packages/",
    "/give/",
    "/verify/",
    "/seal/",
    "/api/",
    "/en/",
    "/terms/",
    "/privacy/",
    "/contact/",
)


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        ({"donors": 4}, 1),
        ({"donors": {"from": 3, "below": 5}}, 1),
        ({"weeks": [{"acts": 1}, {"acts": 7}]}, 1),
        ({"story": {"people": 2}}, 1),
        ({"donors": {"from": 0, "below": 5}, "people": 5, "acts": 0, "count": 3}, 0),
        ({"donors": {"from": 1, "below": 5}}, 0),
        ({"donors": {"from": 5, "below": 7}}, 1),
        ({"donors": None}, 0),
    ],
)
def test_small_groups_are_seen(content: dict[str, object], cells: int) -> None:
    """Negative control for the counting of heads."""
    assert len(list(small_cells(content))) == cells
