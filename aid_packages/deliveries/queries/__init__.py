"""Units, costs and people, counted."""
