"""Our own engine, in any settings, asked as users ask it."""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.config import EngineConfig
from evals.datasets import Question
from evals.errors import AnswerError
from evals.fingerprint import code_version, digest, file_hash
from evals.systems.base import Document, Reply
from index.article import Article
from index.filters import Filters
from index.ranking import Weights
from index.search import Hit
from rag.answer import Found
from rag.bot import Bot
from rag.conversation import Conversation
from rag.relevance import Encoder
from rag.remembering import Remembering
from rag.settings import Settings, load

if TYPE_CHECKING:
    from rag.query_engine import NewsQuery

# Settings that say where things are, or hold secrets; what is there is hashed by itself.
_NOT_COUNTED = frozenset({"home", "database_url", "chroma_url", "model_cache", "llm_api_key", "embedding_api_key",
                          "llm_path", "embedding_path", "host", "port", "offline", "threads",
                          "allow_private_addresses", "auth"})  # fmt: skip
_DIGITS = 6
UNUSED = 14 * 24 * 3600.0


class EngineSystem:
    """A bot over a home of its own for each collection of articles, kept between runs and keyed by content."""

    def __init__(self, config: EngineConfig) -> None:
        self.name = config.name
        self._arms = config.arms
        self._settings = load(**config.settings)
        self._bot = Bot(self._settings)
        choice = self._bot.choice
        if choice.problem is not None:
            raise choice.problem
        self.parallel = config.parallel or (1 if choice.server is not None or choice.model is None else 4)

    def describe(self) -> dict[str, Any]:
        """The settings as resolved, the models by hash."""
        settings = {
            name: value
            for name, value in self._settings.model_dump(mode="json").items()
            if name not in _NOT_COUNTED and value is not None
        }
        choice = self._bot.choice
        return {
            "type": "engine",
            "engine": choice.name,
            "model_sha256": None if choice.server is None else file_hash(choice.server.weights),
            "embedding": self._bot.embedder.name,
            "settings": settings,
            "arms": self._arms,
        }

    def prepare(self, articles: Sequence[Article]) -> None:
        """Index the articles, unless a run before has."""
        self._bot.close()
        # Never the user's own library or index, wherever they are.
        own = {"home": home_of(articles, self._settings), "database_url": None, "chroma_url": None}
        self._bot = Bot(self._settings.model_copy(update=own))
        fill(self._bot, articles)

    def ask(self, question: Question) -> Reply:
        """`Bot.ask` with everything that the question comes with. Raises AnswerError if the model failed."""
        circumstances = _circumstances(question)
        answer = self._bot.ask(question.question, **circumstances)
        if answer.error is not None:
            raise AnswerError(answer.error)
        document = rounded(answer.to_json())
        timings = document.pop("timings", {})
        if (given := circumstances["articles"]) is not None:
            _rename(document, _own_ids(given, question))
        elif self._arms:
            document["arms"] = self._alone(document["standalone_question"], question)
        return Reply(document, timings)

    def _alone(self, query: str, question: Question) -> dict[str, list[str]]:
        """The articles that each arm finds, best first, an article for each of its passages."""
        filters = Filters.of(question.source, question.after, question.before)
        found = {}
        for arm, dense in (("dense", 1.0), ("lexical", 0.0)):
            weights = Weights(dense=dense, lead=0.0, time=0.0)
            hits = self._bot.index.search(query, self._settings.k, filters, weights=weights, second_look=False)
            found[arm] = [hit.passage.article_id for hit in hits]
        return found

    def find(self, question: Question) -> "NewsQuery":
        """What an answer would be written from; in the hits the question's own articles have their own ids."""
        circumstances = _circumstances(question)
        query = self._bot.find(question.question, **circumstances)
        ids = _own_ids(circumstances["articles"] or (), question)
        query.hits = [_with_id(hit, ids.get(hit.passage.article_id)) for hit in query.hits]
        return query

    @property
    def encoder(self) -> Encoder:
        """The embedding model, as the evidence is weighed with it."""
        return Remembering(self._bot.embedder.embed, getattr(self._bot.embedder, "encode", None))

    def search(self, question: Question, k: int) -> list[Found]:
        """The passages that our search finds, best first."""
        return self._bot.search(question.question, k, source=question.source, after=question.after,
                                before=question.before, as_of=question.as_of)  # fmt: skip

    def close(self) -> None:
        """End the model's server."""
        self._bot.close()


def _circumstances(question: Question) -> dict[str, Any]:
    """What `Bot.ask` takes beside the question itself."""
    turns = [(turn.question, turn.answer) for turn in question.conversation]
    return {
        "conversation": Conversation.of(turns) if turns else None,
        "source": question.source,
        "after": question.after,
        "before": question.before,
        "as_of": question.as_of,
        "articles": [as_given(article) for article in question.articles] if question.articles else None,
    }


def as_given(article: Article) -> dict[str, Any]:
    """An article as a line of JSON Lines."""
    entry = {
        "title": article.title,
        "text": article.text,
        "url": article.url,
        "source": article.source,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
    }
    return {key: value for key, value in entry.items() if value}


def given_id(entry: dict[str, Any], place: int) -> str:
    """The id under which the bot keeps the given article at `place`."""
    from index.loaders.jsonl import article_of

    return article_of(dict(entry), f"given:{place}").article_id


def rounded(value: Any) -> Any:
    """`value` with its numbers to six digits: a model on several cores adds in no fixed order, and the last bits
    differ from run to run."""
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one) for one in value]
    return value


def _with_id(hit: Hit, article_id: str | None) -> Hit:
    return hit if article_id is None else replace(hit, passage=replace(hit.passage, article_id=article_id))


def _own_ids(given: Sequence[dict[str, Any]], question: Question) -> dict[str, str]:
    """From the bot's ids of the given articles to those that the question knows."""
    return {given_id(entry, i): question.articles[i].article_id for i, entry in enumerate(given)}


def _rename(document: Document, ids: dict[str, str]) -> None:
    for part in ("citations", "passages"):
        for entry in document[part]:
            entry["article_id"] = ids.get(entry["article_id"], entry["article_id"])


def home_of(articles: Sequence[Article], settings: Settings) -> Path:
    """Where the index of just these articles is kept: the user's cache, under a hash of the articles, the embedding
    model and the indexing code."""
    import platformdirs

    name = digest([sorted((a.article_id, a.version) for a in articles), settings.embedding, code_version(("index",))])
    return platformdirs.user_cache_path("article-rag", appauthor=False) / "evals" / name[:20]


def fill(bot: Bot, articles: Sequence[Article]) -> None:
    """Put the articles into the bot's library and index them, once; a home that was left half filled is filled."""
    home = bot.settings.home
    done = home / "complete"
    with _alone(home):
        if done.exists():
            done.touch()  # still used
        else:
            _forget(home.parent)
            home.mkdir(parents=True, exist_ok=True)
            for _ in bot.library.put_many(articles):
                continue
            bot.index.bring_up_to_date()
            done.touch()


def _forget(folder: Path) -> None:
    """Remove the homes that no run has used for a fortnight."""
    for done in folder.glob("*/complete"):
        if time.time() - done.stat().st_mtime > UNUSED:
            shutil.rmtree(done.parent, ignore_errors=True)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    from filelock import FileLock

    home.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(home.with_name(f"{home.name}.lock")):
        yield
