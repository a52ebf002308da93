"""Taking evidence in, grading and releasing it."""
