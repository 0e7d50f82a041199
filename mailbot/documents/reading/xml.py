"""Parses a stranger's XML: no entities, no DTD, no network, and names without their namespace."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

NO_MEMORY = 2
"""libxml2's XML_ERR_NO_MEMORY, which lxml calls an error of syntax."""


def parse_xml(content: bytes) -> etree._Element:
    """The root element. Raises lxml's XMLSyntaxError where the content is no XML; MemoryError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) == NO_MEMORY:
            raise MemoryError from error
        raise


def local(element: etree._Element) -> str:
    """The element's name without its namespace (strict OOXML differs only there); "" for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element | None, name: str) -> str | None:
    """The attribute of that name in any namespace; None where there is no element."""
    if element is not None:
        for key, value in element.items():
            if str(key).rpartition("}")[2] == name:
                return str(value)
    return None


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of that name; None where there is no element."""
    if element is not None:
        # Cheaper than lxml's own search, since it is nearly always the first or second.
        for one in element:
            if local(one) == name:
                return one
    return None


def by_name(element: etree._Element | None) -> dict[str, etree._Element]:
    """The children by their names, the first of each; none where there is no element."""
    return {local(one): one for one in reversed(element)} if element is not None else {}


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Every child of that name."""
    return element.iterchildren(f"{{*}}{name}")


def inside(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Every descendant of that name."""
    return element.iter(f"{{*}}{name}")


def switched_on(element: etree._Element | None) -> bool:
    """A Word on/off property: present and not `0`, `false`, `none` or `off`."""
    return element is not None and (attribute(element, "val") or "1").lower() not in {"0", "false", "none", "off"}
