"""A name in Latin letters that is spelt as a Chinese one is read, and the same birthday: passports, hotels, airlines."""

PLACE = 53
EVIDENCE = "pinyin+birth"
PARTS = ("pinyin", "birth")
NEAR = False
NAMES = "spelt"
CAP = 12
EXAMPLES = (
    ("name", "birth_date"),
    (("王晓明", "1990-03-07"), ("WANG XIAOMING", "1990-03-07"), True),
    (("王晓明", "1990-03-07"), ("Xiao-Ming Wang", "1990-03-07"), True),
    (("王晓明", "1990-03-07"), ("WANG XIAOMING", "1990-03-08"), False),
    (("王晓明", "1990-03-07"), ("明晓王", "1990-03-07"), False),
)
