"""The kind of a case is a word nobody listed: whether it is confirmed, asymptomatic or suspected decides what follows.
The row is held, for 排除 or 阴性 would be no case at all: nobody is traced on a guess.

Source: the three kinds of the national notification form; the words stand in words.toml.
"""

PLACE = 65
CODE = "E2010"
HOLDS, SETS_ASIDE = True, False
ELEMENTS = ("case.kind",)
EXPRESSION = "{it} NOT IN ('confirmed', 'asymptomatic', 'suspected')"
EXAMPLES = (
    ("person.name", "person.phone", "case.kind", "held"),
    ("张晓明", "13800000000", "确诊病例", False),
    ("张晓明", "13800000000", "无症状感染者", False),
    ("张晓明", "13800000000", "Suspected", False),
    ("张晓明", "13800000000", "", False),
    ("张晓明", "13800000000", "复阳待定", True),
    ("张晓明", "13800000000", "排除", True),
)
