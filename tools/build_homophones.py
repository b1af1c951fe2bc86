"""Builds src/wangge/identity/homophones.tsv: one line a syllable, the characters read so. Run once, by hand.

    python tools/build_homophones.py

Source: pypinyin (MIT), its first reading without tone, for the CJK Unified Ideographs 4E00-9FFF. A name is typed by
sound, so 晓 stands for 小 and 玮 for 伟; traditional forms fall into the class of the simplified ones by themselves.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pypinyin import Style, lazy_pinyin

TABLE = Path(__file__).resolve().parents[1] / "src/wangge/identity/homophones.tsv"


def classes() -> dict[str, str]:
    """-> {syllable: characters}, both sorted. A character without a reading is in no class."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code in range(0x4E00, 0xA000):
        reading = lazy_pinyin(chr(code), style=Style.NORMAL, errors="ignore")
        if reading:
            found[reading[0]].append(chr(code))
    return {syllable: "".join(chars) for syllable, chars in sorted(found.items())}


if __name__ == "__main__":
    TABLE.write_text("".join(f"{s}\t{c}\n" for s, c in classes().items()), "utf-8")
