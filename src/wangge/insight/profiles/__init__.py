"""Standing profiles: one file a profile, put a file here and it is in.

A profile names who may need care, so that somebody can ask. It is yes, no or unknown; it never scores and never ranks
(red line R6), and it is read for care purposes only. A member gives SUBJECT (person or household), LABEL in three
languages, FIRST (what must be asked while nobody knows whether it holds), ASKS (what is asked where it holds),
EXAMPLES (row, "yes" | "no" | "unknown") and `holds(k)`, one Ibis expression over the columns of `wangge.insight.profile.KNOWN`.
A null anywhere means: nobody knows.
"""
