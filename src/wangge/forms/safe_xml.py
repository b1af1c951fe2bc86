"""XML from outside as a tree: no DTD, no entities, no depth and no size that a form or a submission never has."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from lxml import etree

from wangge.base.errors import WanggeError

MOST_BYTES = 10_000_000
MOST_DEPTH = 60
MOST_NODES = 200_000


class _Measure:
    """Sees every element go by and keeps none: stops where a tree would be too deep or too big."""

    def __init__(self) -> None:
        self.depth = self.nodes = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.nodes += 1
        if self.depth > MOST_DEPTH or self.nodes > MOST_NODES:
            raise WanggeError("E3838", reason=f"deeper than {MOST_DEPTH} or more than {MOST_NODES} elements")

    def end(self, tag: str) -> None:
        self.depth -= 1

    def close(self) -> None:
        return None


def parse_xml(raw: bytes) -> Any:
    """The root element (lxml), names with their namespaces. E3838 where it is no XML, or XML as nobody honest sends it."""
    if len(raw) > MOST_BYTES:
        raise WanggeError("E3838", reason=f"over {MOST_BYTES // 1_000_000} MB")
    try:
        watch = DefusedXMLParser(target=_Measure(), forbid_dtd=True)
        watch.feed(raw)
        watch.close()
        quiet = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)  # fmt: skip
        return etree.fromstring(raw, quiet)
    except DefusedXmlException as why:
        raise WanggeError("E3838", reason="DTD or entities") from why
    except (ParseError, etree.XMLSyntaxError, LookupError, ValueError) as why:
        raise WanggeError("E3838", reason="not well-formed") from why


def local(node: Any) -> str:
    """An element's name without its namespace."""
    return str(etree.QName(node).localname)
