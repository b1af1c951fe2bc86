"""A resident ID number with neither 15 nor 18 places, or one that a spreadsheet has turned into 4.4E+17.

Ten digits or more and no letter but a last X: no passport, permit or officer's card looks so. What is written goes to
id_doubtful and is never completed by guess. Source: GB 11643.
"""

from wangge.quality.words import resident_document

PLACE = 70
CODE = "E2006"
HOLDS, SETS_ASIDE = False, True
ELEMENTS = ("person.id_number",)
EXPRESSION = f"number_broken AND {resident_document()}"
EXAMPLES = (
    ("person.name", "person.id_number", "person.id_type", "fault"),
    ("张晓明", "110101199003070010", "", False),
    ("张晓明", "11010119900307001x", "", False),
    ("张晓明", "'110101199003070010", "", False),
    ("张晓明", "110101 19900307 0010", "", False),
    ("张晓明", "110101900307001", "", False),
    ("张晓明", "11010119900307001", "", True),
    ("张晓明", "1101011990030700100", "身份证", True),
    ("张晓明", "1.10101E+17", "", True),
    ("张晓明", "1.1e17", "", True),
    ("张晓明", "E12345678", "", False),
    ("张晓明", "H1234567890", "", False),
    ("张晓明", "12345678", "", False),
    ("张晓明", "1234567890", "台胞证", False),
    ("张晓明", "", "", False),
)
