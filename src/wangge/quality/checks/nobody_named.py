"""Nobody is named, and nothing else tells who it is: no number, and no birth date with a phone or an address.

Source: GB/T 38962, name is mandatory in the basic group. Such a row can be joined to a person by nothing a clerk could
confirm. A doubtful number alone does not count: without a name its first 15 digits fit several people.
"""

PLACE = 30
CODE = "E2001"
HOLDS, SETS_ASIDE = True, False
ELEMENTS = ("person.name",)
EXPRESSION = """
    {it} IS NULL AND id_number IS NULL AND (birth_date IS NULL OR (phone IS NULL AND address IS NULL))"""
EXAMPLES = (
    ("person.name", "person.surname", "person.id_number", "person.birth_date", "person.phone", "held"),
    ("张晓明", "", "", "", "13800000000", False),
    ("", "", "", "", "13800000000", True),
    ("不详", "", "", "1990-02-03", "", True),
    ("", "", "", "1990-02-03", "13800000000", False),
    ("", "", "", "有误", "13800000000", True),
    ("", "", "E12345678", "", "", False),
    ("", "", "4.4E+17", "", "13800000000", True),
    ("", "张", "", "", "13800000000", False),
)
