"""HTML that is safe by construction: text is escaped unless it is already `Html`."""

import html
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

Attribute = str | int | bool | None


class Html(str):
    """Text that is HTML already. Only `tag` and `join` make it."""

    __slots__ = ()


def escape(text: str) -> Html:
    """The text as HTML that shows it."""
    return text if isinstance(text, Html) else Html(html.escape(text, quote=True))


def join(*parts: str | None) -> Html:
    """The parts one after another; None is nothing."""
    return Html("".join(escape(part) for part in parts if part is not None))


def separated(parts: Sequence[str], by: str = " · ") -> list[str]:
    """The parts with `by` between them."""
    return [each for i, part in enumerate(parts) for each in ((by, part) if i else (part,))]


def tag(name: str, *content: str | None, **attributes: Attribute) -> Html:
    """An element. ``class_="a"`` is ``class="a"``, ``aria_label`` is ``aria-label``.

    An attribute that is True stands alone, one that is False or None is left out.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{html.escape(str(value), quote=True)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{name}{written}>{join(*content)}</{name}>")


def link(url: str | None, text: str | None = None) -> Html | None:
    """A link to a page in the web, in a tab of its own; None for an address of any other kind."""
    host = web_host(url)
    if url is None or host is None:
        return None
    return tag("a", text or host, href=url.strip(), target="_blank", rel="noopener noreferrer", class_="out")


def web_host(url: str | None) -> str | None:
    """The host of an http or https address without ``www.``; None for anything else."""
    try:
        parts = urlsplit((url or "").strip())
        host = parts.hostname
    except ValueError:  # brackets that are no IPv6 address
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return host.removeprefix("www.")


def day(published: str | date | None) -> str | None:
    """``27 March 2024``; None without a date."""
    value = _date(published)
    return None if value is None else f"{value.day} {value:%B %Y}"


def age(published: str | date | None, today: date) -> str | None:
    """How old something is: ``today``, ``5 days ago``, ``3 years ago``. None without a date, or for one to come."""
    value = _date(published)
    if value is None or value > today:
        return None
    days = (today - value).days
    if days < 2:
        return "yesterday" if days else "today"
    months = (today.year - value.year) * 12 + today.month - value.month - (today.day < value.day)
    if days < 14:
        return f"{days} days ago"
    if months < 2:
        return f"{days // 7} weeks ago"
    if months < 24:
        return f"{months} months ago" if months < 12 else "a year ago"
    return f"{months // 12} years ago"


def _date(published: str | date | None) -> date | None:
    if published is None or isinstance(published, date):
        return published
    try:
        return date.fromisoformat(published[:10])
    except ValueError:
        return None
