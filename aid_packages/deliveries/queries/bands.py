"""Counts of people, so coarse that nobody is found by subtracting one report from another."""

LEAST = 5
"""Fewer people, or acts of help in a week and region, are never told apart; and counts are told in steps of it."""


def band_from(count: int | None) -> int | None:
    """The lower end of the band of five in which a count lies: 5, 10, 15, ...; None below five, or where nobody counted.

    Bands of fixed ends, not rounded differences: two revisions that differ by one person mostly show the same band, and
    where they don't, the difference of the bands says "between one and nine".
    """
    if count is None or count < LEAST:
        return None
    return count // LEAST * LEAST


def band(count: int | None) -> dict[str, int] | None:
    """The same with its upper end: {"from": 10, "below": 15}."""
    lowest = band_from(count)
    return None if lowest is None else {"from": lowest, "below": lowest + LEAST}
