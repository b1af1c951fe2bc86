"""Buildings, farms, second lines of an address."""

ELEMENT = "building"
KIND = "word"
ACROSS = "street"
EXAMPLES = (
    ("willaroo", "willaroo", "same"),
    ("willaroo", "wilaroo", "near"),
    ("willaroo", "killarney", "other"),
    (None, "killarney", "missing"),
)
