"""Names of areas as people write them: with and without the ending, with and without the office."""

from __future__ import annotations

import re
from contextlib import suppress

import pyarrow as pa

from wangge.base.errors import WanggeError
from wangge.geography.address import one_spelling
from wangge.geography.codes import UNSPOKEN, lookup

OFFICES = ("居民委员会", "居委会", "村民委员会", "村委会")
STREET_NAME = re.compile(r"^(.*[（(])?(?P<stem>.+?)街道(办事处|片区|地区|筹备处|筹备组|服务中心)?[）)]?$")
STREET_FORMS = ("街道办事处", "街道办", "街道", "街", "办事处")
PROVINCE_ENDINGS = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")


def without_office(name: str) -> str:
    """海珠社区居委会 -> 海珠社区; 石桥村委会 -> 石桥村; 东风居委会 -> 东风."""
    for office in OFFICES:
        if name.endswith(office) and len(name) > len(office):
            bare = name.removesuffix(office)
            return bare if "村" not in office or bare.endswith(("村", "社区")) else bare + "村"
    return name


def forms(name: str, level: str) -> set[str]:
    """Every way to write the name of an area of this level; never shorter than two characters."""
    if level == "community":
        bare = without_office(name)
        stem = bare.removesuffix("社区") if bare.endswith("社区") else bare.removesuffix("村")
        found = {name, bare, f"{stem}社区", f"{stem}村", *(bare + office for office in OFFICES)}
        return {f for f in found if len(f) > 2}
    if level == "street":
        return _street_forms(name)
    if level == "province":
        return {name, *(name.removesuffix(end) for end in PROVINCE_ENDINGS if name.endswith(end))} - {""}
    short = name[:-1] if name[-1:] in "市区县旗" else name
    return {name, short} if len(short) >= 2 else {name}


def _street_forms(name: str) -> set[str]:
    office = STREET_NAME.match(name)
    if office:
        return {office["stem"] + end for end in STREET_FORMS}
    return {name}


def weak_street_forms(name: str) -> set[str]:
    """Forms that hold only where no other street of the county bears them: 乡 that became 镇, the short name of 回族乡."""
    found = set()
    if len(name) > 2 and name[-1] in "乡镇":
        found.add(name[:-1] + ("镇" if name[-1] == "乡" else "乡"))
    if name.endswith("族乡") and len(name) > 4:
        found |= {name[:-3] + "乡", name[:-3] + "镇"}
    return found


# Any row of areas: what stands before a compound must at least look like one.
ANY_AREAS = (
    "(.{2,8}(省|自治区))?(.{2,10}[市州盟])?(.{1,10}[区县旗市])?(.{1,12}(街道办事处|街道办|街道|办事处|街|镇|乡))?"
    "(.{1,16}(社区|村|居委会|居民委员会|村委会|村民委员会))?"
)
LEVELS_ABOVE = ((2, "province"), (4, "city"), (6, "county"), (9, "street"), (12, "community"))


def area_patterns(communities: list[str], names: dict[str, str]) -> pa.Table:
    """community, pattern: what may stand before a compound of that community. `names` goes with the edition's names.

    Each area above the community may be named, in this order, in any of its forms, or left out.
    """
    codes = sorted({code[:n] for code in communities for n, _ in LEVELS_ABOVE})
    level = dict(LEVELS_ABOVE)
    pairs = [(c, form) for c in codes for name in _known_names(c, names) for form in sorted(forms(name, level[len(c)]))]
    spelled: dict[str, list[str]] = {}
    for (code, _), form in zip(
        pairs, one_spelling(pa.chunked_array([[f for _, f in pairs]], pa.string())).to_pylist(), strict=True
    ):
        spelled.setdefault(code, []).append(re.escape(form))
    written = [
        "".join(f"({'|'.join(spelled[code[:n]])})?" for n, _ in LEVELS_ABOVE if code[:n] in spelled)
        for code in communities
    ]
    return pa.table({"community": pa.array(communities, pa.string()), "pattern": pa.array(written, pa.string())})


def _known_names(code: str, names: dict[str, str]) -> list[str]:
    found = [names[code]] if code in names else []
    with suppress(WanggeError):  # made-up ground: its own names are all there is
        found.append(lookup(code).name)
    return [name for name in found if name not in UNSPOKEN]
