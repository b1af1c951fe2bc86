"""Towns, suburbs, communities."""

ELEMENT = "locality"
KIND = "word"
ACROSS = ""
EXAMPLES = (
    ("bittern", "bittern", "same"),
    ("bittern", "bitern", "near"),
    ("bittern", "marsden", "other"),
    (None, "marsden", "missing"),
)
