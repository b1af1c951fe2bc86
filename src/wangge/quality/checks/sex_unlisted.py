"""The sex is a word nobody listed: it counts as not known. Words: words.toml.

Source: GB/T 2261.1; often another column has slipped into this one.
"""

PLACE = 78
CODE = "E2015"
HOLDS, SETS_ASIDE = False, False
ELEMENTS = ("person.sex",)
EXPRESSION = "{it}_unlisted"
EXAMPLES = (
    ("person.name", "person.phone", "person.sex", "fault"),
    ("张晓明", "13800000000", "男", False),
    ("张晓明", "13800000000", "2", False),
    ("张晓明", "13800000000", "Female", False),
    ("张晓明", "13800000000", "9", False),
    ("张晓明", "13800000000", "不详", False),
    ("张晓明", "13800000000", "", False),
    ("张晓明", "13800000000", "汉族", True),
    ("张晓明", "13800000000", "3", True),
)
