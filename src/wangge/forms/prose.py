"""Lists of answers written as prose: `2、证件类型取值：身份证、护照、其他`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wangge.base.errors import WanggeError, Where
from wangge.dictionary import normal_header

NUMBER = re.compile(r"^\s*(?:[（(]?[0-9一二三四五六七八九十]{1,3}[)）]?[、.．:：)）]|[①-⑳])\s*")
PREFACE = re.compile(r"^\s*(?:注意?|说明|备注|填表说明|填写说明)\s*[:：]\s*")
SAYS = re.compile(
    r"(?:的)?\s*(?:可?取值范围|可?选?取值|可选项|选项|代码表?|填写内容|分为|包括|可填写?|请选择|请填写?)?(?:为|有|是)?\s*[:：]\s*"
)
MARKS = ("、", "；", ";", "|", "/", "，", ",")
CODE = re.compile(r"^\s*([0-9A-Za-z]{1,3})\s*[-—.．、:：=]\s*(?=\D)")
ALSO = re.compile(r"^(?:等|或|和|及)|等$|[。.]$")
LONGEST = 24  # of one answer; longer ones are sentences


def options_in(
    notes: Sequence[str], labels: Sequence[str], where: Where, keep_codes: bool = False
) -> dict[str, tuple[str, ...]]:
    """{label: its answers} of the notes that name a label and then list answers after a colon.

    Raises E3817 where a note announces answers (取值, 选项) for a label and they cannot be told apart.
    """
    found: dict[str, tuple[str, ...]] = {}
    for note in notes:
        text = NUMBER.sub("", PREFACE.sub("", note.strip()))
        says = SAYS.search(text)
        if not says:
            continue
        label = _label_of(text[: says.start()], labels)
        if not label:
            continue
        parts = split_answers(text[says.end() :], keep_codes)
        if parts:
            found[label] = parts
        elif "值" in says[0] or "选项" in says[0]:
            raise WanggeError("E3817", where, column=label)
    return found


def _label_of(words: str, labels: Sequence[str]) -> str:
    """The label a note begins with: the longest that stands in its first words."""
    key = normal_header(words)
    fits = [label for label in labels if normal_header(label) and normal_header(label) == key]
    return max(fits, key=len, default="")


def split_answers(text: str, keep_codes: bool = False) -> tuple[str, ...]:
    """The answers of a list in prose, codes before them taken off unless they are kept; empty where it is a sentence or
    cannot be split.

    The mark that stands most often parts the answers, so that an answer may hold another one.
    """
    text = text.strip().rstrip("。.；; ")
    mark = max(MARKS, key=lambda m: (text.count(m), -MARKS.index(m)))
    if not text.count(mark):
        coded = re.split(r"\s+(?=[0-9]{1,2}\s*[-.．、:：=])", text)
        parts = coded if len(coded) > 1 else []
    else:
        parts = text.split(mark)
    plain = [ALSO.sub("", part.strip() if keep_codes else CODE.sub("", part.strip())).strip() for part in parts]
    plain = [part for part in plain if part]
    if len(plain) < 2 or len(set(plain)) < len(plain) or any(len(part) > LONGEST for part in plain):
        return ()
    return tuple(plain)
