"""What reports count: grades with their value, what is withheld with its reason, and the same again at the same mark."""

from collections.abc import Callable

import pytest
from django.utils import translation

from aid_packages.evidence.models import ItemKind, SubjectKind, WithheldReason
from aid_packages.evidence.operations import AttestationMissing, CheckerMissing, NotIndependent, grade, withhold
from aid_packages.evidence.queries import (
    GradeRow,
    WithheldRow,
    by_grade,
    last_ids,
    samples_for_review,
    withheld,
    withheld_words,
)
from aid_packages.models import EvidenceGrade, SpendingDocument
from aid_packages.operations import SamePerson
from aid_packages.queries import spending_rows
from ledger.operations import take_mark, take_mark_and_read
from tests.factories.aid_life import granted, taken_back
from tests.factories.aid_packages import accepted, approved, make_staff, recorded
from tests.factories.evidence import released, taken_in
from tests.factories.time import NOW

NOVEMBER = {"first_period": 202611, "last_period": 202611}
AUDITORS = "Audyt Społeczny (demo)"


def graded(document: SpendingDocument, **changed: object) -> object:
    asked = {
        "subject_kind": SubjectKind.DOCUMENT,
        "subject_id": document.pk,
        "grade": EvidenceGrade.CHECKED,
        "checked_by": AUDITORS,
        "actor": make_staff("bartek"),
        "reason": "their letter came",
        "request_key": "grade",
        "now": NOW,
    }
    return grade(**{**asked, **changed})


def test_a_document_counts_as_it_was_accepted_until_a_better_grade_is_known(document: SpendingDocument) -> None:
    assert by_grade(**NOVEMBER) == [GradeRow(EvidenceGrade.INVOICE_SEEN, 1, 30_000, ())]
    graded(document)
    assert by_grade(**NOVEMBER) == [GradeRow(EvidenceGrade.CHECKED, 1, 30_000, (AUDITORS,))]
    assert by_grade(first_period=202612, last_period=202612) == []


def test_the_values_of_all_grades_are_what_was_spent(document: SpendingDocument) -> None:
    accepted(recorded(document.allocation, amount_minor=12_345))
    graded(document)
    spent = sum(row.accepted_minor for row in spending_rows(**NOVEMBER))
    assert sum(row.value_minor for row in by_grade(**NOVEMBER)) == spent == 42_345


def test_what_is_accepted_and_taken_back_in_the_same_months_is_no_document(document: SpendingDocument) -> None:
    wrong = accepted(recorded(document.allocation, amount_minor=5_000))
    graded(wrong)
    taken_back(wrong)
    assert by_grade(**NOVEMBER) == [GradeRow(EvidenceGrade.INVOICE_SEEN, 1, 30_000, ())]


def test_at_its_mark_a_report_sees_what_it_saw(document: SpendingDocument) -> None:
    item = taken_in(document.pk)
    mark, upto = take_mark_and_read(now=NOW, read=last_ids)
    before = (by_grade(**NOVEMBER, mark=mark, upto=upto), withheld(**NOVEMBER, mark=mark, upto=upto))
    graded(document)
    released(item)
    taken_in(document.pk)
    accepted(recorded(document.allocation, amount_minor=5_000))
    assert (by_grade(**NOVEMBER, mark=mark, upto=upto), withheld(**NOVEMBER, mark=mark, upto=upto)) == before
    assert (by_grade(**NOVEMBER), withheld(**NOVEMBER)) != before


def test_what_is_withheld_is_counted_with_its_reason_and_each_document_once(document: SpendingDocument) -> None:
    taken_in(document.pk)
    taken_in(document.pk)
    taken_in(document.pk, withheld_for=WithheldReason.PRIVACY)
    released(taken_in(document.pk))
    assert withheld(**NOVEMBER) == [
        WithheldRow(WithheldReason.PRIVACY, 1, 30_000),
        WithheldRow(WithheldReason.SAFETY, 2, 30_000),
    ]


def test_who_withholds_says_why_and_that_is_what_counts(document: SpendingDocument) -> None:
    item = taken_in(document.pk)
    withhold(item_id=item.pk, why=WithheldReason.PARTNER, actor=make_staff("bartek"), reason="they asked", now=NOW)
    assert withheld(**NOVEMBER) == [WithheldRow(WithheldReason.PARTNER, 1, 30_000)]


def test_evidence_of_what_is_not_accepted_counts_nowhere(document: SpendingDocument) -> None:
    taken_in(recorded(document.allocation, amount_minor=5_000).pk)
    assert withheld(**NOVEMBER) == []
    mark = take_mark(now=NOW)
    assert samples_for_review(**NOVEMBER, mark=mark) == []


@pytest.mark.parametrize(
    ("language", "items", "words"),
    [
        ("en", 1, "1 item withheld: safety (300.00 zł)"),
        ("en", 2, "2 items withheld: safety (300.00 zł)"),
        ("pl", 1, "Wstrzymano 1 dowód: bezpieczeństwo (300,00 zł)"),
        ("pl", 3, "Wstrzymano 3 dowody: bezpieczeństwo (300,00 zł)"),
        ("pl", 5, "Wstrzymano 5 dowodów: bezpieczeństwo (300,00 zł)"),
    ],
)
def test_it_is_said_in_words(language: str, items: int, words: str) -> None:
    with translation.override(language):
        said = withheld_words(reason=WithheldReason.SAFETY, items=items, value_minor=30_000)
    assert said.replace("\xa0", " ").replace("PLN", "zł") == words


def test_reviewers_open_the_greatest_and_some_that_are_drawn(document: SpendingDocument) -> None:
    small = [accepted(recorded(document.allocation, amount_minor=amount)) for amount in (100, 200, 300, 400, 500)]
    greatest = taken_in(document.pk)
    others = {taken_in(one.pk).pk for one in small}
    found = samples_for_review(**NOVEMBER, seed="2026-11-r1", limit=4)
    assert found[0].evidence_id == greatest.pk
    assert (found[0].document_id, found[0].grade) == (document.pk, EvidenceGrade.INVOICE_SEEN)
    assert len(found) == 4
    assert {sample.evidence_id for sample in found[1:]} < others
    drawn = {
        tuple(sample.evidence_id for sample in samples_for_review(**NOVEMBER, seed=str(seed), limit=4))
        for seed in range(20)
    }
    assert len(drawn) > 1, "another report, another draw"
    assert samples_for_review(**NOVEMBER, seed="2026-11-r1", limit=4) == found


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"checked_by": ""}, CheckerMissing),
        ({"grade": EvidenceGrade.INVOICE_SEEN}, CheckerMissing),
        ({"checked_by": "demo-field (DEMO)"}, NotIndependent),
        ({"grade": EvidenceGrade.PARTNER_ATTESTED, "checked_by": ""}, AttestationMissing),
    ],
)
def test_a_grade_is_what_it_says(
    document: SpendingDocument, changed: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        graded(document, **changed)


def test_attested_takes_the_attestation(document: SpendingDocument) -> None:
    taken_in(document.pk, kind=ItemKind.ATTESTATION)
    graded(document, grade=EvidenceGrade.PARTNER_ATTESTED, checked_by="")
    assert [row.grade for row in by_grade(**NOVEMBER)] == [EvidenceGrade.PARTNER_ATTESTED]


def test_nobody_grades_what_they_entered(document: SpendingDocument) -> None:
    with pytest.raises(SamePerson):
        graded(document, actor=make_staff("ada"))


def test_a_grade_sent_twice_is_given_once(document: SpendingDocument) -> None:
    assert graded(document) == graded(document)


@pytest.mark.parametrize("question", [by_grade, withheld, samples_for_review])
def test_one_query_each(
    document: SpendingDocument, question: Callable[..., object], django_assert_num_queries: Callable[[int], object]
) -> None:
    taken_in(document.pk)
    with django_assert_num_queries(1):
        question(**NOVEMBER)


def test_a_grant_counts_with_its_grade_and_value_and_so_does_what_is_withheld_of_it(document: SpendingDocument) -> None:
    """A grant has evidence as a document has: counted, graded, withheld with its value, opened by a reviewer."""
    grant = granted(approved(amount_minor=50_000), amount_minor=20_000, actor=make_staff("celina"))
    assert GradeRow(EvidenceGrade.PARTNER_ATTESTED, 1, 20_000, ()) in by_grade(**NOVEMBER)
    item = taken_in(grant.pk, subject_kind=SubjectKind.GRANT, withheld_for=WithheldReason.PARTNER)
    assert withheld(**NOVEMBER) == [WithheldRow(WithheldReason.PARTNER, 1, 20_000)]
    graded(document, subject_kind=SubjectKind.GRANT, subject_id=grant.pk)
    assert GradeRow(EvidenceGrade.CHECKED, 1, 20_000, (AUDITORS,)) in by_grade(**NOVEMBER)
    assert [sample.evidence_id for sample in samples_for_review(**NOVEMBER)] == [item.pk]
