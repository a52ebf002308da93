"""How a donation is divided over its funds."""

from hypothesis import given
from hypothesis import strategies as st

from payments.operations import FrozenLine
from payments.queries.shares import shares_of, split_capped


def line(fund: str, unit: int, quantity: int = 1) -> FrozenLine:
    return FrozenLine(title="x", fund_code=fund, unit_minor=unit, quantity=quantity, fallback="")


lines_of_some_funds = st.lists(
    st.builds(line, st.sampled_from(["A", "B", "C"]), st.integers(1, 10**6), st.integers(1, 20)), min_size=1, max_size=8
)


def test_the_covered_fee_follows_the_lines() -> None:
    shares = shares_of(lines=[line("A", 100), line("B", 200)], cover_fee_minor=10)
    assert shares == {"A": 103, "B": 207}


def test_a_fund_named_twice_has_one_share() -> None:
    assert shares_of(lines=[line("A", 100), line("B", 1), line("A", 50)], cover_fee_minor=0) == {"A": 150, "B": 1}


@given(lines=lines_of_some_funds, fee=st.integers(0, 10**5))
def test_shares_sum_to_the_gross(lines: list[FrozenLine], fee: int) -> None:
    shares = shares_of(lines=lines, cover_fee_minor=fee)
    assert sum(shares.values()) == sum(each.unit_minor * each.quantity for each in lines) + fee
    assert all(share > 0 for share in shares.values())


@given(total=st.integers(0, 10**6), left=st.dictionaries(st.sampled_from("ABCD"), st.integers(-500, 10**6)))
def test_nobody_gives_more_than_is_there(total: int, left: dict[str, int]) -> None:
    parts = split_capped(total=total, shares=left)
    assert all(0 <= parts[fund] <= max(0, left[fund]) for fund in left)
    assert sum(parts.values()) == min(total, sum(max(0, share) for share in left.values()))
