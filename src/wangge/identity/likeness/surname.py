"""Surnames: one slip is near, Chinese homophones too; one Soundex or spelt much alike is alike."""

ELEMENT = "surname"
KIND = "word"
ACROSS = "given_name"
EXAMPLES = (
    ("Schmidt", "schmidt", "same"),
    ("Schmidt", "Schmitt", "near"),
    ("Robinson", "Robbinsen", "alike"),
    ("王", "汪", "near"),
    ("王", "李", "other"),
    ("王", None, "missing"),
)
