"""The second method's figures, without a database: lines, rows, flow and correction of any books."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.transparency.test_figures import AMOUNT, NAMES, materials, occasion
from transparency.figures.content import compose, content_bytes
from transparency.figures.facts import Act, Facts, Older
from transparency.figures.material import FundSums, Material, Spending
from transparency.figures.schema import schema_bytes, validate
from transparency.figures.story import story_of
from transparency.method import permille

LATER = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Any books, some of whose funds share a row."""
    material: Material = draw(materials())
    codes = [fund.code for fund in material.funds]
    together = draw(st.sampled_from([(), ("FOREST", "WARM-NIGHT"), ("GENERAL", "FOREST", "LEGAL")]))
    cells = ([together] if together else []) + [(code,) for code in codes if code not in together]
    return Facts(
        funds=material.funds,
        partners=material.partners,
        spending=tuple(
            Spending(fund=fund.code, partner=None, region=None, grade="invoice_seen", amount=fund.spent, documents=1)
            for fund in material.funds
            if fund.code != "ADMIN"
        ),
        cells=tuple(cells),
        donors=material.donors,
        notes={
            "counts": {fund.code: {1: fund.received} for fund in material.funds if fund.received},
            "sum": sum(fund.received for fund in material.funds),
            "taken_back": 0,
            "leaves": sum(fund.received for fund in material.funds),
            "root": "0" * 64,
        },
    )


def composed(all_facts: Facts, older: Older | None = None, **about: Any) -> dict[str, Any]:
    return compose(occasion=occasion(LATER, **about), names=NAMES, facts=all_facts, older=older)


@given(all_facts=facts())
def test_the_content_is_what_the_schema_promises_and_says_it_in_one_way(all_facts: Facts) -> None:
    content = composed(all_facts)
    validate(content)
    body = content_bytes(content)
    assert content_bytes(json.loads(body)) == body


@given(all_facts=facts())
def test_merged_rows_keep_every_grosz(all_facts: Facts) -> None:
    content = composed(all_facts)
    lines = content["lines"]
    left = lines["given_back"] + lines["fees_and_running_costs"] + lines["help_with_documents"] + lines["moved_out"]
    assert lines["opening"] + lines["came_in"] - left == lines["closing"] == lines["with_partners"] + lines["waiting"]
    for column, line in (("received", "came_in"), ("opening", "opening"), ("closing", "closing")):
        assert sum(row[column] for row in content["funds"]) == lines[line]
    merged = [code["code"] for row in content["funds"] for code in row["merged"]]
    assert sorted(merged + [row["code"] for row in content["funds"]]) == sorted(f.code for f in all_facts.funds)


@given(all_facts=facts())
def test_every_zloty_that_flows_in_flows_out(all_facts: Facts) -> None:
    content = composed(all_facts)
    kept: Counter[tuple[str, str]] = Counter()
    for edge in content["flow"]:
        kept[edge["from"]["kind"], edge["from"]["code"]] -= edge["amount"]
        kept[edge["to"]["kind"], edge["to"]["code"]] += edge["amount"]
    assert not [place for place, left in kept.items() if left and place[0] in ("fund", "held", "between_funds")]
    lines = content["lines"]
    assert -kept["gifts", ""] == lines["came_in"]
    assert (kept["waiting", ""], kept["fees", ""]) == (lines["waiting"], lines["payment_fees"])
    assert kept["given_back", ""] == lines["given_back"]
    assert kept["ourselves", ""] == lines["help_with_documents"]


@given(all_facts=facts(), more=AMOUNT)
def test_some_funds_only_say_what_left_for_the_others(all_facts: Facts, more: int) -> None:
    some = tuple(fund for fund in all_facts.funds if fund.code in ("FOREST", "WARM-NIGHT"))
    campaign = {
        "code": "x", "name": {"pl": "x", "en": "x"}, "first_day": "2026-10-01", "last_day": "2026-10-31",
        "funds": ["FOREST", "WARM-NIGHT"],
    }  # fmt: skip
    mine = Facts(funds=some, partners=(), spending=(), cells=tuple((fund.code,) for fund in some), with_partners=0)
    lines = composed(mine, campaign=campaign)["lines"]
    left = lines["given_back"] + lines["fees_and_running_costs"] + lines["help_with_documents"] + lines["moved_out"]
    assert lines["opening"] + lines["came_in"] - left == lines["closing"]
    moved = sum(
        f.share + f.redirected_out + f.cover_given - f.share_received - f.redirected_in - f.covered for f in some
    )
    assert lines["moved_out"] == moved


def test_a_correction_names_lines_rows_and_sections() -> None:
    before = Facts(funds=(FundSums(code="FOREST", received=70_00),), partners=(), spending=(), cells=(("FOREST",),))
    after = Facts(
        funds=(FundSums(code="FOREST", received=70_00, refunds=20_00),), partners=(), spending=(), cells=(("FOREST",),)
    )
    older = Older(slug="2026-10-r1", sha256="0" * 64, content=composed(before), reason="a gift went back")
    correction = composed(after, older)["correction"]
    assert correction["difference"]["given_back"] == 20_00
    assert correction["difference"]["came_in"] == 0
    assert correction["funds"] == [
        {"code": "FOREST", "name": NAMES["funds"]["FOREST"]["name"], "columns": {"refunds": 20_00, "closing": -20_00}}
    ]
    assert correction["sections"] == ["flow", "funds", "lines"]


def test_a_partner_that_asked_not_to_be_named_is_named_nowhere() -> None:
    names = {
        **NAMES,
        "aliases": {"DEMO-FIELD": "PARTNER-A"},
        "partners": {"DEMO-FIELD": {"pl": "Partner A", "en": "Partner A"}},
    }
    spending = Spending(
        fund="FOREST", partner="DEMO-FIELD", region="north", grade="invoice_seen", amount=20_00, documents=1
    )
    mine = Facts(funds=(FundSums(code="FOREST", spent=20_00),), partners=(), spending=(spending,), cells=(("FOREST",),))
    content = compose(occasion=occasion(LATER), names=names, facts=mine, older=None)
    assert "DEMO-FIELD" not in content_bytes(content).decode()
    assert content["partners"][0]["code"] == "PARTNER-A"
    assert {
        "from": {"kind": "fund", "code": "FOREST"},
        "to": {"kind": "partner", "code": "PARTNER-A"},
        "amount": 20_00,
    } in (content["flow"])


@pytest.mark.parametrize(
    ("deliveries", "services", "acts", "traced"),
    [(4, 0, None, None), (5, 0, 5, 5), (10, 3, 13, None), (10, 6, 16, 10), (0, 0, None, 0)],
)
def test_the_story_tells_no_number_of_fewer_than_five(
    deliveries: int, services: int, acts: int | None, traced: int | None
) -> None:
    mine = Facts(
        funds=(), partners=(), spending=(), cells=(),
        acts=(Act(fund="FOREST", kind="delivery", count=deliveries), Act(fund="FOREST", kind="service:LAW", count=services)),
    )  # fmt: skip
    story = story_of(mine, spent=0)
    assert (story["acts_of_help"], story["traced"]["deliveries"]) == (acts, traced)


def test_permille_is_rounded_half_up() -> None:
    assert [permille(part, 2000) for part in (0, 1, 2, 3, 2000)] == [0, 1, 1, 2, 1000]
    assert permille(5, 0) is None


def test_both_schemas_are_served_for_good() -> None:
    for version in (1, 2):
        assert json.loads(schema_bytes(version))["$id"] == f"urn:store-without-borders:report:{version}"
    with pytest.raises(KeyError):
        schema_bytes(3)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content["lines"].update(came_in=1.5),
        lambda content: content["story"].update(extra=1),
        lambda content: content.pop("notes"),
        lambda content: content["limits"].append("anything"),
        lambda content: content["report"].update(slug="2026-13"),
    ],
)
def test_the_schema_refuses(spoil: Any) -> None:
    content = composed(Facts(funds=(FundSums(code="FOREST"),), partners=(), spending=(), cells=(("FOREST",),)))
    spoil(content)
    with pytest.raises(jsonschema.ValidationError):
        validate(content)
