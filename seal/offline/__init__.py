"""What leaves our hands: a page and a script that check a report and a donation with nothing of ours. See docs/seal.md."""
