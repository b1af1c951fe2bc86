"""Postal codes."""

ELEMENT = "postcode"
KIND = "number"
ACROSS = ""
EXAMPLES = (
    ("4011", "4011", "same"),
    ("4011", "4101", "near"),
    ("4011", "2602", "other"),
    (None, "2602", "missing"),
)
