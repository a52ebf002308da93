"""The sums: whatever the books hold, the lines add up, and small groups stay unreadable."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import period_end
from transparency.figures.compose import compose, content_bytes
from transparency.figures.lines import total_lines
from transparency.figures.material import Correction, FundSums, Material, Occasion, PartnerSums, Spending
from transparency.figures.schema import validate
from transparency.method import donor_band, regions_may_show
from transparency.pages.chart import bars_of

AMOUNT = st.integers(min_value=0, max_value=10**11)
TAKEN_AT = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
NAMES = {
    "donee": {"code": "SWB", "name": "Fundacja", "krs": "0000000000", "nip": "0000000000"},
    "funds": {
        code: {"name": {"pl": code.title(), "en": code.title()}, "parent": parent, "restriction": restriction}
        for code, parent, restriction in (
            ("GENERAL", None, "unrestricted"),
            ("ADMIN", None, "designated"),
            ("FOREST", "GENERAL", "purpose"),
            ("WARM-NIGHT", "FOREST", "purpose"),
            ("LEGAL", "GENERAL", "purpose"),
        )
    },
    "partners": {"DEMO-FIELD": {"pl": "Zespół Terenowy", "en": "Field Team"}},
    "regions": {"north": {"pl": "Północ", "en": "North"}},
}


def occasion(taken_at: datetime = TAKEN_AT, **about: Any) -> Occasion:
    return Occasion(
        kind="month",
        first_period=202610,
        last_period=202610,
        revision=1,
        slug="2026-10-r1",
        mark_id=1,
        last_entry=7,
        taken_at=taken_at,
        **about,
    )


@st.composite
def materials(draw: st.DrawFn) -> Material:
    """Books in which moves between funds cancel out, as posting them in one entry makes sure."""
    moved, covered, shared, kept = (draw(AMOUNT) for _ in range(4))
    columns = ("opening", "received", "fees", "refunds", "losses", "spent")
    plain = [
        FundSums(code=code, **{column: draw(AMOUNT) for column in columns})
        for code in ("GENERAL", "ADMIN", "FOREST", "WARM-NIGHT", "LEGAL")
    ]
    general, admin, forest, night, legal = plain
    funds = (
        FundSums(**{**vars(general), "cover_given": covered}),
        FundSums(**{**vars(admin), "share_received": shared - kept}),
        FundSums(**{**vars(forest), "redirected_in": moved}),
        FundSums(**{**vars(night), "redirected_out": moved, "share": shared}),
        FundSums(**{**vars(legal), "covered": covered}),
    )
    partner = PartnerSums(code="DEMO-FIELD", **{key: draw(AMOUNT) for key in ("opening", "advanced", "accounted")})
    spending = Spending(
        fund="FOREST", partner="DEMO-FIELD", region="north", grade="invoice_seen", amount=draw(AMOUNT), documents=3
    )
    return Material(
        funds=funds,
        partners=(partner,),
        spending=(spending,),
        donors=draw(st.integers(0, 10_000)),
        donors_by_fund={"FOREST": draw(st.integers(0, 100))},
    )


@given(material=materials())
def test_the_lines_add_up(material: Material) -> None:
    lines = total_lines(material)
    left = lines["given_back"] + lines["fees_and_running_costs"] + lines["help_with_documents"]
    assert lines["opening"] + lines["came_in"] - left == lines["closing"]
    assert lines["with_partners"] + lines["waiting"] == lines["closing"]
    assert lines["closing"] == sum(fund.closing for fund in material.funds)


@given(material=materials())
def test_the_content_is_what_the_schema_promises_and_says_it_in_one_way(material: Material) -> None:
    content = compose(occasion=occasion(), names=NAMES, material=material, correction=None)
    validate(content)
    body = content_bytes(content)
    assert content_bytes(json.loads(body)) == body
    for fund in content["funds"]:
        came = fund["received"] + fund["share_received"] + fund["redirected_in"] + fund["covered"]
        left = fund["fees"] + fund["share"] + fund["refunds"] + fund["losses"]
        left += fund["cover_given"] + fund["spent"] + fund["redirected_out"]
        assert fund["opening"] + came - left == fund["closing"]


@given(material=materials())
def test_the_bars_split_the_whole(material: Material) -> None:
    lines = total_lines(material)
    bars = bars_of(lines)
    assert sum(bar.amount_minor for bar in bars) == lines["opening"] + lines["came_in"]
    assert sum(bar.percent for bar in bars) in (0, 100)
    assert all(bar.percent >= 0 for bar in bars)


def test_a_refund_takes_its_share_of_running_costs_back() -> None:
    """100 zł given, 8 zł of it shared, 1.50 zł fee; all of it refunded: the house is 1.50 zł poorer."""
    night = FundSums(code="WARM-NIGHT", received=100_00, fees=1_50, share=8_00, refunds=90_50)
    admin = FundSums(code="ADMIN", share_received=0)
    general = FundSums(code="GENERAL", losses=1_50)
    lines = total_lines(Material(funds=(night, admin, general), partners=(), spending=(), donors=1))
    assert lines["given_back"] == 100_00
    assert lines["payment_fees"] == 1_50
    assert lines["closing"] == -1_50


def test_what_the_running_costs_fund_spends_is_not_help() -> None:
    admin = FundSums(code="ADMIN", opening=50_00, spent=20_00)
    lines = total_lines(Material(funds=(admin,), partners=(), spending=(), donors=0))
    assert (lines["running_costs"], lines["help_with_documents"]) == (20_00, 0)
    assert lines["waiting_for_running_costs"] == 30_00


@pytest.mark.parametrize(
    ("count", "lowest", "below"), [(0, 0, 1), (1, 1, 5), (4, 1, 5), (5, 5, 10), (9, 5, 10), (10, 10, 15)]
)
def test_donors_are_told_in_bands(count: int, lowest: int, below: int) -> None:
    assert donor_band(count) == {"from": lowest, "below": below}


@given(count=st.integers(0, 10_000))
def test_four_donors_more_are_never_found_by_subtraction_of_exact_counts(count: int) -> None:
    band = donor_band(count)
    assert band["from"] <= count < band["below"]
    assert count == 0 or band["below"] - band["from"] >= 4


def test_regions_wait_fourteen_days() -> None:
    fourteen_days_after = period_end(202610) + timedelta(days=14)
    assert regions_may_show(last_period=202610, taken_at=fourteen_days_after)
    assert not regions_may_show(last_period=202610, taken_at=fourteen_days_after - timedelta(seconds=1))


def test_funds_stand_as_a_tree() -> None:
    codes = ("WARM-NIGHT", "ADMIN", "LEGAL", "GENERAL", "FOREST")
    material = Material(funds=tuple(FundSums(code=code) for code in codes), partners=(), spending=(), donors=0)
    content = compose(occasion=occasion(), names=NAMES, material=material, correction=None)
    assert [fund["code"] for fund in content["funds"]] == ["GENERAL", "FOREST", "WARM-NIGHT", "LEGAL", "ADMIN"]


def test_a_correction_says_what_it_changed() -> None:
    material = Material(funds=(FundSums(code="FOREST", received=70_00),), partners=(), spending=(), donors=1)
    before = dict.fromkeys(
        (
            "opening",
            "came_in",
            "given_back",
            "fees_and_running_costs",
            "help_with_documents",
            "with_partners",
            "waiting",
            "closing",
        ),
        0,
    )
    correction = Correction(slug="2026-10-r1", sha256="0" * 64, reason="a gift was missing", lines=before)
    content = compose(occasion=occasion(), names=NAMES, material=material, correction=correction)
    validate(content)
    assert content["correction"]["difference"]["came_in"] == 70_00


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content["lines"].update(came_in=1.5),
        lambda content: content["lines"].update(extra=1),
        lambda content: content["lines"].pop("waiting"),
        lambda content: content["funds"][0].update(donors=3),
        lambda content: content.update(currency="zł"),
    ],
)
def test_the_schema_refuses(spoil: object) -> None:
    material = Material(funds=(FundSums(code="FOREST"),), partners=(), spending=(), donors=0)
    content = compose(occasion=occasion(), names=NAMES, material=material, correction=None)
    spoil(content)  # type: ignore[operator]  # the parameters above are functions
    with pytest.raises(jsonschema.ValidationError):
        validate(content)
