"""Evidence at the desk: put in by one, looked at and released by another, opened by nobody outside."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from aid_packages.evidence.checklist import Look
from aid_packages.evidence.kinds import NotTakenReason
from aid_packages.evidence.models import EventKind, GradeEvent, Item, SubjectKind, WithheldReason
from aid_packages.evidence.queries import standing_items
from aid_packages.models import SpendingDocument
from core.models import TrailEntry
from core.uploads import LARGEST_UPLOAD
from tests.factories.aid_life import granted
from tests.factories.aid_packages import accepted, advanced, approved, hold, make_envelope_books, recorded
from tests.factories.evidence import picture, shown_to_all, taken_in
from tests.factories.staff import Seat, beside, make_member, read, sign_in
from tests.support.corpus.jpeg import exif_segment, with_segments
from tests.support.corpus.markers import found_in


@pytest.fixture
def document(db: None, ada: Seat, bartek: Seat) -> SpendingDocument:
    make_envelope_books()
    hold(fund_code="WARM-NIGHT", amount_minor=200_000, reference="start")
    allocation = approved(amount_minor=100_000)
    advanced(allocation, amount_minor=100_000)
    return accepted(recorded(allocation, amount_minor=30_000))


def add(seat: Seat, document: SpendingDocument, content: bytes, **changed: Any) -> Any:
    typed = {
        "file": SimpleUploadedFile("Kanarkowo, ulica Leśna 7.jpg", content, content_type="image/jpeg"),
        "kind": "photo",
        "title": "Sleeping bags in the store",
        "withheld_for": "safety",
        "reason": "sent by the partner",
        **changed,
    }
    return seat.act(f"evidence/of/document/{document.pk}/", "add", **typed)


def standing(item: Item) -> str:
    return str(standing_items().get(pk=item.pk).standing)


def test_put_in_on_the_page_of_its_document(ada: Seat, document: SpendingDocument) -> None:
    sent = with_segments(picture(), exif_segment())
    answer = add(ada, document, sent)
    assert answer.status_code == 302
    item = Item.objects.get()
    assert (item.uploaded_by, item.title, standing(item)) == (ada.user, "Sleeping bags in the store", "taken_in")
    page = ada.text(f"documents/{document.pk}/")
    assert "Sleeping bags in the store (Photograph) Waiting for a second look safety" in page
    kept = ada.get(f"evidence/{item.pk}/file/")
    assert found_in(sent)
    assert found_in(kept.content) == []
    everything = TrailEntry.objects.values_list("facts", flat=True)
    assert "Leśna" not in str(list(everything)), "nor is the file's name kept"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<svg/>", NotTakenReason.SVG),
        (b"", NotTakenReason.EMPTY),
        (b"\x00\x00\x00\x18ftypheic", NotTakenReason.HEIC),
        (b"\x00\x00\x00\x18ftypmp42", NotTakenReason.VIDEO),
        (b"\xff\xd8\xff" + bytes(LARGEST_UPLOAD), NotTakenReason.TOO_LARGE),
    ],
)
def test_what_is_not_taken_says_why_beside_the_field(
    ada: Seat, document: SpendingDocument, content: bytes, reason: NotTakenReason
) -> None:
    answer = add(ada, document, content)
    assert answer.status_code == 422
    assert beside(answer, "add-file") == str(reason.label)
    assert not Item.objects.exists()


def test_without_a_file_nothing_is_added(ada: Seat, document: SpendingDocument) -> None:
    answer = add(ada, document, b"", file="")
    assert (answer.status_code, beside(answer, "add-file")) == (422, "Choose a file.")


def test_released_by_another_with_the_whole_checklist(ada: Seat, bartek: Seat, document: SpendingDocument) -> None:
    item = taken_in(document.pk)
    path = f"evidence/{item.pk}/"
    assert "release" not in ada.offers(path), "she put it in"
    assert "Evidence to look at" in read(bartek.client.get(reverse("dashboard:index")))
    some = [look.value for look in Look][:-1]
    answer = bartek.act(path, "release", looked_for=some, reason="looked at it")
    assert (answer.status_code, standing(item)) == (422, EventKind.TAKEN_IN)
    assert "Look for each of these" in beside(answer, "release-looked_for")
    answer = bartek.act(path, "release", looked_for=[look.value for look in Look], reason="looked at it")
    assert (answer.status_code, standing(item)) == (302, EventKind.RELEASED)
    assert "Anybody can see it from" in bartek.text(path)
    assert "Evidence to look at" not in read(bartek.client.get(reverse("dashboard:index")))


def test_who_put_it_in_and_may_approve_does_not_release_it_either(celina: Seat, document: SpendingDocument) -> None:
    item = taken_in(document.pk, actor=celina.user)
    assert "release" not in celina.offers(f"evidence/{item.pk}/")
    answer = celina.send(f"evidence/{item.pk}/", {"act": "release", "release-reason": "x"})
    assert (answer.status_code, standing(item)) == (302, EventKind.TAKEN_IN)


def test_withheld_and_erased_with_a_reason(ada: Seat, bartek: Seat, document: SpendingDocument) -> None:
    item = shown_to_all(document.pk)
    path = f"evidence/{item.pk}/"
    assert ada.act(path, "withhold", why="privacy", reason="a name on a box").status_code == 302
    assert "not shown: privacy" in ada.text(path)
    assert bartek.act(path, "erase", why="privacy", reason="she asked for it").status_code == 302
    assert bartek.get(f"{path}file/").status_code == 404
    assert bartek.offers(path) == []
    assert "nobody can read it any more" in bartek.text(path)


def test_the_file_is_a_picture_and_nothing_else(bartek: Seat, document: SpendingDocument) -> None:
    item = taken_in(document.pk)
    answer = bartek.get(f"evidence/{item.pk}/file/")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"] == f'inline; filename="evidence-{item.pk}.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers


def test_a_pdf_is_saved_not_opened(bartek: Seat, document: SpendingDocument) -> None:
    item = taken_in(document.pk, content=picture(form="PDF"))
    answer = bartek.get(f"evidence/{item.pk}/file/")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="evidence-{item.pk}.pdf"'


def test_strangers_and_others_do_not_learn_that_it_is_there(document: SpendingDocument, ada: Seat) -> None:
    item = taken_in(document.pk)
    nobody = sign_in(make_member("edek"))
    for path in (f"evidence/{item.pk}/", f"evidence/{item.pk}/file/", f"evidence/of/document/{document.pk}/"):
        assert nobody.get(path).status_code == 404
        assert ada.get(path).status_code == 200
    for path in (
        "evidence/999999/",
        "evidence/999999/file/",
        f"evidence/{2**63}/file/",
        "evidence/of/document/999999/",
    ):
        assert ada.get(path).status_code == 404, path
    for path in ("evidence/of/donor/1/", f"evidence/of/document/{2**63}/", f"evidence/of/delivery/{document.pk}/"):
        assert ada.get(path).status_code == 404, path


def test_graded_by_another_with_the_organisation_that_checked(
    ada: Seat, bartek: Seat, document: SpendingDocument
) -> None:
    path = f"evidence/of/document/{document.pk}/"
    assert ada.offers(path) == ["add"], "she recorded the document"
    answer = bartek.act(path, "grade", grade="independently_checked", checked_by="", reason="a letter came")
    assert beside(answer, "grade-checked_by")
    bartek.act(path, "grade", grade="independently_checked", checked_by="Audyt Społeczny", reason="a letter came")
    assert GradeEvent.objects.get().checked_by == "Audyt Społeczny"
    assert "Independently checked: Audyt Społeczny" in bartek.text(path)


def test_a_grant_has_its_evidence_on_the_page_of_its_allocation_and_in_the_list(ada: Seat, bartek: Seat) -> None:
    make_envelope_books()
    hold(fund_code="WARM-NIGHT", amount_minor=200_000, reference="start")
    grant = granted(approved(amount_minor=100_000), amount_minor=20_000)
    page, own = f"allocations/{grant.allocation_id}/", f"evidence/of/grant/{grant.pk}/"
    assert "Add evidence, or grade" in ada.text(page)
    taken_in(grant.pk, subject_kind=SubjectKind.GRANT)
    for path in (page, "grants/"):
        assert f"/en/dashboard/desk/{own}" in ada.get(path).content.decode(), path
    assert "1 piece of evidence" in ada.text(page)
    assert f"/en/dashboard/desk/{page}#grants" in ada.get(own).content.decode()


def test_the_list_is_found_filtered_and_exported_as_shown(bartek: Seat, document: SpendingDocument) -> None:
    waiting, shown = taken_in(document.pk, title="Bags"), shown_to_all(document.pk, title="Stoves")
    for query, title in (
        ({"standing": "released"}, "Stoves"),
        ({"why": "safety"}, "Bags"),
        ({"title": "sto"}, "Stoves"),
    ):
        page, other = bartek.text("evidence/", **query), {"Bags": "Stoves", "Stoves": "Bags"}[title]
        assert title in page
        assert other not in page
        exported = bartek.get("evidence/", export="csv", **query).content.decode()
        assert title in exported
        assert other not in exported
    assert waiting.week != shown.week
    assert str(WithheldReason.SAFETY.label) in bartek.text("evidence/")


def test_the_form_says_its_words_in_polish(ada: Seat, document: SpendingDocument) -> None:
    page = ada.get(f"evidence/of/document/{document.pk}/", language="pl").content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert '<html lang="pl">' in page
