"""What came in and what became of it at a story's end, as a table in units beside the books."""

import os

from aid_packages.deliveries.queries import last_ids, services, units
from tests.stories.books import SNAPSHOTS, UPDATE
from tests.support.story import Story

EVER = {"first_period": 202001, "last_period": 209912}
COLUMNS = ("bought", "in_kind", "reserved", "delivered", "lost", "expired", "closing_free")


def compare_units(*, name: str, story: Story) -> None:
    """The units of every item and service, against the text kept beside the story's books."""
    upto = last_ids(now=story.clock.now) | {"last_period": 209912}
    lines = [" ".join(["item".ljust(24), *(column.rjust(12) for column in COLUMNS)])]
    for row in units(**EVER, upto=upto):
        told = [f"{row.fund_code} {row.item_code}".ljust(24), *(str(getattr(row, name)).rjust(12) for name in COLUMNS)]
        lines.append(" ".join(told))
        gone = row.delivered + row.lost + row.expired
        assert row.bought + row.in_kind == row.reserved + row.closing_free + gone
    lines += [f"{row.fund_code} {row.service_code}: {row.units} {row.unit}" for row in services(**EVER, upto=upto)]
    text = "\n".join(lines) + "\n"
    path = SNAPSHOTS / "units" / f"{name}.txt"
    if os.environ.get(UPDATE) == "1":
        path.write_text(text, encoding="utf-8")
    assert text == (path.read_text(encoding="utf-8") if path.exists() else ""), (
        f"the units differ from what is kept:\n{text}"
    )
