"""Names read alike, the right eight digits equal, at most two digits differ and one number is broken: a slip."""

PLACE = 21
EVIDENCE = "near_id"
PARTS = ("name", "number_right")
NEAR = True
CAP = 64
EXAMPLES = (
    ("name", "id_number"),
    (("王晓明", "11010119900307109X"), ("王小明", "11020119900307109X"), True),
    (("王晓明", "11010119900307109X"), ("李小明", "11020119900307109X"), False),
)
