"""Nothing but a name: no number, birth date, phone or address tells this person from others of that name.

Source: linking; with names alone two-character names of one district collide by the hundred.
"""

PLACE = 40
CODE = "E2002"
ELEMENTS = ("person.name",)
EXPRESSION = (
    "id_number IS NULL AND birth_date IS NULL AND phone IS NULL AND address IS NULL AND NOT birth_date_unreadable"
)
EXAMPLES = (
    ("person.name", "person.id_number", "person.birth_date", "person.phone", "person.address", "person.sex", "held"),
    ("张晓明", "", "", "", "", "男", True),
    ("张晓明", "", "", "无", "", "男", True),
    ("张晓明", "", "", "13800000000", "", "男", False),
    ("张晓明", "", "1990-02-03", "", "", "", False),
    ("张晓明", "E12345678", "", "", "", "", False),
    ("张晓明", "", "", "", "某里3-2-101", "", False),
    ("张晓明", "", "有误", "", "", "", False),
)
