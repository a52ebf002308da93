"""The picture of the money's way: what is drawn is in proportion, and what is said agrees."""

import itertools
import re
from collections import defaultdict
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.report_pages import sample
from transparency.pages.chart import bars_of, bars_of_needs, stacked
from transparency.pages.flow import ACROSS, BAR, LEAST_SLOT, Flow, Ribbon, flow_of

Row = dict[str, Any]


def drawn(rows: list[Row]) -> Flow | None:
    return flow_of(rows, name=lambda node: f"{node['kind']} {node['code']}".strip())


def row(source: str, target: str, amount: int) -> Row:
    ends = [
        dict(zip(("kind", "code"), end.split(":") if ":" in end else (end, ""), strict=True))
        for end in (source, target)
    ]
    return {"from": ends[0], "to": ends[1], "amount": amount}


def outline_area(ribbon: Ribbon) -> float:
    """The area of the very path that is drawn, by walking along its two curves."""
    numbers = [float(each) for each in re.findall(r"-?[0-9.]+", ribbon.path)]
    x, y, *curve = numbers[:8]
    thick = numbers[8]
    steps = 400
    points = [bezier((x, y), curve, step / steps) for step in range(steps + 1)]
    return sum((right[0] - left[0]) * thick for left, right in itertools.pairwise(points))


def bezier(start: tuple[float, float], curve: list[float], t: float) -> tuple[float, float]:
    points = [start, (curve[0], curve[1]), (curve[2], curve[3]), (curve[4], curve[5])]
    weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3]
    return tuple(sum(w * p[axis] for w, p in zip(weights, points, strict=True)) for axis in (0, 1))  # type: ignore[return-value]  # two axes


def test_areas_are_in_proportion_to_sums() -> None:
    flow = drawn(sample()["flow"])
    assert flow is not None
    by_way = defaultdict(set)
    for ribbon in flow.ribbons:
        assert outline_area(ribbon) == pytest.approx(ribbon.area, rel=0.02, abs=2.0)
        by_way[ribbon.x].add(round(ribbon.area / ribbon.amount_minor, 9))
    assert all(len(ratios) == 1 for ratios in by_way.values()), "the same sum over the same way is the same area"
    assert len({round(ribbon.thickness / ribbon.amount_minor, 12) for ribbon in flow.ribbons}) == 1
    assert len({round(node.height / node.amount_minor, 12) for node in flow.nodes}) == 1


def test_what_flows_in_flows_out_and_agrees_with_the_lines() -> None:
    content = sample()
    flow = drawn(content["flow"])
    assert flow is not None
    lines = content["lines"]
    sums = {
        node.label: node.amount_minor for node in flow.nodes if node.step != 2 or not node.label.startswith("between")
    }
    assert sums["opening"] == lines["opening"]
    assert sums["gifts"] == lines["came_in"]
    assert sums["held"] == lines["closing"]
    assert sums["waiting"] == lines["waiting"]
    helped = sum(node.amount_minor for node in flow.nodes if node.tone == "help")
    assert helped == lines["help_with_documents"]
    for node in flow.nodes:
        came = sum(ribbon.amount_minor for ribbon in flow.ribbons if ribbon.target == node.number)
        went = sum(ribbon.amount_minor for ribbon in flow.ribbons if ribbon.source == node.number)
        assert node.amount_minor in (came, went)
        assert not came or not went or came == went, node.label


AMOUNTS = st.integers(min_value=1, max_value=10**12)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["partner:X", "ourselves", "fees", "held"]), AMOUNTS),
        min_size=1,
        max_size=20,
    )
)
def test_nothing_overlaps_and_everything_stands_inside(moves: list[tuple[str, str, int]]) -> None:
    rows = [row("gifts", f"fund:{fund}", amount) for fund, _end, amount in moves]
    rows += [row(f"fund:{fund}", end, amount) for fund, end, amount in moves]
    flow = drawn(rows)
    assert flow is not None
    for step in range(len(ACROSS)):
        column = [node for node in flow.nodes if node.step == step]
        middles = [node.y + node.height / 2 for node in column]
        assert all(lower - upper >= LEAST_SLOT - 1e-6 for upper, lower in itertools.pairwise(middles)), (
            "names need room"
        )
        assert all(upper.y + upper.height <= lower.y for upper, lower in itertools.pairwise(column))
    for ribbon in flow.ribbons:
        ends = {node.number: node for node in flow.nodes}
        for side, number in enumerate((ribbon.source, ribbon.target)):
            node = ends[number]
            assert ribbon.x[side] == node.x + (BAR if side == 0 else 0)
            assert node.y - 1e-6 <= ribbon.y[side] <= node.y + node.height - ribbon.thickness + 1e-6
    assert all(node.y >= 0 and node.y + node.height <= flow.height + 1 for node in flow.nodes)


def test_nothing_and_less_than_nothing_have_no_ribbon() -> None:
    assert drawn([]) is None
    assert drawn([row("gifts", "fund:A", 0)]) is None
    flow = drawn([row("gifts", "fund:A", 100), row("fund:A", "fees", -5)])
    assert flow is not None
    assert [ribbon.amount_minor for ribbon in flow.ribbons] == [100]


@pytest.mark.parametrize("language", ["pl", "en"])
def test_charts_sum_to_their_whole(language: str) -> None:
    content = sample()
    with override(language):
        bars, needs, years = bars_of(content["lines"]), bars_of_needs(content["funds"]), stacked(content["cohorts"])
    assert sum(bar.percent for bar in bars) == sum(bar.percent for bar in needs) == 100
    assert sum(bar.amount_minor for bar in bars) == content["lines"]["opening"] + content["lines"]["came_in"]
    assert sum(bar.amount_minor for bar in needs) == sum(fund["spent"] for fund in content["funds"])
    for year in years:
        assert sum(part.percent for part in year.segments) == 100
        assert all(left.start + left.percent <= right.start for left, right in itertools.pairwise(year.segments))
