"""Risk rules: one file a rule, put a file here and it is in."""
