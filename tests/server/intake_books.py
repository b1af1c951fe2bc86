"""Made-up untidy workbooks, as a clerk would send them. Nobody in them is real."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl

HEADERS = ("姓名", "身份证号码", "出生年月日", "联系电话", "家庭住址", "民族", "网络昵称")


def id_number(born: str, order: int) -> str:
    """A made-up resident number with a right check digit. `born` is YYYYMMDD."""
    body = f"440305{born}{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def person(n: int, **changed: object) -> list[object]:
    """One row of HEADERS."""
    born = f"19{60 + n % 30}0{1 + n % 9}1{n % 9}"
    row: dict[str, object] = {
        "姓名": "测试" + "甲乙丙丁戊己庚辛壬癸"[n % 10] + "子丑寅卯辰巳午未申酉戌亥"[n // 10 % 12],
        "身份证号码": id_number(born, 100 + n),
        "出生年月日": f"{born[:4]}-{born[4:6]}-{born[6:]}",
        "联系电话": f"1390000{n:04d}",
        "家庭住址": f"南山街道试验路{n + 1}号",
        "民族": "某",
        "网络昵称": f"昵称{n}",
    }
    return list((row | changed).values())


def book(rows: Sequence[Sequence[object]], headers: Sequence[str] = HEADERS, title: str = "某某单位人员名单") -> bytes:
    """A workbook with a title and a note above the header, and a sum below the rows."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "名单"
    sheet.append([title])
    sheet.append(["填报说明：请勿合并单元格"])
    sheet.append(list(headers))
    for row in rows:
        sheet.append(list(row))
    sheet.append(["合计", None, None, None, f"{len(rows)}人"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
