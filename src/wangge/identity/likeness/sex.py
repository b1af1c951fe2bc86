"""Sex as written; 0 is no answer."""

ELEMENT = "sex"
KIND = "exact"
ACROSS = ""
EXAMPLES = (
    ("1", "1", "same"),
    ("1", "2", "other"),
    ("1", "0", "missing"),
)
