"""HTML and SVG out of values: whatever is not markup already is escaped, without what no page is to hold: characters
that drive a terminal or turn the direction of writing."""

import html
from collections.abc import Iterable
from typing import Any

from rag.cli.common import safe

_EMPTY = frozenset({"br", "hr", "input", "meta", "line", "rect", "path", "polyline"})


class Markup(str):
    """Text that is markup; anything else is escaped when it goes into a page."""

    __slots__ = ()


def el(name: str, /, *children: Any, **attributes: Any) -> Markup:
    """An element. A trailing underscore in an attribute's name is dropped (``class_``), others become hyphens; None
    and False leave the attribute out."""
    given = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{_escaped(_number(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _EMPTY:
        return Markup(f"<{name}{given}{'/' if name not in ('br', 'hr', 'input', 'meta') else ''}>")
    return Markup(f"<{name}{given}>{join(children)}</{name}>")


def join(children: Iterable[Any]) -> Markup:
    """Children one after another; None is nothing, lists are taken apart."""
    return Markup("".join(_child(child) for child in children))


def _child(child: Any) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return str(child)
    if isinstance(child, list | tuple):
        return join(child)
    return _escaped(str(child))


def _escaped(text: str) -> str:
    return html.escape(text if text.isprintable() else safe(text))


def _number(value: Any) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
