"""What the household is, is written in a word nobody listed: it is set aside, not guessed. Words: words.toml.

Source: family and collective households (家庭户, 集体户) of the household register and the census.
"""

from wangge.quality.words import sql_list, words

PLACE = 79
CODE = "E2017"
HOLDS, SETS_ASIDE = False, True
ELEMENTS = ("household.kind",)
EXPRESSION = f"{{it}} NOT IN ({sql_list(list(words()['household_kind']))})"
EXAMPLES = (
    ("person.name", "person.phone", "household.kind", "fault"),
    ("张晓明", "13800000000", "家庭户", False),
    ("张晓明", "13800000000", "集体宿舍", False),
    ("张晓明", "13800000000", "养老院", False),
    ("张晓明", "13800000000", "Collective", False),
    ("张晓明", "13800000000", "不详", False),
    ("张晓明", "13800000000", "", False),
    ("张晓明", "13800000000", "单身公寓楼", True),
    ("张晓明", "13800000000", "常住", True),
)
