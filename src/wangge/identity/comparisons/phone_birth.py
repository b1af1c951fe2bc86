"""Same mobile phone, same birthday, and names that are near: read or shaped alike, or only the surname differs.

Twins share phone and birthday, and often all but one character of the name: one other character is no slip here.
"""

PLACE = 70
EVIDENCE = "near_name+phone+birth"
PARTS = ("phone", "birth")
NEAR = False
NAMES = "near"
CAP = 10
EXAMPLES = (
    ("name", "phone", "birth_date"),
    (("王晓明", "13800000001", "1990-03-07"), ("玉晓朋", "13800000001", "1990-03-07"), True),
    (("王晓明", "13800000001", "1990-03-07"), ("李晓明", "13800000001", "1990-03-07"), True),
    (("張曉明", "13800000001", "1990-03-07"), ("张晓朋", "13800000001", "1990-03-07"), True),
    (("王晓明", "13800000001", "1990-03-07"), ("WANG XIAOMING", "13800000001", "1990-03-07"), True),
    (("王晓明", "13800000001", "1990-03-07"), ("王晓红", "13800000001", "1990-03-07"), False),
    (("王明", "13800000001", "1990-03-07"), ("李明", "13800000001", "1990-03-07"), False),
    (("王晓明", "13800000001", "1990-03-07"), ("玉晓朋", "13800000002", "1990-03-07"), False),
)
