"""What can be done with gifts that come again. One file, one verb or one noun."""
