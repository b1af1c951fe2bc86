"""The gate: every page, list and act asks the policy table before it answers."""
