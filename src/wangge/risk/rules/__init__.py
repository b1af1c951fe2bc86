"""Risk rules: one file a rule, put a file here and it is in.

A rule is named by the sentence that is true when it holds. It gives GRADE, EXPLANATION in three languages, EXAMPLES
(row, expected) and `holds(e)`, one Ibis expression over one exposure: the columns of EXPOSURE and, of the day of the
run, `days_since` (whole days since the last exposure) and `limit_days` (the protocol's expiry_days of the rule's
grade). Unknown is not no: a null anywhere in the expression means the rule does not hold.
"""
