"""A resident ID number that passed through a number cell, which keeps 15 digits: the last three are lost.

Such are 18 places that stood in a number cell, that end in 000, that are what the nearest double shows while their check
digit is wrong, and numbers with a decimal point. Of real numbers 0.04 % end in 000; a clerk confirms those. What is
written goes to id_doubtful: it joins nobody, name and 15 digits may propose a match to a person. Source: GB 11643, and
IEEE 754 doubles, which spreadsheets keep numbers in.
"""

from wangge.quality.words import resident_document

PLACE = 72
CODE = "E2011"
HOLDS, SETS_ASIDE = False, True
ELEMENTS = ("person.id_number",)
EXPRESSION = f"number_spoilt AND {resident_document()}"
EXAMPLES = (
    ("person.name", "person.id_number", "person.id_type", "fault"),
    ("张晓明", "11010119900307109X", "", False),
    ("张晓明", "110101199003071000", "", True),
    ("张晓明", "110101199003070000", "身份证", True),
    ("张晓明", "110101199003071008", "", True),  # the double nearest to …071000
    ("张晓明", "110101199003071016", "", False),
    ("张晓明", "110101199003070016.0", "", True),
    ("张晓明", "110101900307000", "", False),
    ("张晓明", "110101199003071000", "护照", False),
    ("张晓明", "", "", False),
)
