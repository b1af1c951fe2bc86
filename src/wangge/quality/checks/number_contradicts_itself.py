"""The check digit of a resident ID number is wrong, or the day of birth in it does not exist.

One digit was mistyped, or two were swapped. The number stays as it is, for linking may join it to the right one by other
evidence; a person should correct it. Source: GB 11643.
"""

from wangge.quality.words import resident_document

PLACE = 74
CODE = "E2012"
HOLDS, SETS_ASIDE = False, False
ELEMENTS = ("person.id_number",)
EXPRESSION = f"number_wrong AND {resident_document()}"
EXAMPLES = (
    ("person.name", "person.id_number", "person.id_type", "fault"),
    ("张晓明", "11010119900307109X", "", False),
    ("张晓明", "11010119900307109x", "", False),
    ("张晓明", "110101199003071090", "", True),
    ("张晓明", "11010119903007109X", "", True),
    ("张晓明", "110101900307109", "", False),
    ("张晓明", "110101901307109", "", True),
    ("张晓明", "110101199003071090", "护照", False),
    ("张晓明", "E12345678", "", False),
)
