"""From sums at a mark to the content of a report: pure functions, no database."""
