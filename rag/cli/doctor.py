"""`rag doctor`: every setting and where it came from, and whether each part works."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from index.errors import ArticleRagError
from rag.cli.common import json_option, print_json

if TYPE_CHECKING:
    from rag.bot import Bot
    from rag.llm.model import LanguageModel
    from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says. `remedy` is what to do unless `ok`."""

    name: str
    ok: bool
    message: str
    remedy: str = ""


@click.command(epilog="Example: rag doctor")
@json_option
def doctor(as_json: bool) -> None:
    """Print each setting with where it came from, and check that everything works."""
    from pydantic import SecretStr

    from rag.settings import Settings, gather

    settings, origins = gather()
    rows = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        shown = "(hidden)" if isinstance(value, SecretStr) else value
        rows[name] = {"value": None if shown is None else str(shown), "from": origins.get(name, "default")}
    findings = list(_findings(settings))
    if as_json:
        checks = [{"name": f.name, "ok": f.ok, "message": f.message, "remedy": f.remedy or None} for f in findings]
        print_json({"settings": rows, "checks": checks})
    else:
        for name, row in rows.items():
            click.echo(f"{name:<24} {row['value'] if row['value'] is not None else '–':<44} {row['from']}")
        click.echo()
        for finding in findings:
            click.echo(f"{'ok  ' if finding.ok else 'FAIL'} {finding.name}: {finding.message}")
            if not finding.ok and finding.remedy:
                click.echo(f"     → {finding.remedy}")
    if not all(finding.ok for finding in findings):
        raise click.exceptions.Exit(1)


def _findings(settings: "Settings") -> Iterator[Finding]:
    from rag.bot import Bot

    with Bot(settings) as bot:
        yield _try("home", lambda: _home(settings), "set RAG_HOME to a folder that you can write to")
        yield _try("library", lambda: f"{bot.library.count()} articles", "check RAG_HOME or RAG_DATABASE_URL")
        yield _try("embedding model", lambda: _embedding(bot), "rag models fetch all-minilm-l6-v2")
        if settings.rerank:
            yield _try("reranker", lambda: _reranker(bot), "pip install 'article-rag[rerank]', or unset RAG_RERANK")
        yield _try("index", lambda: _index(bot), "rag index, or rag index --rebuild")
        yield _try(
            "language model", lambda: _language_model(bot), "check RAG_LLM, RAG_LLM_BASE_URL and RAG_LLM_API_KEY"
        )


def _try(name: str, check: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(name, True, check())
    except (ArticleRagError, OSError) as error:
        return Finding(name, False, str(error), remedy)


def _home(settings: "Settings") -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.home, os.W_OK):
        raise PermissionError(f"{settings.home} cannot be written to")
    return str(settings.home)


def _embedding(bot: "Bot") -> str:
    (vector,) = bot.embedder.embed(["one sentence"])
    return f"{bot.embedder.name}, {len(vector)} dimensions"


def _reranker(bot: "Bot") -> str:
    assert bot.reranker is not None
    (score,) = bot.reranker.scores("a question", ["one sentence"])
    return f"{bot.reranker.name}, {score:.2f} for a sentence that does not fit"


def _index(bot: "Bot") -> str:
    status = bot.index.status()
    owner = f"; owned by {status.owner}" if status.owner else ""
    behind = "" if status.fresh else f"; {status.library_change - status.change} changes behind, run: rag index"
    return f"{status.passages} passages of {status.articles} articles{owner}{behind}"


def _language_model(bot: "Bot") -> str:
    """Really asks it for a word: a wrong key shows nowhere else."""
    import asyncio

    choice = bot.choice
    if choice.problem is not None:
        raise choice.problem
    if choice.model is not None:
        asyncio.run(_one_word(choice.model))
    return choice.why


async def _one_word(model: "LanguageModel") -> None:
    await model.complete([{"role": "user", "content": "Say OK."}], max_tokens=4)
    await model.close()
