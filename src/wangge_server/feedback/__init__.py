"""Outcomes, blind re-checks, the coverage ledger."""
