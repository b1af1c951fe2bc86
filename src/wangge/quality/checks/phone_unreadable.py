"""Something stands in the cell of the phone, but no number: 1.38E+10 from a spreadsheet, or words.

Source: a phone saved as a number comes out so; the words for "none" stand in words.toml.
"""

PLACE = 76
CODE = "E2014"
HOLDS, SETS_ASIDE = False, True
ELEMENTS = ("person.phone",)
EXPRESSION = "{it}_unreadable"
EXAMPLES = (
    ("person.name", "person.address", "person.phone", "fault"),
    ("张晓明", "某里", "13800000000", False),
    ("张晓明", "某里", "+86 138-0000-0000", False),
    ("张晓明", "某里", "1.38E+10", True),
    ("张晓明", "某里", "同上", True),
    ("张晓明", "某里", "没有手机", False),
    ("张晓明", "某里", "", False),
)
