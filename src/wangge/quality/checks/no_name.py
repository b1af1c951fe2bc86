"""No name, but something else that tells who it is: the row goes on, and somebody should write the name in.

Source: GB/T 38962, name is mandatory in the basic group. Rows that tell nothing at all: see nobody_named.
"""

PLACE = 45
CODE = "E2001"
HOLDS, SETS_ASIDE = False, False
ELEMENTS = ("person.name",)
EXPRESSION = "{it} IS NULL"
EXAMPLES = (
    ("person.name", "person.surname", "person.given_name", "person.id_number", "fault"),
    ("张晓明", "", "", "E12345678", False),
    ("", "", "", "E12345678", True),
    ("不详", "", "", "E12345678", True),
    ("", "张", "晓明", "E12345678", False),
    ("", "张", "", "E12345678", False),
    ("", "", "晓明", "E12345678", False),
)
