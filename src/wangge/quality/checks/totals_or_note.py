"""The row is a sum or a note below the list, not a person. Words: words.toml.

Source: spreadsheets of departments end with 合计, 制表人, 备注.
"""

PLACE = 20
CODE = "E2005"
HOLDS, SETS_ASIDE = True, False
ELEMENTS = ("person.name", "person.id_number", "household.number", "person.address")
EXPRESSION = "{it}_is_total"
EXAMPLES = (
    ("person.name", "person.address", "held"),
    ("合　计", "", True),
    ("合计：23人", "", True),
    ("合计", "23", True),
    ("备注：本表一式两份", "", True),
    ("制表人 王某", "", True),
    ("", "共计23人", True),
    ("", "共计", True),
    ("单位和", "东丽区", False),
    ("注册安", "东丽区", False),
    ("张合计", "东丽区", False),
)
