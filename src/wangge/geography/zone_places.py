"""Which counties a notice means: by its own columns, shifted columns, zones that are no statistical county, old names."""

from __future__ import annotations

from functools import cache
from itertools import product

import pyarrow as pa

from wangge.geography.codes import below, current, divisions, names_ever
from wangge.geography.places import forms

NATIONAL = pa.schema(
    [(n, pa.string()) for n in ("province", "city", "county")]
    + [("place", pa.int32()), ("home", pa.int64()), ("counties", pa.list_(pa.string())), ("lead", pa.string())]
)


HOMES = pa.schema([("city", pa.string()), ("home", pa.int64())])


@cache
def _provinces() -> list[tuple[str, str]]:
    table = divisions("province")
    return list(zip(table["code"].to_pylist(), table["name"].to_pylist(), strict=True))


@cache
def city_codes(province: str, city: str) -> tuple[str, ...]:
    """The 4-digit codes of a city by name; those of the whole province where no city of it bears the name."""
    return _named_cities(province, city) or tuple(code for code, _ in _cities(province))


def _named_cities(province: str, city: str) -> tuple[str, ...]:
    return tuple(code for code, name in _cities(province) if city in forms(name, "city"))


@cache
def county_codes(province: str, city: str, county: str) -> tuple[str, ...]:
    """Codes of a county by name, ended counties through their successors; () where no county bears the name."""
    named = city_codes(province, city)
    pairs = [pair for c in named for pair in below(c)]
    exact = [code for code, name in pairs if name == county]
    exact = exact or [code for code, name in pairs if len(county) > 1 and county in forms(name, "county")]
    if exact:
        return tuple(exact)
    # 莱城区 of 莱芜市: the city itself ended, so any county of the province that bore the name may be meant
    within = named if _named_cities(province, city) else tuple({c[:2] for c in named})
    ended = [code for code in names_ever(county) if code.startswith(within)]
    return tuple(dict.fromkeys(new for code in ended for new in current(code)))


def _read(province: str, city: str, county: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Cities, counties and what of the columns belongs in front of the text.

    Beijing's rows have the county in the city's column and the street in the county's. A county that is none (高新区, a
    street of a city without counties) leaves the counties open: the street in the text decides among those of the city.
    """
    cities, counties = city_codes(province, city), county_codes(province, city, county)
    if counties:
        return cities, counties, ""
    shifted = county_codes(province, "", city)
    if shifted and len(shifted) < len(cities) + 1 and not any(city in forms(n, "city") for _, n in _cities(province)):
        return tuple(dict.fromkeys(c[:4] for c in shifted)), shifted, county.replace("(地区)", "")
    all_counties = [code for c in cities for code, _ in below(c)]
    if len(all_counties) == 1:  # 东莞市, 儋州市: the streets stand right below the city
        return cities, tuple(all_counties), "" if county == "市辖区" else county
    return cities, (), ""


@cache
def _cities(province: str) -> list[tuple[str, str]]:
    """Codes and names of a province's cities; the 兵团 has its regiments in all of 新疆."""
    province = "新疆维吾尔自治区" if province == "新疆生产建设兵团" else province
    upper = [code for code, name in _provinces() if province in forms(name, "province")]
    return [pair for code in upper for pair in below(code)]


def places(triples: list[dict[str, str]]) -> tuple[pa.Table, pa.Table]:
    """NATIONAL, one row a triple of names; and the cities that occur: city (4-digit code), home (number; cities named together share one)."""
    homes: dict[tuple[str, ...], int] = {}
    rows = []
    for number, triple in enumerate(triples):
        cities, counties, lead = _read(triple["province"], triple["city"], triple["county"])
        home = homes.setdefault(cities, len(homes)) if cities else -1
        rows.append(triple | {"place": number, "home": home, "counties": list(counties), "lead": lead})
    pairs = [{"city": code, "home": home} for cities, home in homes.items() for code in cities]
    return pa.Table.from_pylist(rows, NATIONAL), pa.Table.from_pylist(pairs, HOMES)


def prefixes(table: pa.Table) -> pa.Table:
    """place, prefix: how the names above may be written again at the start of a text."""
    rows = []
    for row in table.to_pylist():
        province = {"", *forms(row["province"], "province")} if row["province"] else {""}
        city = {"", row["city"], row["city"].removesuffix("市"), _short_prefecture(row["city"])}
        county = {row["county"], _short_county(row["county"])} - {""}
        written = {p + c + k for p, c, k in product(province, city, county)}
        written |= {p + c for p, c in product(province, {row["city"]} - {""})}
        rows += [{"place": row["place"], "prefix": w} for w in sorted(written) if w]
    return pa.Table.from_pylist(rows, pa.schema([("place", pa.int32()), ("prefix", pa.string())]))


def _short_prefecture(name: str) -> str:
    """巴音郭楞蒙古自治州 -> 巴州."""
    return name[0] + "州" if name.endswith("自治州") else ""


def _short_county(name: str) -> str:
    """焉耆回族自治县 -> 焉耆县; other names stay."""
    return name[:2] + name[-1] if name.endswith(("自治县", "自治旗")) else ""
