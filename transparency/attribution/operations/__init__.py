"""What can be done with the lines."""

from transparency.attribution.operations.bring_up_to_date import BroughtUp, bring_up_to_date, line_up_day

__all__ = ["BroughtUp", "bring_up_to_date", "line_up_day"]
