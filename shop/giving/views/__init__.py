"""What answers under the donor's own addresses."""
