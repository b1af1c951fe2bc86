"""How somebody lives here is written in a word nobody listed: it is set aside, not guessed. Words: words.toml.

Source: the three populations of a living register: 常住, 寄住, 流动.
"""

from wangge.quality.words import sql_list, words

PLACE = 77
CODE = "E2016"
HOLDS, SETS_ASIDE = False, True
ELEMENTS = ("person.residence_kind",)
EXPRESSION = f"{{it}} NOT IN ({sql_list(list(words()['residence_kind']))})"
EXAMPLES = (
    ("person.name", "person.phone", "person.residence_kind", "fault"),
    ("张晓明", "13800000000", "常住人口", False),
    ("张晓明", "13800000000", "寄住", False),
    ("张晓明", "13800000000", "Floating", False),
    ("张晓明", "13800000000", "不详", False),
    ("张晓明", "13800000000", "", False),
    ("张晓明", "13800000000", "人户分离", True),
    ("张晓明", "13800000000", "户籍人口", True),
    ("张晓明", "13800000000", "family", True),
)
