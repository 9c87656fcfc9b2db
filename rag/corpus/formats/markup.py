"""HTML and XML to trees of elements, without what may harm: entities, links, endless tags."""

from __future__ import annotations

import html
import re
from typing import Any

from rag.corpus.formats.encodings import decode
from rag.errors import CorpusError

# A document says its encoding in its first bytes (HTML standard, 13.2.3.2).
_DECLARED = re.compile(
    rb"""<(?:meta\b[^>]*\bcharset|\?xml\b[^>]*\bencoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I
)
_HEAD = 1024
# Names of characters that HTML knows and XML does not.
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w*;")
# A tag and its attributes (HTML standard, 13.2.5).
_ATTRIBUTE = re.compile(r"""=?[^\s/>=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?""")
_TAG = re.compile(rf"<[A-Za-z][^\s/>]*((?:[\s/]+|{_ATTRIBUTE.pattern})*+)")
# What parsers and trafilatura read in some seconds; a page of news has some thousand tags.
_MOST_TAGS = 50_000
_MOST_ATTRIBUTES = 250_000
_MOST_IN_A_TAG = 1_000


def declared_decode(data: bytes, declared: str | None = None) -> str:
    """The text of a document that may say its encoding; what ``declared`` says comes before that.

    Raises:
        CorpusError: it is empty, declares an unknown encoding, or is not in the one it should be.
    """
    if not data.strip():
        raise CorpusError("empty file")
    said = _DECLARED.search(data[:_HEAD])
    name = declared or (said[1].decode("ascii") if said else None)
    try:
        return decode(data, name)
    except UnicodeDecodeError as error:
        bad = f"byte 0x{data[error.start]:02x} at {error.start}"
        raise CorpusError(f"not {name or 'utf-8'}: {bad}") from error
    except LookupError as error:
        raise CorpusError(f"declares an unknown encoding, {name!r}") from error


def check_tags(text: str) -> None:
    """Refuse HTML that would keep a parser busy for minutes.

    Raises:
        CorpusError: it has too many tags or attributes.
    """
    attributes = 0
    for tags, tag in enumerate(_TAG.finditer(text), start=1):
        own = len(_ATTRIBUTE.findall(tag[1]))
        attributes += own
        if tags > _MOST_TAGS:
            raise CorpusError(f"more than {_MOST_TAGS:,} tags")
        if own > _MOST_IN_A_TAG or attributes > _MOST_ATTRIBUTES:
            raise CorpusError("too many attributes of tags")


def parse_html(text: str) -> Any:
    """The root of a page or a piece of one, or ``None`` where there is nothing in it.

    Raises:
        CorpusError: as :func:`check_tags`; or its elements are nested without end.
    """
    from lxml import etree

    check_tags(text)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise CorpusError("elements nested too deep")
    return root


def parse_xml(data: bytes) -> Any:
    """The root of an XML document; nothing outside it is loaded and no entity of its own expanded.

    Raises:
        lxml.etree.XMLSyntaxError: it is not well-formed.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(data, parser)


def parse_xhtml(text: str) -> Any:
    """The root of a page in XHTML, also of one that is not quite.

    Raises:
        CorpusError: as :func:`parse_html`.
    """
    from lxml import etree

    named = _NAMED.sub(lambda name: html.unescape(name[0]), text)
    try:
        return parse_xml(re.sub(r"^\s*<\?xml[^>]*\?>", "", named).encode("utf-8", "replace"))
    except etree.XMLSyntaxError:
        return parse_html(text)


def local_name(element: Any) -> str:
    """The name of an element without its namespace; empty for what is none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
