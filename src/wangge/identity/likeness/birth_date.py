"""Birthdays: day and month swapped, one wrong digit, two neighbours swapped, two of three parts right."""

ELEMENT = "birth_date"
KIND = "day"
ACROSS = ""
EXAMPLES = (
    ("1990-03-07", "1990-03-07", "same"),
    ("1990-03-07", "1990-07-03", "swapped"),
    ("1990-03-07", "1980-03-07", "near"),
    ("1990-03-07", "1991-03-08", "other"),
    ("1990-03-07", "1967-03-07", "alike"),
    ("1990-03-07", None, "missing"),
)
