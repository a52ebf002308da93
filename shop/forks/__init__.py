"""What overrides Oscar, and nothing else: README.md says why each fork is here."""
