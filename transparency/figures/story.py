"""What a person remembers: acts of help, people, things handed over; each counted from rows that stand in our records."""

from typing import Any

from transparency.figures.facts import Act, Facts
from transparency.method import SMALLEST_CELL, too_few

MOST_ITEMS = 6


def story_of(facts: Facts, *, spent: int) -> dict[str, Any]:
    """The story's numbers. A number of fewer than five acts or people isn't told."""
    acts = sum(act.count for act in facts.acts)
    return {
        "acts_of_help": acts if acts >= SMALLEST_CELL else None,
        "people": facts.people,
        "nationalities": facts.nationalities,
        "spent": spent,
        "items": _items(facts),
        "traced": _traced(facts),
    }


def _traced(facts: Facts) -> dict[str, int | None]:
    """Of how many deliveries and services; neither where one of them is few, since the other would tell it."""
    counts = {"deliveries": _count(facts, "delivery"), "services": _count(facts, "service")}
    return dict.fromkeys(counts) if any(too_few(count) for count in counts.values()) else {**counts}


def _items(facts: Facts) -> list[dict[str, Any]]:
    """What was handed over or done, most first, each with how many acts of its fund it is counted from."""
    handed = [
        (row["delivered"], {key: row[key] for key in ("item", "name", "unit")}, row["fund"], "delivery")
        for row in facts.deliveries
        if row["delivered"] > 0
    ]
    done = [
        (
            row["units"],
            {"item": row["service"], "name": row["name"], "unit": row["unit"]},
            row["fund"],
            f"service:{row['service']}",
        )
        for row in facts.services
        if row["units"] > 0
    ]
    most_first = sorted([*handed, *done], key=lambda row: (-row[0], row[1]["item"], row[2]))
    items = [
        {**about, "units": units, "fund": fund, "traced": {"deliveries": _count(facts, kind, fund)}}
        for units, about, fund, kind in most_first
    ]
    return [item for item in items if item["traced"]["deliveries"] >= SMALLEST_CELL][:MOST_ITEMS]


def _count(facts: Facts, kind: str, fund: str | None = None) -> int:
    def counted(act: Act) -> bool:
        return (act.kind == kind or act.kind.startswith(f"{kind}:")) and fund in (None, act.fund)

    return sum(act.count for act in facts.acts if counted(act))
