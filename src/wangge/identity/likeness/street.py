"""Streets; what belongs to the building's name may stand here by mistake."""

ELEMENT = "street"
KIND = "word"
ACROSS = "building"
EXAMPLES = (
    ("pridham street", "pridham street", "same"),
    ("pridham street", "pridhamstreet", "near"),
    ("pridham street", "milne cove", "other"),
    (None, "milne cove", "missing"),
)
