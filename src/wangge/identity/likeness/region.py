"""States, provinces."""

ELEMENT = "region"
KIND = "word"
ACROSS = ""
EXAMPLES = (
    ("nsw", "nsw", "same"),
    ("nsw", "nws", "near"),
    ("nsw", "qld", "other"),
    (None, "qld", "missing"),
)
