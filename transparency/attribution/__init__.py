"""What a gift did: each fund has a line of gifts, and spending takes from its start."""
