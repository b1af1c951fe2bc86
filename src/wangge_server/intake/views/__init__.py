"""Pages of intake: what arrived (batches), and the steps of one file from its arrival to its last row (wizard)."""
