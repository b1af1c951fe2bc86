"""Names read alike, the left nine digits equal, at most two digits differ and one number is broken: a slip."""

PLACE = 20
EVIDENCE = "near_id"
PARTS = ("name", "number_left")
NEAR = True
CAP = 64
EXAMPLES = (
    ("name", "id_number"),
    (("王晓明", "11010119900307109X"), ("王小明", "11010119900307199X"), True),
    (("王晓明", "11010119900307109X"), ("王小红", "11010119900307199X"), False),
    (("王晓明", "11010119900307109X"), ("王小明", "11010119900307888X"), False),
)
