"""What proves a report: notes, the log, checkpoints and proofs. It knows no donor and no money beyond what it is handed."""
