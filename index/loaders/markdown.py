"""Markdown: front matter to fields, the rest to plain readable text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.loaders.decode import decode
from index.loaders.draft import Draft
from index.loaders.fragment import fragment_text
from index.loaders.guard import parsing, read_capped

if TYPE_CHECKING:
    import yaml
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_PLAIN_LINE = re.compile(r"([A-Za-z_][\w -]{0,60}):[ \t]+(.+)")
_MAX_FRONT_MATTER = 64_000
_DELIMITERS = re.compile(r"[\[\]*_`<!~]")
_MOST_IN_LINE, _MOST_IN_BLOCK = 3_000, 20_000
_BLANK = re.compile(r"\n[ \t]*\n")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_RAW_OPEN = re.compile(r"<(script|style|template|noscript)\b", re.IGNORECASE)
_RAW_CLOSE = re.compile(r"</(script|style|template|noscript)\b", re.IGNORECASE)


def load_markdown(path: Path) -> Draft:
    """The article in a Markdown file, its front matter (YAML) as fields."""
    with parsing("Markdown"):
        return markdown_draft(decode(read_capped(path)))


def markdown_draft(markdown: str) -> Draft:
    """The article written in `markdown`, its front matter (YAML) as fields."""
    fields, body = _split(markdown)
    heading, text = plain_text(body)
    kept = {key: value for key, value in fields.items() if key not in {"text", "body", "content"}}
    return titled(Draft(text=text).with_fields(kept), heading)


def titled(draft: Draft, heading: str | None) -> Draft:
    """`draft` with the leading `heading` of its text as its title, if it has none.

    A leading heading that only repeats the title is left out of the text.
    """
    draft = replace(draft, title=draft.title or heading)
    if heading and draft.title and _folded(heading) == _folded(draft.title):
        rest = draft.text.removeprefix(heading).lstrip()
        draft = replace(draft, text=rest or draft.text)
    return draft


def plain_text(markdown: str) -> tuple[str | None, str]:
    """The leading heading of level 1, if the text begins with one, and the whole as plain text.

    Headings, list items, table rows and lines of code are lines; links are their text; images
    and raw HTML tags are left out. Blocks are divided by a blank line. Text with so many marks in
    one place that parsing would take for ever is taken as it is.
    """
    from markdown_it import MarkdownIt

    if _is_hostile(markdown):
        return None, markdown
    tokens = MarkdownIt("commonmark", {"maxNesting": 60}).enable(["table", "strikethrough"]).parse(markdown)
    heading = None
    if len(tokens) > 1 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        heading = " ".join(_inline(tokens[1].children or ()).split()) or None
    return heading, "".join(_blocks(tokens)).strip()


def _is_hostile(markdown: str) -> bool:
    """Whether a line or a block holds so many delimiters that parsing, quadratic in them, would not end."""
    if any(
        len(_DELIMITERS.findall(line)) > _MOST_IN_LINE for line in markdown.splitlines() if len(line) > _MOST_IN_LINE
    ):
        return True
    blocks = (block for block in _BLANK.split(markdown) if len(block) > _MOST_IN_BLOCK)
    return any(len(_DELIMITERS.findall(block)) > _MOST_IN_BLOCK for block in blocks)


def _split(markdown: str) -> tuple[Mapping[object, object], str]:
    match = _FRONT_MATTER.match(markdown)
    if not match or len(match[1]) > _MAX_FRONT_MATTER:
        return {}, markdown
    fields = _yaml(match[1])
    return (fields, markdown[match.end() :]) if fields is not None else ({}, markdown)


def _yaml(text: str) -> Mapping[object, object] | None:
    """The mapping in `text`, or None; read line by line when it is not strict YAML (``title: A: b``)."""
    import yaml

    try:
        value = yaml.load(text, _loader())  # noqa: S506 (a safe one)
    except (yaml.YAMLError, ValueError, RecursionError):
        lines = [match for line in text.splitlines() if (match := _PLAIN_LINE.fullmatch(line.rstrip()))]
        return {match[1]: _value(match[2]) for match in lines} or None
    if value is None:
        return {}
    return value if isinstance(value, dict) else None


@cache
def _loader() -> "type[yaml.SafeLoader]":
    import yaml

    class Loader(yaml.SafeLoader):
        """Refuses aliases: a few lines of them grow to gigabytes."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("an alias")
            return super().compose_node(parent, index)

    return Loader


def _value(text: str) -> object:
    import yaml

    try:
        value = yaml.load(text, _loader())  # noqa: S506 (a safe one)
    except (yaml.YAMLError, ValueError, RecursionError):
        value = None
    return text.strip("\"' ") if value is None or isinstance(value, dict) else value


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _blocks(tokens: Sequence["Token"]) -> Iterator[str]:
    lists: list[int | None] = []  # the next number of each open ordered list, None for a bullet list
    prefix = ""
    cells: list[str] | None = None  # of the open table row
    for token in tokens:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None)
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
                if not lists:
                    yield "\n"
            case "list_item_open":
                number = lists[-1]
                prefix = "  " * (len(lists) - 1) + ("- " if number is None else f"{number}. ")
                lists[-1] = None if number is None else number + 1
            case "tr_open":
                cells = []
            case "tr_close":
                if cells and any(cells):
                    yield " | ".join(cells) + "\n"
                cells = None
            case "table_close":
                yield "\n"
            case "inline" if cells is not None:
                cells.append(" ".join(_inline(token.children or ()).split()))
            case "inline":
                text = _inline(token.children or ())
                yield f"{prefix}{text}\n" if lists else f"{text}\n\n"
                prefix = "  " * len(lists)
            case "fence" | "code_block":
                yield f"{token.content.rstrip()}\n\n"
            case "html_block":
                if text := fragment_text(token.content):
                    yield f"{text}\n\n"
            case _:
                pass


def _inline(tokens: Sequence["Token"]) -> str:
    parts: list[str] = []
    raw: str | None = None  # the open raw-text element, whose content is not prose
    for token in tokens:
        if token.type == "html_inline":
            if raw is None and (opened := _RAW_OPEN.match(token.content)):
                raw = opened[1].lower()
            elif raw is not None and (closed := _RAW_CLOSE.match(token.content)) and closed[1].lower() == raw:
                raw = None
            elif _BREAK.fullmatch(token.content):
                parts.append("\n")
        elif raw is not None or token.type == "image":
            continue
        elif token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
        else:
            parts.append(token.content)
    return "".join(parts).strip()
