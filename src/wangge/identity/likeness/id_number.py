"""Numbers of any document: one digit wrong, missing or too many, or two neighbours swapped, is near."""

ELEMENT = "id_number"
KIND = "number"
ACROSS = ""
EXAMPLES = (
    ("6988048", "6988048", "same"),
    ("6988048", "6988084", "near"),
    ("6988048", "6988148", "near"),
    ("6988048", "6978148", "alike"),
    ("6988048", "1234567", "other"),
    (None, "6988048", "missing"),
)
