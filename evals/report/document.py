"""A self-contained page: style and script stand in it, and its content security policy lets it fetch nothing."""

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources

from evals.report.markup import Markup, el


def document(title: str, sections: Sequence[Markup]) -> str:
    """A page of sections with our style and script in it, and a policy that lets it fetch nothing."""
    style, script = _asset("style.css"), _asset("script.js")
    head = [
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy()),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="generator", content="article-rag"),
        el("title", title),
        el("style", Markup(style)),
    ]
    body = [el("h1", title), *sections, el("script", Markup(script))]
    return f"<!doctype html>\n{el('html', el('head', head), el('body', body), lang='en')}\n"


def policy() -> str:
    """The content security policy of a report: its own style and script, and nothing from anywhere."""
    digest = base64.b64encode(hashlib.sha256(_asset("script.js").encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
