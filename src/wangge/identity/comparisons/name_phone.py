"""Names read alike and same mobile phone. Numbers are given to others after a while, names are not."""

PLACE = 51
EVIDENCE = "name+phone"
PARTS = ("name", "phone")
NEAR = False
CAP = 12
EXAMPLES = (
    ("name", "phone"),
    (("王晓明", "13800000001"), ("王小明", "13800000001"), True),
    (("王晓明", "07552612345"), ("王小明", "0755-26123"), False),
    (("王晓明", "13800000001"), ("李红", "13800000001"), False),
)
