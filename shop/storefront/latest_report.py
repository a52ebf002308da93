"""What the money did, for the home page: the newest published report in five lines."""

from transparency.queries import ListedReport, published_reports


def latest_report() -> ListedReport | None:
    """The newest report with its five lines, or None before the first is published. One query."""
    return next(iter(published_reports()), None)
