"""The very same characters and same mobile phone: where names read alike were ambiguous, the spelling may tell."""

PLACE = 61
EVIDENCE = "exact_name+phone"
PARTS = ("exact_name", "phone")
NEAR = False
CAP = 12
EXAMPLES = (
    ("name", "phone"),
    (("王晓明", "13800000001"), ("王晓明", "13800000001"), True),
    (("王晓明", "13800000001"), ("王小明", "13800000001"), False),
)
