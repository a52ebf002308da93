"""What shows that help was given: documents, photographs and attestations, kept so that they endanger nobody."""
