"""The seal as the shop serves it: real gifts, a real report, the donor's link, the public files, and our own check."""

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from donors.operations import erase_contact, export_donor
from payments.models import Receipt
from payments.operations import receipt_pdf
from payments.operations.proof_link import proof_file, proof_link
from payments.operations.statements import statement_pdf, yearly_statement
from seal.offline.command import answer
from seal.offline.words import Refused, sentence
from seal.schema import proof_schema
from tests.factories.seal import OURS, Sealed, link_of
from tests.factories.transparency import Giving, make_published, make_staff, open_catalogue
from tests.unit.seal.attacks import ATTACKS, IDS, Attack, attacked
from transparency.verification import checking, sources
from transparency.verification.checking import check_link
from transparency.verification.sources import Files

pytestmark = pytest.mark.django_db
ERASED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
COUNTED = {
    "pl": "160 zł na „Ciepło w nocy”: darowizna jest policzona w raporcie za październik 2026, wersja 1.",
    "en": "160 zł for Warmth at night is counted in October 2026’s report, revision 1.",
}


@pytest.fixture
def gift(db: None):
    """One gift of 160 zł among others, in October."""
    open_catalogue()
    giving = Giving()
    for amount in (5_000, 12_345, 40_000, 7_700, 160):
        giving.give(amount)
    return giving.give(16_000)


@pytest.fixture
def published(gift):
    return make_published(ada=make_staff("ada"), bartek=make_staff("bartek"))


def files(report) -> list[bytes]:
    """What everybody can download, through the addresses of the shop."""
    client = Client()
    addresses = [
        reverse("reports:report_json", kwargs={"slug": report.slug}),
        reverse("seal:notes", kwargs={"slug": report.slug}),
        reverse("seal:log"),
    ]
    return [b"".join(client.get(each)) for each in addresses]


def told(link: str, language: str) -> tuple[bool, str]:
    found = check_link(link=link, language=language)
    return found.holds, " ".join(found.sentences).replace("\u00a0", " ")


# --- the donor's way ---


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_link_on_the_receipt_finds_the_gift(gift, published, language: str) -> None:
    link = proof_link(donation_id=gift.pk, language=language)
    assert link.startswith(f"http://127.0.0.1:8000/{language}/verify/#v=1&p=202610&")
    assert told(link, language) == (True, COUNTED[language])
    code, facts, _ = answer(files=files(published), link=link)
    assert sentence(code, facts, language).replace("\u00a0", " ") == COUNTED[language]


def test_before_publication_it_says_when(gift) -> None:
    link = proof_link(donation_id=gift.pk, language="en")
    assert told(link, "en") == (
        True,
        "160 zł will be counted in October 2026’s report: drafted on 16 November 2026,"
        " published when a second person has read it.",
    )


def test_in_a_large_file_only_the_gifts_own_notes_are_looked_at(gift, published, monkeypatch) -> None:
    monkeypatch.setattr(checking, "MOST_LEAVES_AT_ONCE", 3)
    monkeypatch.setattr("seal.queries.notes.PublishedNotes.chunks", None)
    link = proof_link(donation_id=gift.pk, language="en")
    assert told(link, "en") == (True, COUNTED["en"])
    assert not told(link[:-4] + "AAAA", "en")[0]


def test_another_seed_finds_nothing(gift, published) -> None:
    holds, says = told(proof_link(donation_id=gift.pk, language="en")[:-4] + "AAAA", "en")
    assert not holds
    assert says == "160 zł is not counted in October 2026’s report: a note of it is missing."


@pytest.mark.parametrize("link", ["", "#", "nonsense", "https://x.example/#v=1", "#v=2&p=202610", "\x00" * 9000])
def test_what_is_no_link_says_so(published, link: str) -> None:
    assert told(link, "en") == (
        False,
        "The link is damaged or incomplete: copy the whole of it, with everything after the #.",
    )


def test_the_proof_file_keeps_its_schema_and_proves(gift, published) -> None:
    proof = proof_file(donation_id=gift.pk)
    jsonschema.validate(proof, proof_schema())
    assert answer(files=[*files(published), json.dumps(proof).encode()])[0] == "counted"


def test_who_takes_everything_along_has_the_proof_too(gift, published) -> None:
    donations = export_donor(donor_id=gift.donor_id)["payments"]["donations"]
    assert [each["proof"] for each in donations] == [proof_file(donation_id=gift.pk)]
    erase_contact(donor_id=gift.donor_id, now=ERASED_AT)
    assert export_donor(donor_id=gift.donor_id)["payments"]["donations"][0]["proof"] is None


def test_the_receipt_carries_link_code_and_checkpoint(gift, published) -> None:
    pdf = PdfReader(BytesIO(receipt_pdf(receipt_id=gift.receipt.pk)))
    text = " ".join(page.extract_text() for page in pdf.pages)
    addresses = [mark.get_object()["/A"]["/URI"] for page in pdf.pages for mark in page.get("/Annots", [])]
    assert addresses == [proof_link(donation_id=gift.pk, language="pl")]
    assert "Sprawdź, że ta darowizna jest policzona".upper() in text.upper()
    assert "127.0.0.1:8000/seal" in text
    erase_contact(donor_id=gift.donor_id, now=ERASED_AT)
    after = PdfReader(BytesIO(receipt_pdf(receipt_id=gift.receipt.pk)))
    assert not any(page.get("/Annots") for page in after.pages), "who is erased has no link any more"


def test_the_statement_has_a_code_for_each_gift(gift, published) -> None:
    statement = yearly_statement(donor_id=gift.donor_id, donee_code="SWB", year=2026, now=ERASED_AT)
    pdf = PdfReader(BytesIO(statement_pdf(statement_id=statement.pk, language="en")))
    addresses = [mark.get_object()["/A"]["/URI"] for page in pdf.pages for mark in page.get("/Annots", [])]
    assert addresses == [proof_link(donation_id=gift.pk, language="en")]
    assert len(pdf.pages) == 2


def test_a_gift_that_is_not_booked_has_no_link(gift) -> None:
    assert proof_link(donation_id=0, language="pl") is None
    assert proof_file(donation_id=0) is None


# --- erasure ---


def test_erasing_a_donor_leaves_every_root_and_every_other_proof(gift, published) -> None:
    other = Giving().give(1_000)
    before, links = files(published), {each: proof_link(donation_id=each.pk, language="en") for each in (gift, other)}
    saved = proof_file(donation_id=gift.pk)
    erase_contact(donor_id=gift.donor_id, now=ERASED_AT)
    assert files(published) == before
    assert proof_link(donation_id=gift.pk, language="en") is None
    assert proof_file(donation_id=gift.pk) is None
    assert proof_link(donation_id=other.pk, language="en") == links[other]
    assert told(links[gift], "en")[0], "what was on the receipt stays good"
    assert answer(files=[*before, json.dumps(saved).encode()])[0] == "counted"


def test_who_is_erased_before_the_report_is_counted_all_the_same(gift) -> None:
    others = [each for each in Receipt.objects.select_related("donation") if each.donation_id != gift.pk]
    erase_contact(donor_id=gift.donor_id, now=ERASED_AT)
    report = make_published(ada=make_staff("ada"), bartek=make_staff("bartek"))
    content = json.loads(bytes(report.content))
    assert content["notes"]["sum"] == content["lines"]["came_in"] == 5_000 + 12_345 + 40_000 + 7_700 + 160 + 16_000
    for receipt in others:
        assert told(proof_link(donation_id=receipt.donation_id, language="en"), "en")[0]


# --- our own check of everything in the table ---


@pytest.mark.parametrize("attack", ATTACKS, ids=IDS)
def test_our_own_check_refuses(monkeypatch: pytest.MonkeyPatch, attack: Attack) -> None:
    """The server has the log, not the donor's older checkpoint, and finds the report itself: what follows from that is told."""
    sealed = attacked(attack)

    def files_of(*, slug: str | None, with_notes: bool = True) -> Files:
        return Files(log=sealed.log) if slug is None else Files(sealed.log, sealed.report, sealed.notes)

    monkeypatch.setattr(sources, "files_of", files_of)
    with pytest.raises(Refused) as refused:
        answer(files=sealed.files.values())
    expected = (False, sentence(refused.value.code, refused.value.facts, "en").replace("\u00a0", " "))
    proof = None if sealed.proof is None else _linked(sealed)
    if attack.name in NEEDS_THE_FILES:
        assert told(proof or "", "en") != expected
    else:
        assert told(proof or "", "en") == expected


NEEDS_THE_FILES = {
    "the history rewritten": "a link holds no older checkpoint: a proof file does",
    "the history reordered": "the same",
    "no log": "before the first publication there is none, and it says when the gift will be counted",
    "the report isn't in the log": "then it isn't published: it will be counted",
    "the proof cut short": "a link is cut in another way",
    "a proof with a short seed": "a link says so in its own words",
    "a proof whose sum has a point": "the same",
    "a proof with a key twice": "the same",
    "a key under which anyone's signature holds": "it is told without a proof, and there is no link without one",
    "two reports at once": "the server finds the report itself",
}


def _linked(sealed: Sealed) -> str:
    """The link with what stands in the proof file."""
    try:
        said = json.loads(sealed.proof)
    except ValueError:
        return link_of()[:-10]
    gifts = [(each["fund"], each["amount_minor"]) for each in said["gifts"]]
    link = link_of(seed=bytes.fromhex(said["seed"]), gifts=gifts, key=OURS, period=said["period"])
    return link.replace("&d=SWB&", f"&d={said['donee']}&")


# --- the page and the files ---


def test_the_page_checks_by_us_without_javascript(gift, published) -> None:
    address = reverse("verify:page")
    link = proof_link(donation_id=gift.pk, language="pl")
    same = Client(headers={"sec-fetch-site": "same-origin"}).post(address, {"link": link})
    assert COUNTED["pl"] in same.content.decode().replace("\u00a0", " ")
    assert "no-cache" in same["Cache-Control"] or "no-store" in same["Cache-Control"]
    assert not same.cookies
    assert Client().post(address, {"link": link}).status_code == 200, (
        "a text browser says nothing of where it comes from"
    )
    assert Client(headers={"sec-fetch-site": "cross-site"}).post(address, {"link": link}).status_code == 403
    assert Client(headers={"origin": "https://elsewhere.example"}).post(address, {"link": link}).status_code == 403


def test_files_can_be_kept_and_read_from_anywhere(published) -> None:
    lasting = [
        reverse("seal:notes", kwargs={"slug": published.slug}),
        reverse("seal:tile", kwargs={"level": "0", "path": "000", "width": "2"}),
        reverse("seal:tile", kwargs={"level": "entries", "path": "000", "width": "2"}),
        reverse("seal:checkpoint_of", kwargs={"size": 2}),
    ]
    growing = [reverse(f"seal:{name}") for name in ("checkpoint", "log", "keys")]
    for address in [*lasting, *growing, reverse("seal:verify_py"), reverse("seal:verify_html")]:
        first = Client().get(address)
        assert first.status_code == 200, address
        assert first["Access-Control-Allow-Origin"] == "*"
        assert ("immutable" in first["Cache-Control"]) == (address in lasting), address
        assert not first.cookies
        again = Client(headers={"if-none-match": first["ETag"]}).get(address)
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000",
        "tile/0/000.p/3",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/001.p/1",
        "tile/0/x000/000.p/1",
        "tile/1/000.p/1",
        "tile/6/000.p/1",
        "tile/entries/000",
        "notes/2026-11-r1.bin",
        "notes/..%2f..%2fetc.bin",
        "checkpoints/3.json",
    ],
)
def test_what_there_is_not_is_not_found(published, path: str) -> None:
    assert Client().get(f"/seal/{path}").status_code == 404


def test_tiles_hold_the_log(published) -> None:
    entries = Client().get("/seal/tile/entries/000.p/2").content
    length = int.from_bytes(entries[:2], "big")
    first, rest = entries[2 : 2 + length], entries[2 + length :]
    assert json.loads(first)["kind"] == "key"
    assert json.loads(rest[2:])["slug"] == published.slug
    log = json.loads(Client().get("/seal/log.json").content)
    assert log["entries"] == [first.decode(), rest[2:].decode()]
    checkpoint = Client().get("/seal/checkpoint").content.decode()
    assert checkpoint == log["checkpoint"]
    assert checkpoint.startswith("127.0.0.1:8000/seal\n2\n")


def test_a_mirror_has_the_same_bytes_and_writes_only_what_changed(published, tmp_path: Path, capsys) -> None:
    call_command("seal_mirror", to=tmp_path)
    assert capsys.readouterr().out.strip() == "11 files written"
    for path in ("checkpoint", "log.json", "keys", "tile/0/000.p/2", "tile/entries/000.p/2", "verify.py"):
        assert (tmp_path / path).read_bytes() == Client().get(f"/seal/{path}").content, path
    notes = b"".join(Client().get(f"/seal/notes/{published.slug}.bin"))
    assert (tmp_path / "notes" / f"{published.slug}.bin").read_bytes() == notes
    call_command("seal_mirror", to=tmp_path)
    assert capsys.readouterr().out.strip() == "0 files written"


def test_nothing_is_there_before_the_first_publication(db: None) -> None:
    for name in ("checkpoint", "log", "keys"):
        assert Client().get(reverse(f"seal:{name}")).status_code == 404
    assert Client().get(reverse("verify:page")).status_code == 200
