"""House numbers."""

ELEMENT = "house_number"
KIND = "number"
ACROSS = ""
EXAMPLES = (
    ("177", "177", "same"),
    ("177", "17", "near"),
    ("177", "203", "other"),
    (None, "17", "missing"),
)
