"""Nobody is named. A row without a name can be joined to a person by nothing a clerk could confirm.

Source: GB/T 38962, name is mandatory in the basic group.
"""

PLACE = 30
CODE = "E2001"
ELEMENTS = ("person.name",)
EXPRESSION = "{it} IS NULL"
EXAMPLES = (
    ("person.name", "person.surname", "person.given_name", "person.phone", "held"),
    ("张晓明", "", "", "13800000000", False),
    ("", "", "", "13800000000", True),
    ("不详", "", "", "13800000000", True),
    ("", "张", "晓明", "13800000000", False),
    ("", "张", "", "13800000000", True),
)
