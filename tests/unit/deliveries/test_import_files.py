"""What a file may be: read as Polish spreadsheets write it, refused with the reason where it can't be read for certain."""

import io
import zipfile

import pytest
from openpyxl import load_workbook

from aid_packages.deliveries.models import ImportKind
from aid_packages.deliveries.operations.imports import CellReason, FileReason, FileRefused
from aid_packages.deliveries.operations.imports.read_file import ReadFile, read_file
from tests.factories.imports import csv_of, deliveries_csv, with_part, xlsx_of, zip_of

HEADER = ["usługa", "ile", "potrzeba", "region", "tydzień"]
ROW = ["consultation", "3", "warm-night", "north", "2026-W41"]
CELLS = {"item": "consultation", "units": 3, "fund": "WARM-NIGHT", "region": "north", "week": 202641}
LOTS = ["rzecz", "sztuk", "koszt", "pochodzenie", "podstawa wyceny", "potrzeba", "region", "tydzień"]


def services(content: bytes) -> ReadFile:
    return read_file(kind=ImportKind.SERVICES, content=content)


def why(content: bytes, kind: ImportKind = ImportKind.SERVICES) -> FileReason:
    with pytest.raises(FileRefused) as refused:
        read_file(kind=kind, content=content)
    assert refused.value.sentence
    return refused.value.reason


class TestEncodingsAndDelimiters:
    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    @pytest.mark.parametrize(
        ("encoding", "told"),
        [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1250", "cp1250"), ("utf-16", "utf-16")],
    )
    def test_all_are_the_same_rows(self, delimiter: str, encoding: str, told: str) -> None:
        read = services(csv_of(HEADER, ROW, delimiter=delimiter, encoding=encoding))
        assert read.rows == [{"line": 2, "cells": CELLS}]
        assert (read.encoding, read.faults) == (told, [])

    def test_an_xlsx_is_the_same_content_as_a_csv(self) -> None:
        written = xlsx_of(HEADER, ["consultation", 3, "warm-night", "north", "2026-W41"])
        assert services(written).content_key == services(csv_of(HEADER, ROW)).content_key

    def test_another_code_page_is_refused_rather_than_guessed(self) -> None:
        assert why(csv_of(HEADER, ["śpiwór", *ROW[1:]], encoding="iso-8859-2")) == FileReason.ENCODING
        assert why(csv_of(["x"], ["Привет"], encoding="cp1251")) == FileReason.ENCODING

    def test_english_heads_and_quoted_cells(self) -> None:
        content = b'service,units,need,region,week\n"consultation",3,warm-night,"north",2026-W41\n'
        assert services(content).rows[0]["cells"] == CELLS


class TestFilesRefused:
    def test_merged_cells_since_the_rows_below_would_be_read_as_empty(self) -> None:
        book = load_workbook(io.BytesIO(xlsx_of(HEADER, ROW, ROW)))
        book.active.merge_cells("D2:D3")
        out = io.BytesIO()
        book.save(out)
        assert why(out.getvalue()) == FileReason.MERGED

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", FileReason.NO_ROWS),
            (csv_of(HEADER), FileReason.NO_ROWS),
            (b"x" * (2 * 1024 * 1024 + 1), FileReason.TOO_BIG),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, FileReason.OLD_EXCEL),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), FileReason.PROTECTED),
            (b"%PDF-1.7\n\x00\x01\n", FileReason.NOT_A_TABLE),
            (b"PK\x03\x04 broken", FileReason.NOT_A_TABLE),
            (csv_of(HEADER, *[ROW] * 2_001), FileReason.TOO_MANY_ROWS),
            (csv_of([*HEADER, "imię i nazwisko"], [*ROW, "Jan"]), FileReason.UNKNOWN_COLUMNS),
            (csv_of(HEADER[:4], ROW[:4]), FileReason.MISSING_COLUMNS),
            (csv_of([*HEADER, "week"], [*ROW, "2026-W41"]), FileReason.TWO_COLUMNS),
            (b'service;units\n"consultation;3\n', FileReason.NOT_A_TABLE),
        ],
    )
    def test_with_the_reason(self, content: bytes, reason: FileReason) -> None:
        assert why(content) == reason

    def test_a_column_that_is_unknown_is_named(self) -> None:
        with pytest.raises(FileRefused, match="unknown_columns") as refused:
            services(csv_of([*HEADER, "PESEL"], [*ROW, "1"]))
        assert "PESEL" in refused.value.sentence

    def test_a_workbook_that_would_unpack_to_gigabytes_is_not_opened(self) -> None:
        bomb = zip_of(xl__workbook=b"", **{"xl__worksheets__sheet1.xml": b"0" * 29_000_000})
        assert why(bomb) == FileReason.BOMB

    def test_a_workbook_of_entities_that_multiply_is_not_expanded(self) -> None:
        sheet = (
            b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">]><worksheet xmlns='
            b'"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr">'
            b"<is><t>&a;</t></is></c></row></sheetData></worksheet>"
        )
        assert why(with_part(xlsx_of(HEADER, ROW), "xl/worksheets/sheet1.xml", sheet)) == FileReason.NOT_A_TABLE

    def test_a_row_number_of_a_million_is_not_counted_up_to(self) -> None:
        sheet = (
            b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            b'<sheetData><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
            b"</worksheet>"
        )
        assert why(with_part(xlsx_of(HEADER, ROW), "xl/worksheets/sheet1.xml", sheet)) == FileReason.TOO_MANY_ROWS

    def test_macros_and_links_are_refused(self) -> None:
        assert why(with_part(xlsx_of(HEADER, ROW), "xl/vbaProject.bin", b"x")) == FileReason.MACROS
        assert why(with_part(xlsx_of(HEADER, ROW), "xl/externalLinks/externalLink1.xml", b"x")) == FileReason.MACROS

    def test_another_zip_is_no_workbook(self) -> None:
        assert why(zip_of(readme=b"hello")) == FileReason.NOT_A_TABLE

    @pytest.mark.parametrize(
        ("place", "value"),
        [
            pytest.param(6, 255, id="of a later format"),
            pytest.param(8, 1 << 5, id="patched"),
            pytest.param(10, 9, id="Deflate64"),
            pytest.param(10, 12, id="bzip2"),
            pytest.param(10, 14, id="LZMA"),
            pytest.param(10, 99, id="AES"),
        ],
    )
    def test_a_workbook_packed_as_none_is_refused_not_broken_upon(self, place: int, value: int) -> None:
        listed = b"PK\x01\x02"  # each part in the archive's list; zip's version, flags and method stand behind it
        first, *parts = xlsx_of(HEADER, ROW).split(listed)
        changed = [part[: place - 4] + value.to_bytes(2, "little") + part[place - 2 :] for part in parts]
        assert why(listed.join([first, *changed])) == FileReason.NOT_A_TABLE

    def test_a_workbook_that_says_it_is_longer_is_refused(self) -> None:
        first, *parts = xlsx_of(HEADER, ROW).split(b"PK\x01\x02")
        longer = (1_000_000).to_bytes(4, "little") * 2  # what each part takes packed and unpacked, and it is not packed
        changed = [part[:6] + b"\0\0" + part[8:16] + longer + part[24:] for part in parts]
        assert why(b"PK\x01\x02".join([first, *changed])) == FileReason.NOT_A_TABLE

    @pytest.mark.parametrize("number", ["1e999", "-1e999"])
    def test_a_number_without_end_is_named_with_its_column(self, number: str) -> None:
        book = xlsx_of(HEADER, [*ROW[:1], 45_000, *ROW[2:]])
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml").replace(b">45000<", b">%s<" % number.encode())
        (fault,) = services(with_part(book, "xl/worksheets/sheet1.xml", sheet)).faults
        assert (fault.column, fault.code) == ("units", CellReason.NOT_WHOLE)

    def test_a_workbook_that_names_no_workbook_is_refused(self) -> None:
        book = xlsx_of(HEADER, ROW)
        types = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        assert why(with_part(book, "[Content_Types].xml", types)) == FileReason.NOT_A_TABLE


class TestCells:
    def faults(self, **changed: str) -> dict[str, str]:
        row = dict(zip(HEADER, ROW, strict=True)) | changed
        return {fault.column: fault.code for fault in services(csv_of(HEADER, [row[name] for name in HEADER])).faults}

    @pytest.mark.parametrize(
        ("column", "typed", "reason"),
        [
            ("ile", "", CellReason.MISSING),
            ("ile", "2,5", CellReason.NOT_WHOLE),
            ("ile", "-2", CellReason.NOT_WHOLE),
            ("ile", "=2+2", CellReason.FORMULA),
            ("ile", "٣", CellReason.NOT_WHOLE),
            ("usługa", "@SUM(A1)", CellReason.FORMULA),
            ("usługa", "+cmd|' /C calc'!A0", CellReason.FORMULA),
            ("tydzień", "2026-W54", CellReason.NOT_A_WEEK),
            ("tydzień", "2026-10-07", CellReason.NOT_A_WEEK),
            ("region", "x" * 41, CellReason.NOT_A_LINE),
        ],
    )
    def test_what_is_wrong_is_named_with_its_column(self, column: str, typed: str, reason: CellReason) -> None:
        names = {"usługa": "item", "ile": "units", "potrzeba": "fund", "region": "region", "tydzień": "week"}
        assert self.faults(**{column: typed}) == {names[column]: reason.value}

    @pytest.mark.parametrize("typed", ["2026-W41", "2026-T41", "2026w41", "2026/W41"])
    def test_weeks_are_read_as_they_are_written(self, typed: str) -> None:
        assert self.faults(tydzień=typed) == {}

    @pytest.mark.parametrize(
        ("typed", "minor"), [("1548,00", 154_800), ("1 548,50 zł", 154_850), ("1548.5", 154_850), ("129", 12_900)]
    )
    def test_sums_with_a_decimal_comma(self, typed: str, minor: int) -> None:
        row = ["boots", "2", typed, "darowane", "cennik", "warm-night", "north", "2026-W41"]
        [read] = read_file(kind=ImportKind.LOTS, content=csv_of(LOTS, row)).rows
        assert read["cells"]["cost"] == minor

    def test_numbers_of_a_workbook_are_exact(self) -> None:
        row = ["boots", 2.0, 1548.1, "in_kind", "price_list", "warm-night", "north", "2026-W41"]
        [read] = read_file(kind=ImportKind.LOTS, content=xlsx_of(LOTS, row)).rows
        assert (read["cells"]["units"], read["cells"]["cost"]) == (2, 154_810)

    def test_a_formula_in_a_workbook_is_refused_even_where_its_result_is_kept(self) -> None:
        read = services(xlsx_of(HEADER, ["consultation", "=1+2", *ROW[2:]]))
        assert [(fault.line, fault.column, fault.code) for fault in read.faults] == [(2, "units", "formula")]

    def test_a_choice_says_what_it_could_be(self) -> None:
        row = ["boots", "2", "10", "stolen", "", "warm-night", "north", "2026-W41"]
        [fault] = read_file(kind=ImportKind.LOTS, content=csv_of(LOTS, row)).faults
        assert fault.column == "origin"
        assert "kupione" in fault.facts["choices"]

    def test_a_cell_beyond_the_header_is_not_overlooked(self) -> None:
        [fault] = services(csv_of(HEADER, [*ROW, "Jan Kowalski"])).faults
        assert (fault.line, fault.column) == (2, "")
        assert "Kowalski" not in str(fault)

    def test_deliveries_have_heads_in_polish(self) -> None:
        read = read_file(
            kind=ImportKind.DELIVERIES,
            content=deliveries_csv(["a", "boots", 2, "warm-night", "north", "2026-W41", 5, 2, ""]),
        )
        assert read.rows[0]["cells"]["people"] == 5
        assert read.rows[0]["cells"]["allocation"] is None
