"""What may be shown of evidence, and what is withheld."""
