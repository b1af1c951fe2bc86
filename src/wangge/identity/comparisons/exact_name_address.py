"""The very same characters and same door: where names read alike were ambiguous, the spelling may tell."""

PLACE = 62
EVIDENCE = "exact_name+address"
PARTS = ("exact_name", "door")
NEAR = False
CAP = 12
EXAMPLES = (
    ("name", "address"),
    (("王晓明", "金钟花园12-3-501"), ("王晓明", "金钟花园12-3-501"), True),
    (("王晓明", "金钟花园12-3-501"), ("王小明", "金钟花园12-3-501"), False),
)
