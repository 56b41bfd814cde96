"""Web pages: the article's text and what the page says about it, by trafilatura."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from index.addresses import canonical_address, same_site
from index.errors import RefusedContent, UnreadableSource
from index.loaders.dates import parse_date
from index.loaders.decode import decode
from index.loaders.draft import Draft
from index.loaders.guard import parsing, read_capped
from index.loaders.refusal import notice, too_little

_TAG = re.compile(r"<(?:!doctype\s+html|html|head|body|article|main|div|p|h1|span|table|title|meta)\b", re.IGNORECASE)
MAX_HTML = 16_000_000
_TELLING = 200  # characters from which the language is read from the text
_SPACE = re.compile(r"\s+")


def load_html(path: Path) -> Draft:
    """The article in a saved web page. Raises `RefusedContent` for a consent page, an error, a paywall's teaser."""
    html = decode(read_capped(path))
    draft = html_draft(html)
    if reason := notice(html, draft, draft.url):
        raise RefusedContent(reason)
    return draft


def page_draft(html: str, address: str) -> Draft:
    """The article in the page `html` read from the web at `address`.

    Raises `RefusedContent` for a page that is none: consent, an error, a paywall's teaser, too little text.
    """
    draft = html_draft(html, address)
    if reason := notice(html, draft, address) or too_little(html, draft):
        raise RefusedContent(reason)
    return draft


def html_draft(html: str, address: str | None = None) -> Draft:
    """The article in the page `html`, read at `address` if it comes from the web.

    Text is empty when the page holds no article. Raises `UnreadableSource` for what is not HTML.
    """
    if len(html) > MAX_HTML:
        raise UnreadableSource(f"the page is longer than {MAX_HTML // 10**6} million characters")
    if not _TAG.search(html[:100_000]):
        raise UnreadableSource("its content is not HTML")
    from trafilatura import bare_extraction
    from trafilatura.settings import Extractor
    from trafilatura.utils import load_html as parse

    with parsing("HTML"):
        tree = parse(html)
        if tree is None:
            raise UnreadableSource("its content is not HTML")
        declared = str(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
        moments = list(_moments(tree))
        options = Extractor(comments=False, tables=True, with_metadata=True, url=address)
        options.date_params["extensive_search"] = False  # any date on the page is worse than none
        page: Any = bare_extraction(tree, url=address, options=options)
        if page is None:
            return Draft(text="", url=address)
        title = _spaced(page.title)
        blocks = list(_blocks(page.body)) if page.body is not None else []
        if len(blocks) > 1 and title and _spaced(blocks[0]).casefold() == title.casefold():
            del blocks[0]
        return Draft(
            text="\n\n".join(blocks),
            title=title or None,
            source=_spaced(page.sitename) or None,
            url=_url(page.url, address),
            published=_exact(page.date, moments),
            authors=tuple(filter(None, map(_spaced, (page.author or "").split(";")))),
            # What a template declares is believed where the text is too short to tell.
            language=declared if sum(map(len, blocks)) < _TELLING else None,
            metadata={"description": text} if (text := _spaced(page.description)) else {},
        )


def _spaced(text: str | None) -> str:
    return _SPACE.sub(" ", text or "").strip()


def _url(canonical: str | None, address: str | None) -> str | None:
    """The page's own canonical link, believed only where it stays on the site that was read."""
    found = canonical_address(canonical) if canonical else None
    if address is None:
        return found
    return found if found and same_site(found, address) else canonical_address(address)


def _blocks(body: Any) -> Iterator[str]:
    """The text of trafilatura's tree: one block for each paragraph, heading, list, table, quote."""
    loose: list[str] = [body.text or ""]
    for child in body:
        if not isinstance(child.tag, str):
            continue
        inline = child.tag in {"hi", "ref", "del", "lb"}
        if inline:
            loose.append("\n" if child.tag == "lb" else _text(child))
        else:
            if text := "".join(loose).strip():
                yield text
            loose = []
            if text := _block(child):
                yield text
        loose.append(child.tail or "")
    if text := "".join(loose).strip():
        yield text


def _block(element: Any) -> str:
    match element.tag:
        case "list":
            items = (_spaced(_text(item)) for item in element.iter("item") if not _has_inner_list(item))
            return "\n".join(f"- {item}" for item in items if item)
        case "table":
            rows = ([_spaced(_text(cell)) for cell in row.iter("cell")] for row in element.iter("row"))
            return "\n".join(" | ".join(row) for row in rows if any(row))
        case "quote" | "div" | "blockquote":
            return "\n\n".join(_blocks(element))
        case "graphic":
            return ""
        case _:
            return "\n".join(filter(None, map(_spaced, _text(element).splitlines())))


def _has_inner_list(item: Any) -> bool:
    return item.find(".//item") is not None


def _text(element: Any) -> str:
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            parts.append("\n" if child.tag == "lb" else _text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _exact(day: str | None, moments: list[str]) -> str | None:
    """The time of publication that the page states, where it agrees with the day that was found."""
    found = parse_date(day)
    for moment in moments:
        stated = parse_date(moment)
        if stated and (found is None or abs(stated - found) < timedelta(days=2)):
            return moment
    return day


def _moments(tree: Any) -> Iterator[str]:
    """Times of publication as pages state them for machines, the most specific first."""
    for name in ("article:published_time", "og:article:published_time", "datePublished", "parsely-pub-date"):
        for element in tree.xpath("//meta[@property=$name or @name=$name or @itemprop=$name]/@content", name=name)[:3]:
            yield str(element)
    for script in tree.xpath("//script[@type='application/ld+json']/text()")[:20]:
        try:
            yield from _published(json.loads(str(script)), 0)
        except (ValueError, RecursionError):
            continue  # broken JSON-LD is common, and only one of several places to look


def _published(node: object, depth: int) -> Iterator[str]:
    if isinstance(node, dict) and depth < 5:
        if isinstance(value := node.get("datePublished"), str):
            yield value
        for child in node.values():
            yield from _published(child, depth + 1)
    elif isinstance(node, list) and depth < 5:
        for child in node[:50]:
            yield from _published(child, depth + 1)
