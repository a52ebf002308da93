"""Oscar's checkout, replaced by one page for guests."""
