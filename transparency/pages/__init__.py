"""From frozen content to what a reader sees: words, rows and shapes. Nothing here asks the database."""
