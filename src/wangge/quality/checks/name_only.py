"""Nothing but a name: no number, birth date, phone, address, e-mail, account or household tells this person from others
of that name. A value that was set aside tells nothing either, but for a doubtful number: a person may still match it.

Source: linking; with names alone two-character names of one district collide by the hundred.
"""

PLACE = 40
CODE = "E2002"
HOLDS, SETS_ASIDE = True, False
ELEMENTS = ("person.name",)
EXPRESSION = """
    {it} IS NOT NULL AND id_number IS NULL AND NOT number_is_doubtful AND birth_date IS NULL AND phone IS NULL
    AND address IS NULL AND email IS NULL AND account IS NULL AND household_number IS NULL"""
EXAMPLES = (
    ("person.name", "person.id_number", "person.birth_date", "person.phone", "person.address", "household.number", "held"),
    ("张晓明", "", "", "", "", "", True),
    ("张晓明", "", "", "无", "", "", True),
    ("张晓明", "", "", "13800000000", "", "", False),
    ("张晓明", "", "1990-02-03", "", "", "", False),
    ("张晓明", "E12345678", "", "", "", "", False),
    ("张晓明", "", "", "", "某里3-2-101", "", False),
    ("张晓明", "", "", "", "", "H12", False),
    ("张晓明", "", "有误", "", "", "", True),
    ("张晓明", "", "1990-02", "", "", "", True),
    ("张晓明", "", "2062-01-01", "", "", "", True),
    ("张晓明", "4.4E+17", "", "", "", "", False),
    ("", "", "", "13800000000", "", "", False),  # see nobody_named
)  # fmt: skip
