"""The same resident ID number: 18 places with a right check digit, or 15 places widened by 19. Source: GB 11643."""

PLACE = 10
EVIDENCE = "id"
PARTS = ("id",)
NEAR = False
CAP = 0
EXAMPLES = (
    ("id_number",),
    (("110101199003070118",), ("11010119900307011x",), False),
    (("110101199003070011",), ("110101199003070011",), True),
    (("11010119900307109X",), ("11010119900307109x",), True),
    (("11010119900307109X",), ("110101900307109",), True),
    (("11010119900307109X",), ("",), False),
)
