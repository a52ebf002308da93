"""What a donor types on the pages of their own."""
