"""The same number of another document, and names read alike: passports, permits, what is left of a masked number."""

PLACE = 30
EVIDENCE = "document+name"
PARTS = ("document", "name")
NEAR = False
CAP = 0
EXAMPLES = (
    ("name", "id_number"),
    (("王晓明", "E12345678"), ("王小明", "E12345678"), True),
    (("王晓明", "E12345678"), ("李红", "E12345678"), False),
)
