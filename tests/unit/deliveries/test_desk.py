"""The desk: goods, lots, deliveries, services and imports, by somebody with a keyboard, in both languages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from aid_packages.deliveries.models import AidItem, Delivery, ImportKind, ImportRun, Lot, Service
from aid_packages.deliveries.operations import imports, reserve
from aid_packages.deliveries.queries import stock_of
from tests.factories.aid_life import taken_back
from tests.factories.aid_packages import hold, make_catalogue, make_staff
from tests.factories.deliveries import LAST_WEEK, act, bought, documented, done, envelope, given, handed, make_item
from tests.factories.imports import deliveries_csv
from tests.factories.staff import Seat, beside, make_member, read, sign_in
from tests.factories.time import NOW

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def house(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole catalogue, money, and sleeping bags to hand on."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    make_catalogue()
    hold(fund_code="WARM-NIGHT", amount_minor=1_000_000, reference="warm")
    make_item()


@pytest.fixture
def ada(house: None) -> Seat:
    """She prepares."""
    return sign_in(make_member("ada", "preparers"))


@pytest.fixture
def bartek(house: None) -> Seat:
    """He approves, and prepares nothing."""
    return sign_in(make_member("bartek", "approvers"))


REASON = {"reason": "from Monday's list"}
WHERE = {"fund": "WARM-NIGHT", "region": "north", "week": "2026-W46"}
NOBODY = {"people": "", "nationalities": "", "allocation": ""}


def test_an_item_is_named_tied_to_its_package_and_compared(ada: Seat) -> None:
    typed = {
        "code": "mat",
        "kind": "goods",
        "unit": "piece",
        "title_pl": "Mata izolacyjna",
        "title_en": "Insulating mat",
    }
    assert ada.act("goods/", "name", **typed, **REASON).status_code == 302
    item = AidItem.objects.get(code="mat")
    page = f"goods/{item.pk}/"
    assert ada.act(page, "tie", line="WARM-NIGHT|Mata izolacyjna", **REASON).status_code == 302
    given(3, item="mat")
    assert "Insulating mat" in ada.text(page)
    assert ada.act(page, "untie", sku="WARM-NIGHT", **REASON).status_code == 302
    again = ada.act("goods/", "name", **typed | {"title_en": "Another"}, **REASON)
    assert again.status_code == 422
    assert "another item" in beside(again, "name-code")


def test_goods_are_bought_on_an_accepted_document_and_never_for_more(ada: Seat) -> None:
    document = documented(amount_minor=129_000)
    typed = {"item": "sleeping-bag", "units": "10", "cost": "1290", "document": document, "use_by": "", **WHERE}
    refused = ada.act("lots/", "buy", **typed | {"cost": "1290,01"}, **REASON)
    assert refused.status_code == 422
    assert "1,290.00" in beside(refused, "buy-cost")
    assert 'value="1290,01"' in refused.content.decode(), "what was typed is kept"
    answer = ada.act("lots/", "buy", **typed, **REASON)
    assert answer["Location"] == reverse("staff:lot", args=[Lot.objects.get().pk])
    assert "129.00 zł" in ada.text(f"lots/{Lot.objects.get().pk}/")


def test_a_gift_in_kind_has_a_documented_value(ada: Seat) -> None:
    typed = {"item": "sleeping-bag", "units": "2", "cost": "200", "basis": "appraisal", "use_by": "2027-01", **WHERE}
    assert ada.act("lots/", "receive", **typed, **REASON).status_code == 302
    assert (Lot.objects.get().cost_minor, Lot.objects.get().use_by) == (20_000, 202701)


def test_a_lot_is_reserved_released_written_off_and_corrected(ada: Seat) -> None:
    lot, kept_for = given(10, week=LAST_WEEK), envelope()
    page = f"lots/{lot.pk}/"
    assert ada.act(page, "reserve", units="4", allocation=kept_for.pk, **REASON).status_code == 302
    assert ada.act(page, "release", units="1", allocation=kept_for.pk, **REASON).status_code == 302
    typed = {"units": "2", "place": "lost", "week": "2026-W46", "allocation": ""}
    assert ada.act(page, "write_off", **typed, **REASON).status_code == 302
    too_many = ada.act(page, "reserve", units="99", allocation=kept_for.pk, **REASON)
    assert beside(too_many, "reserve-units").startswith("5 units are there")
    undo = next(name for name in ada.offers(page) if name.startswith("undo-"))
    assert ada.act(page, undo, **REASON).status_code == 302
    held = stock_of(lot_ids=[lot.pk])[lot.pk]
    assert (held.free, held.reserved, held.lost) == (7, 3, 0)


def test_a_delivery_is_recorded_and_taken_back(ada: Seat) -> None:
    given(5, week=LAST_WEEK)
    lines = {"item-1": "sleeping-bag", "units-1": "2"}
    early = ada.act("deliveries/", "record", **WHERE | {"week": "2026-W47"}, **NOBODY, **lines, **REASON)
    assert "not over yet" in beside(early, "record-week")
    few = ada.act("deliveries/", "record", **WHERE, **NOBODY, **lines | {"units-1": "6"}, **REASON)
    assert beside(few, "record-units-1").startswith("5 units are there")
    assert ada.act("deliveries/", "record", **WHERE, **NOBODY | {"people": "7"}, **lines, **REASON).status_code == 302
    delivery = Delivery.objects.get()
    page = f"deliveries/{delivery.pk}/"
    assert "2026-W46" in ada.text(page)
    assert ada.act(page, "take_back", **REASON).status_code == 302
    assert ada.offers(page) == []
    assert "Taken back" in ada.text("deliveries/")


def test_a_service_is_recorded_and_taken_back(ada: Seat) -> None:
    make_item("consultation", kind="service", unit="consultation")
    typed = {"item": "consultation", "units": "3", **WHERE, **NOBODY, "people": "2", "nationalities": "3"}
    wrong = ada.act("services/", "record", **typed, **REASON)
    assert "no more nationalities than people" in beside(wrong, "record-people")
    assert ada.act("services/", "record", **typed | {"nationalities": "2"}, **REASON).status_code == 302
    page = f"services/{Service.objects.get().pk}/"
    assert ada.act(page, "take_back", **REASON).status_code == 302
    assert ada.offers(page) == []


def test_lists_are_narrowed_and_exported_as_shown(ada: Seat) -> None:
    given(5, week=LAST_WEEK)
    handed(1, week=LAST_WEEK)
    make_item("boots", unit="pair")
    given(2, item="boots", week=LAST_WEEK)
    handed(2, item="boots", week=LAST_WEEK)
    assert "boots" not in ada.text("deliveries/", name="sleeping").lower().split("filter")[-1]
    table = ada.get("deliveries/", name="boots", export="csv").content.decode()
    assert len(table.splitlines()) == 2
    assert "Waterproof boots" in table
    assert len(ada.get("lots/", origin="in_kind", export="csv").content.decode().splitlines()) == 3
    assert "Nothing matches" in ada.text("services/", first="2026-W01")


def test_what_keeps_only_a_little_longer_waits(ada: Seat) -> None:
    given(5, week=LAST_WEEK, use_by=202612)
    given(5, week=LAST_WEEK, use_by=202710)
    given(3, week=LAST_WEEK, use_by=202610)
    page = read(ada.client.get("/en/dashboard/"))
    assert "5 × Sleeping bag to -5 °C" in page
    assert "until the end of 2026-12" in page
    assert "past its time" in page
    assert page.count("Sleeping bag to -5 °C") == 2


def test_who_approves_reads_and_prepares_nothing(bartek: Seat) -> None:
    lot = given(5)
    for page in ("goods/", "lots/", f"lots/{lot.pk}/", "deliveries/", "services/"):
        assert bartek.offers(page) == []
    assert "hand-in" not in bartek.get("imports/").content.decode()
    assert bartek.send("imports/", {"kind": "lots"}).status_code == 404


class TestImports:
    ROW = ("", "sleeping-bag", 2, "warm-night", "north", "2026-W46", "", "", "")

    def hand_in(self, seat: Seat, content: bytes, name: str = "list.csv", kind: str = "deliveries") -> object:
        file = SimpleUploadedFile(name, content)
        return seat.client.post("/en/dashboard/desk/imports/", {"kind": kind, "file": file})

    def test_from_the_file_to_the_booked_rows(self, ada: Seat) -> None:
        given(5, week=LAST_WEEK)
        answer = self.hand_in(ada, deliveries_csv(self.ROW))
        run = ImportRun.objects.get()
        page = f"imports/{run.pk}/"
        assert answer["Location"] == reverse("staff:import", args=[run.pk])
        assert "The file itself was not kept" in ada.text(page)
        assert "2026-W46" in ada.text(page)
        assert ada.act(page, "confirm", **REASON).status_code == 302
        assert "the work goes on" in ada.text(page)
        imports.book_import(run_id=run.pk, now=NOW)
        assert "The rows are forgotten" in ada.text(page)
        assert Delivery.objects.count() == 1
        again = self.hand_in(ada, deliveries_csv(self.ROW))
        assert (again.status_code, f"import {run.pk}" in beside(again, "upload_file")) == (422, True)

    def test_each_fault_has_its_line_its_column_and_a_sentence_in_the_readers_language(self, ada: Seat) -> None:
        self.hand_in(ada, deliveries_csv(self.ROW, ["", "boats", 0, *self.ROW[3:5], "tomorrow", "", "", ""]))
        page = f"imports/{ImportRun.objects.get().pk}/"
        text = ada.text(page)
        assert "This is not a week, such as 2026-W41." in text
        assert "The rows as they were read" in text
        assert "Put these lines right in your own file" in text
        assert "confirm" not in ada.offers(page)
        assert "tydzień" in read(ada.get(page, language="pl"))
        assert ada.act(page, "drop", **REASON).status_code == 302
        assert ImportRun.objects.get().rows is None

    def test_what_operations_refuse_is_told_in_words(self, ada: Seat) -> None:
        given(1, week=LAST_WEEK)
        self.hand_in(ada, deliveries_csv(self.ROW))
        assert "1 unit is there, 2 are wanted" in ada.text(f"imports/{ImportRun.objects.get().pk}/")

    def test_a_file_that_cant_be_read_says_why_beside_the_field(self, ada: Seat) -> None:
        answer = self.hand_in(ada, b"%PDF-1.7\n\x00")
        assert "neither a CSV file nor an XLSX workbook" in beside(answer, "upload_file")
        assert beside(ada.client.post("/en/dashboard/desk/imports/", {"kind": "lots"}), "upload_file")
        assert not ImportRun.objects.exists()

    @pytest.mark.parametrize("kind", ["lots", "deliveries", "services", "documents"])
    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    @pytest.mark.parametrize("language", ["pl", "en"])
    def test_a_template_is_read_as_it_was_given(self, ada: Seat, kind: str, form: str, language: str) -> None:
        template = ada.get(f"imports/template/{kind}.{form}", language=language)
        assert template.status_code == 200
        self.hand_in(ada, template.content, kind=kind)
        run = ImportRun.objects.get()
        assert run.row_count == 1
        cells = {fault["code"] for fault in run.faults}
        assert cells.isdisjoint(
            {"missing", "formula", "not_whole", "not_a_sum", "not_a_week", "not_a_day", "not_a_choice"}
        )

    def test_another_template_does_not_exist(self, ada: Seat) -> None:
        assert ada.get("imports/template/donors.csv").status_code == 404
        assert ada.get("imports/template/lots.exe").status_code == 404


@pytest.mark.parametrize("language", ["en", "pl"])
def test_every_page_opens_in_both_languages(ada: Seat, language: str) -> None:
    make_item("consultation", kind="service", unit="consultation")
    lot = given(5, week=LAST_WEEK)
    reserve(lot_id=lot.pk, allocation_id=envelope().pk, units=1, **act())
    delivery, service = handed(1, week=LAST_WEEK, people=6), done(1, week=LAST_WEEK)
    run = imports.hand_in(
        kind=ImportKind.DELIVERIES, content=deliveries_csv(TestImports.ROW), actor=make_staff("ada"), now=NOW
    )
    things = (f"goods/{lot.item_id}/", f"lots/{lot.pk}/", f"deliveries/{delivery.pk}/", f"services/{service.pk}/")
    for page in ("goods/", "lots/", "deliveries/", "services/", "imports/", f"imports/{run.pk}/", *things):
        assert ada.get(page, language=language).status_code == 200, page


def test_goods_of_a_document_that_was_taken_back_wait_on_the_desk_until_they_stand_on_another(ada: Seat) -> None:
    lot = bought(10, cost_minor=129_000)
    page, document = f"lots/{lot.pk}/", lot.document
    assert "put_on_document" not in ada.offers(page)
    assert "1 lot of goods was taken in on it" in ada.text(f"documents/{document.pk}/")
    taken_back(document)
    board = reverse("dashboard:index")
    assert "Goods whose document was taken back" in read(ada.client.get(board))
    assert "is counted in no report" in ada.text(page)
    assert "Goods that still stand on it" in ada.text(f"documents/{document.pk}/")
    right = documented(amount_minor=99_000)
    refused = ada.act(page, "put_on_document", document=right, cost="990,01", **REASON)
    assert (refused.status_code, "990.00" in beside(refused, "put_on_document-cost")) == (422, True)
    assert ada.act(page, "put_on_document", document=right, cost="990", **REASON).status_code == 302
    assert "Goods whose document was taken back" not in read(ada.client.get(board))
    assert "99.00 zł a unit" in ada.text(page)
    assert "on another document now" in ada.text(f"documents/{document.pk}/")


def test_an_allocation_says_which_goods_hinder_its_closing(ada: Seat) -> None:
    lot, kept_for = given(10), envelope()
    page = f"allocations/{kept_for.pk}/"
    reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=4, **act())
    assert f"Goods reserved for it Lot {lot.pk}" in ada.text(page)
    refused = ada.act(page, "close", **REASON)
    assert refused.status_code == 422
    assert f"4 units are reserved for it (lots: {lot.pk})" in read(refused)
