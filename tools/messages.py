"""Translations without gettext's tools: find every string, keep the catalogues, draft Traditional Chinese, compile.

    python tools/messages.py update    strings of code and templates into locale/*/LC_MESSAGES/django.po
    python tools/messages.py compile   django.po -> django.mo (git-ignored)
    python tools/messages.py check     exit 1 when a string is missing, untranslated, out of date or has other placeholders

Source strings are Simplified Chinese. Traditional is drafted by OpenCC (Taiwan words) with the small glossary below and
may be corrected by hand; English is written by hand.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
CODE, LOCALE = ROOT / "src" / "wangge_server", ROOT / "src" / "wangge_server" / "locale"
WHOLE = {"列": "欄", "行": "列"}
LANGUAGES = {"en": "nplurals=2; plural=(n != 1);", "zh_Hant": "nplurals=1; plural=0;"}
ONE, MANY = {"_", "gettext", "gettext_lazy", "gettext_noop"}, {"ngettext", "ngettext_lazy"}
TOLD_APART = {"pgettext", "pgettext_lazy"}  # the same word with a context: 网格 the brand, 网格 one grid
MARK = "\x04"  # what gettext itself puts between context and string
_LITERAL = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
TEMPLATE_CALL = re.compile(rf"(?<!\w)(_|gettext|ngettext|pgettext)\(\s*({_LITERAL}(?:\s*,\s*{_LITERAL})?)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
# Words that OpenCC would get wrong: in a table 行 is 列 and 列 is 欄 in Traditional; the rest follows errors.toml.
GLOSSARY = (
    ("文件行号", "檔案列號"), ("暂存行", "暫存列"), ("合格行", "合格列"), ("行号", "列號"), ("行数", "列數"), ("收到的行", "收到的列"),
    ("每一行", "每一列"), ("整行", "整列"), ("任何行", "任何列"), ("一行不少", "一列不少"), ("单列一行", "單獨列出一列"), ("仅此一行", "僅此一列"),
    ("名单行", "名單列"), ("s 行", "s 列"), ("d 行", "d 列"), ("各列", "各欄"), ("的列（", "的欄（"), ("的列不", "的欄不"), ("列名", "欄名"), ("删列", "刪欄"),
    ("、列和", "、欄和"), ("信封", "信封"), ("信访", "信訪"), ("台账", "台帳"), ("网格", "網格"), ("登录", "登入"), ("退出登录", "登出"), ("落格", "落格"),
    ("数据主管", "資料主管"), ("发布", "發布"), ("复核", "複核"), ("签发", "簽發"), ("时间", "時間"), ("研判", "研判"), ("公安", "公安"), ("病例", "病例"),
    ("方案", "方案"), ("大屏", "大螢幕"), ("账号", "帳號"), ("里", "裡"), ("核实", "核實"),
    ("社区", "社區"), ("代码", "代碼"), ("查看", "查看"), ("查找", "查找"), ("对象", "對象"), ("后台", "後台"), ("运行", "運行"), ("类型", "類型"),
    ("收件箱", "收件匣"),
)  # fmt: skip


@dataclass
class Found:
    """A string, its plural where it has one, and the files it stands in."""

    plural: str = ""
    files: set[str] = field(default_factory=set)


def extract() -> dict[str, Found]:
    """All strings of code, templates and the dictionary. -> {msgid, or context MARK msgid: Found}"""
    found: dict[str, Found] = {}
    for msgid, plural, file in (*_python(), *_templates(), *_dictionary()):
        entry = found.setdefault(msgid, Found())
        entry.plural = entry.plural or plural
        entry.files.add(file)
    return found


def _python() -> Iterator[tuple[str, str, str]]:
    for path in sorted(CODE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ONE | MANY | TOLD_APART
            ):
                words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                if words and node.func.id in TOLD_APART:
                    yield MARK.join(words[:2]), "", _name(path)
                elif words:
                    plural = words[1] if node.func.id in MANY and len(words) > 1 else ""
                    yield words[0], plural, _name(path)


def _templates() -> Iterator[tuple[str, str, str]]:
    from django.utils.translation.template import templatize

    for path in sorted(CODE.rglob("templates/**/*.html")):
        for name, words in TEMPLATE_CALL.findall(templatize(path.read_text("utf-8"))):
            parts = ast.literal_eval(f"({words},)")
            if name == "pgettext":
                yield MARK.join(parts), "", _name(path)
            else:
                yield parts[0], parts[1] if name == "ngettext" and len(parts) > 1 else "", _name(path)


def _dictionary() -> Iterator[tuple[str, str, str]]:
    """Names of data elements: shown for columns of lists."""
    from wangge.dictionary import elements

    for element in elements().values():
        if not element.banned:
            yield element.zh, "", "src/wangge/dictionary/elements"


@cache
def _english() -> dict[str, str]:
    """English names of data elements, as the dictionary gives them."""
    from wangge.dictionary import elements

    return {e.zh: e.en for e in elements().values()}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def catalogue(language: str) -> polib.POFile:
    """The kept catalogue of a language, or an empty one."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if path.exists():
        return polib.pofile(str(path), wrapwidth=120)
    book = polib.POFile(wrapwidth=120)
    book.metadata = {
        "Project-Id-Version": "wangge", "Language": language, "MIME-Version": "1.0", "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit", "Plural-Forms": LANGUAGES[language],
    }  # fmt: skip
    return book


def update() -> int:
    """Bring both catalogues up to date: new strings in, gone strings out, Traditional drafted."""
    found = extract()
    for language in LANGUAGES:
        book = catalogue(language)
        kept = {_key(entry): entry for entry in book}
        book[:] = [_entry(key, one, kept.get(key), language) for key, one in sorted(found.items())]
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(str(path))
        print(f"{language}: {len(book)} strings, {len(book.untranslated_entries())} untranslated")
    return 0


def _key(entry: polib.POEntry) -> str:
    return f"{entry.msgctxt}{MARK}{entry.msgid}" if entry.msgctxt else str(entry.msgid)


def _entry(key: str, one: Found, kept: polib.POEntry | None, language: str) -> polib.POEntry:
    *context, msgid = key.split(MARK)
    entry = kept or polib.POEntry(msgid=msgid, msgctxt=context[0] if context else None)
    entry.occurrences = [(file, "") for file in sorted(one.files)]
    entry.msgid_plural = one.plural
    if "%(" in msgid and "python-format" not in entry.flags:
        entry.flags.append("python-format")
    if language == "en" and not entry.translated() and msgid in _english():
        entry.msgstr = _english()[msgid]
    if language == "zh_Hant" and not entry.translated():
        if one.plural:
            entry.msgstr_plural = {0: traditional(msgid)}
        else:
            entry.msgstr = traditional(msgid)
    return entry


def traditional(text: str) -> str:
    """A draft in Traditional characters and Taiwan words; glossary first, so that OpenCC cannot undo it."""
    from opencc import OpenCC

    if text in WHOLE:
        return WHOLE[text]
    marks = {}
    for number, (simplified, wanted) in enumerate(GLOSSARY):
        if simplified in text:
            mark = chr(0xE000 + number)
            text, marks[mark] = text.replace(simplified, mark), wanted
    text = OpenCC("s2twp").convert(text)
    for mark, wanted in marks.items():
        text = text.replace(mark, wanted)
    return text.replace("“", "「").replace("”", "」")


def compile_all() -> int:
    """django.po -> django.mo."""
    for language in LANGUAGES:
        catalogue(language).save_as_mofile(str(LOCALE / language / "LC_MESSAGES" / "django.mo"))
    return 0


def faults() -> list[str]:
    """What is wrong with the catalogues, a line each; nothing when all is well."""
    found, lines = extract(), []
    for language in LANGUAGES:
        kept = {_key(entry): entry for entry in catalogue(language)}
        lines += [f"{language}: not in the catalogue: {m}" for m in found.keys() - kept.keys()]
        lines += [f"{language}: no longer in the code: {m}" for m in kept.keys() - found.keys()]
        for entry in kept.values():
            said = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
            if not said or not all(said) or "fuzzy" in entry.flags:
                lines.append(f"{language}: untranslated: {entry.msgid}")
            elif any(set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(entry.msgid)) for text in said):
                lines.append(f"{language}: other placeholders: {entry.msgid}")
    return sorted(lines)


def check() -> int:
    """Print the faults. -> 1 when there are any"""
    lines = faults()
    print("\n".join(lines) or "catalogues are complete")
    return 1 if lines else 0


if __name__ == "__main__":
    acts = {"update": update, "compile": compile_all, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in acts:
        sys.exit(__doc__)
    import django
    from django.conf import settings

    settings.configure()
    django.setup()
    sys.path.insert(0, str(ROOT / "src"))
    sys.exit(acts[sys.argv[1]]())
