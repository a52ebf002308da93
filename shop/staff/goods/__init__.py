"""What the desk's pages on goods and services share: words, fields, choices."""
