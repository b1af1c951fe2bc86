"""Phones: one digit wrong or two neighbours swapped is near. A phone changes hands, so other says little."""

ELEMENT = "phone"
KIND = "number"
ACROSS = ""
EXAMPLES = (
    ("13800000001", "13800000001", "same"),
    ("13800000001", "13800000010", "near"),
    ("13800000001", "13955512345", "other"),
    ("13800000001", None, "missing"),
)
