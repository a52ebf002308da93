"""Goods whose document was taken back: named, counted with no cost, and put on the document that is right."""

import pytest

from aid_packages.deliveries import queries
from aid_packages.deliveries.models import LotPaper
from aid_packages.deliveries.operations import (
    AlreadyTakenBack,
    CorrectedSince,
    NoDocument,
    OtherFund,
    OverDocument,
    PaperStands,
    cost_after_correction,
    put_on_document,
    take_back_lot,
)
from aid_packages.deliveries.promises import lots_fit_their_documents
from aid_packages.models import Settles, SpendingDocument
from aid_packages.operations import RequestKeyReused, Split, record_correction
from core.models import TrailEntry
from ledger.operations import take_mark_and_read
from tests.factories.aid_life import proposed_reversal, taken_back
from tests.factories.aid_packages import accepted, hold, make_staff, purchased
from tests.factories.deliveries import act, bought, documented, envelope, given, handed
from tests.factories.time import NOW
from transparency.checks.found import Scope
from transparency.checks.of_documents import spending_has_documents
from transparency.sources import deliveries as source

pytestmark = pytest.mark.usefixtures("store")
MONTHS = {"first_period": 202610, "last_period": 202612}


def upto() -> dict[str, int]:
    return queries.last_ids(now=NOW) | {"last_period": 202612}


def costs() -> list[tuple[int, int]]:
    return [(row.units, row.cost_minor) for row in queries.unit_costs(**MONTHS, upto=upto())]


def document_of(lot_id: int) -> SpendingDocument:
    return SpendingDocument.objects.get(pk=queries.papers_of(lot_ids=[lot_id])[lot_id].document_id)


def test_goods_of_a_document_that_was_taken_back_are_named_and_their_cost_is_no_longer_counted() -> None:
    lot, other = bought(10, cost_minor=129_000), bought(2, cost_minor=30_000)
    handed(3)
    assert (queries.without_document(), costs()) == ([], [(12, 159_000)])
    reversal = taken_back(document_of(lot.pk))
    [named] = queries.without_document()
    assert (named.lot_id, named.cost_minor, named.entry_id) == (lot.pk, 129_000, reversal.entry_id)
    assert costs() == [(2, 30_000)]
    assert queries.papers_of(lot_ids=[lot.pk, other.pk])[other.pk].is_taken_back is False
    [row] = queries.units(**MONTHS, upto=upto())
    assert row.bought == 12, "the goods themselves are still there"


def test_a_proposal_alone_changes_nothing() -> None:
    lot = bought(10, cost_minor=129_000)
    proposed_reversal(document_of(lot.pk))
    assert (queries.without_document(), costs()) == ([], [(10, 129_000)])


def test_put_on_the_document_that_is_right_they_count_again_with_what_it_says() -> None:
    lot = bought(10, cost_minor=129_000)
    taken_back(document_of(lot.pk))
    right = documented(amount_minor=119_000)
    asked = act(request_key="put")
    made = put_on_document(lot_id=lot.pk, document_id=right, cost_minor=119_000, **asked)
    assert put_on_document(lot_id=lot.pk, document_id=right, cost_minor=119_000, **asked) == made
    assert (queries.without_document(), costs()) == ([], [(10, 119_000)])
    assert TrailEntry.objects.filter(subject=str(lot), act="lot.put_on_document").count() == 1
    with pytest.raises(RequestKeyReused):
        put_on_document(lot_id=lot.pk, document_id=right, cost_minor=1, **asked)
    with pytest.raises(OverDocument):
        bought(1, cost_minor=1, document_id=right)
    assert lots_fit_their_documents().findings == []
    taken_back(SpendingDocument.objects.get(pk=right))
    assert [row.document_id for row in queries.without_document()] == [right], "that one may be wrong as well"


def test_what_is_refused() -> None:
    lot, standing, gift = bought(10, cost_minor=129_000), bought(1, cost_minor=9_000), given(1)
    wrong = document_of(lot.pk)
    right = documented(amount_minor=20_000)
    for untouched in (lot, standing, gift):
        with pytest.raises(PaperStands):
            put_on_document(lot_id=untouched.pk, document_id=right, cost_minor=1, **act())
    taken_back(wrong)
    waiting = purchased(envelope(amount_minor=5_000), amount_minor=5_000).document
    hold(fund_code="CONTACT", amount_minor=5_000, reference="contact")
    elsewhere = purchased(envelope(fund_code="CONTACT", amount_minor=5_000), amount_minor=5_000).document
    for document_id, refusal in (
        (wrong.pk, NoDocument),
        (waiting.pk, NoDocument),
        (2**62, NoDocument),
        (accepted(elsewhere).pk, OtherFund),
    ):
        with pytest.raises(refusal):
            put_on_document(lot_id=lot.pk, document_id=document_id, cost_minor=1, **act())
    with pytest.raises(OverDocument):
        put_on_document(lot_id=lot.pk, document_id=right, cost_minor=20_001, **act())
    take_back_lot(lot_id=lot.pk, actor=make_staff("ada"), reason="they never came", now=NOW)
    with pytest.raises(AlreadyTakenBack):
        put_on_document(lot_id=lot.pk, document_id=right, cost_minor=1, **act())
    assert queries.without_document() == [], "a lot that never came is no open question"
    assert not LotPaper.objects.exists()


def test_at_its_mark_a_report_sees_what_it_saw() -> None:
    lot = bought(10, cost_minor=129_000)
    at_the_mark = upto()
    before = queries.unit_costs(**MONTHS, upto=at_the_mark)
    taken_back(document_of(lot.pk))
    after_the_reversal = upto()
    put_on_document(lot_id=lot.pk, document_id=documented(amount_minor=99_000), cost_minor=99_000, **act())
    assert queries.unit_costs(**MONTHS, upto=at_the_mark) == before
    assert queries.unit_costs(**MONTHS, upto=after_the_reversal) == []
    older = {name: last for name, last in at_the_mark.items() if name not in ("entry", "lot_paper")}
    assert queries.unit_costs(**MONTHS, upto=older) == before, "a report of before these ids were kept replays"
    assert queries.unit_costs(first_period=202610, last_period=202610, upto=upto())[0].cost_minor == 99_000


def test_a_month_before_it_was_taken_back_keeps_its_cost_as_its_money_does() -> None:
    lot = bought(10, cost_minor=129_000)
    taken_back(document_of(lot.pk))
    october = {"first_period": 202610, "last_period": 202610}
    assert [row.cost_minor for row in queries.unit_costs(**october, upto=upto())] == [129_000]


def test_the_report_is_held_with_the_lot_and_the_entry_until_it_is_put_right() -> None:
    lot = bought(10, cost_minor=129_000)
    document = document_of(lot.pk)
    assert document.settles == Settles.PURCHASE
    reversal = taken_back(document)

    def findings() -> list[tuple[str, int | None, tuple[int, ...]]]:
        mark, ids = take_mark_and_read(now=NOW, read=source.last_ids)
        scope = Scope(kind="month", first_period=202611, last_period=202611, mark=mark, ids=ids)
        return [(found.subject, found.actual, found.entries) for found in spending_has_documents(scope)]

    subject = f"lot {lot.pk}, on document {document.pk} that was taken back"
    assert (subject, 129_000, (reversal.entry_id,)) in findings()
    put_on_document(lot_id=lot.pk, document_id=documented(amount_minor=129_000), cost_minor=129_000, **act())
    assert not [found for found in findings() if found[0].startswith("lot ")]


def test_after_a_correction_somebody_says_what_the_goods_cost_and_reports_count_that() -> None:
    paper = documented(amount_minor=100_000)
    bags, boots = bought(10, cost_minor=60_000, document_id=paper), bought(4, cost_minor=40_000, document_id=paper)
    document = SpendingDocument.objects.get(pk=paper)
    correction = accepted(less(document, 20_000))
    named = queries.without_document()
    assert [(row.lot_id, row.is_corrected, row.entry_id) for row in named] == [
        (lot.pk, True, correction.entry_id) for lot in (bags, boots)
    ]
    assert lots_fit_their_documents().findings == [], "it is named as a question, not as a fault"
    with pytest.raises(CorrectedSince):
        bought(1, cost_minor=1, document_id=paper)
    asked = act(request_key="after")
    with pytest.raises(OverDocument):
        cost_after_correction(document_id=correction.pk, costs={bags.pk: 60_000, boots.pk: 20_001}, **asked)

    costs_now = {bags.pk: 45_000, boots.pk: 35_000}
    made = cost_after_correction(document_id=correction.pk, costs=costs_now, **asked)
    assert cost_after_correction(document_id=correction.pk, costs=costs_now, **asked) == made
    assert (queries.without_document(), costs()) == ([], [(14, 80_000)])
    with pytest.raises(PaperStands):
        cost_after_correction(document_id=correction.pk, costs=costs_now, **act())
    taken_back(correction)
    assert [row.document_id for row in queries.without_document()] == [correction.pk] * 2
    put_on_document(lot_id=bags.pk, document_id=paper, cost_minor=60_000, **act())
    put_on_document(lot_id=boots.pk, document_id=paper, cost_minor=40_000, **act())
    assert (queries.without_document(), costs()) == ([], [(14, 100_000)])
    assert lots_fit_their_documents().findings == []


def less(document: SpendingDocument, minor: int) -> SpendingDocument:
    """A correction that takes that much off, recorded by Ada."""
    parts = [Split(document.allocation_id, -minor)]
    day = document.issued_on
    return record_correction(document_id=document.pk, number="FK/1", issued_on=day, differences=parts, **act())
