"""Reports: what came in, what it became, what is still waiting; and the proof that the figures hold."""
