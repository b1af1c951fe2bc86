"""What was done, by whom, for what: beside every write, append-only."""
