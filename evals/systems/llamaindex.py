"""LlamaIndex as it comes: `CitationQueryEngine` over the default retriever of its `VectorStoreIndex`.

The embedding model is ours and the language model is the one that our engine uses, so that what differs is what
stands between. Needs the extra ``baselines``.
"""

import importlib.util
import os
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from evals.config import LlamaIndexConfig
from evals.datasets import Question
from evals.errors import AnswerError, ConfigurationError
from evals.fingerprint import file_hash
from evals.prose import sounds_like_refusal
from evals.systems.base import Reply
from evals.systems.documents import Shown, document_of
from index.article import Article
from rag.embedder import LocalEmbedder
from rag.llm.choose import LOCAL_TIMEOUT
from rag.settings import LOCAL_MODELS, Settings, load

if TYPE_CHECKING:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import LLM

    from rag.llm.local import LocalServer

ANSWER_TOKENS = 256


class LlamaIndexSystem:
    """Plain LlamaIndex. It has no field that says that it abstains: that is read from its prose, and said so."""

    def __init__(self, config: LlamaIndexConfig) -> None:
        if not _installed("llama_index.llms.openai_like"):
            raise ConfigurationError("the LlamaIndex baseline needs: pip install 'article-rag[baselines]'")
        self.name = config.name
        self.parallel = config.parallel or (1 if config.base_url is None else 4)
        self._config = config
        self._settings: Settings = load(llm="local" if config.model is None else None)
        self._server: LocalServer | None = None
        if config.base_url is None:
            from rag.llm.choose import choose

            chosen = choose(load(llm=config.model if config.model in LOCAL_MODELS else "local"))
            if chosen.problem is not None:
                raise chosen.problem
            self._server = chosen.server
        self._index: VectorStoreIndex | None = None
        self._articles: dict[str, Article] = {}
        self._lock = threading.Lock()

    def describe(self) -> dict[str, Any]:
        """The library's version, the models, the settings that are not the library's own."""
        from importlib.metadata import version

        from index.minilm import NAME

        return {
            "type": "llamaindex",
            "version": version("llama-index-core"),
            "embedding": NAME,
            "model": self._config.model or LOCAL_MODELS[0],
            "base_url": self._config.base_url,
            "model_sha256": None if self._server is None else file_hash(self._server.weights),
            "context_window": self._config.context_window,
            "top_k": self._config.top_k,
            "abstention": "from the prose",
        }

    def prepare(self, articles: Sequence[Article]) -> None:
        """Index the articles in memory, with the library's own splitter."""
        self._articles = {article.article_id: article for article in articles}
        self._index = self._indexed(articles) if articles else None

    def _indexed(self, articles: Sequence[Article]) -> "VectorStoreIndex":
        from llama_index.core import Document, VectorStoreIndex

        documents = [
            Document(
                text=article.text,
                doc_id=article.article_id,
                metadata={
                    "title": article.title,
                    "source": article.source or "",
                    "published": article.published.date().isoformat() if article.published else "",
                },
            )
            for article in articles
        ]
        return VectorStoreIndex.from_documents(documents, embed_model=self._embedding())

    def _embedding(self) -> "BaseEmbedding":
        from index.llama_embedding import LlamaIndexEmbedding

        return LlamaIndexEmbedding(LocalEmbedder(self._settings))

    def _llm(self) -> "LLM":
        from llama_index.llms.openai_like import OpenAILike  # type: ignore[import-untyped]

        variable = self._config.api_key_variable
        local = self._server is not None
        llm: LLM = OpenAILike(
            model=self._config.model or LOCAL_MODELS[0],
            api_base=self._server.address() if self._server is not None else self._config.base_url,
            api_key=self._server.key if self._server is not None else os.environ.get(variable or "", "none"),
            is_chat_model=True,
            context_window=self._config.context_window,
            max_tokens=ANSWER_TOKENS,
            temperature=0,
            timeout=LOCAL_TIMEOUT if local else 120.0,
        )
        return llm

    def ask(self, question: Question) -> Reply:
        """One query. The conversation, dates and sources are not given to it: its query engine takes none."""
        from llama_index.core.query_engine import CitationQueryEngine

        articles = {article.article_id: article for article in question.articles} or self._articles
        index = self._indexed(question.articles) if question.articles else self._index
        if index is None:
            raise AnswerError(f"{question.id}: there are no articles to ask of")
        given: dict[str, Any] = {} if self._config.top_k is None else {"similarity_top_k": self._config.top_k}
        with self._lock:
            llm = self._llm()
        engine = CitationQueryEngine.from_args(index, llm=llm, **given)
        started = time.perf_counter()
        try:
            response = engine.query(question.question)
        except Exception as error:
            raise AnswerError(f"{self.name}: {type(error).__name__}: {error}") from error
        elapsed = (time.perf_counter() - started) * 1000
        text = str(getattr(response, "response", None) or "").strip()
        shown = [
            Shown.of(articles[str(node.node.ref_doc_id)], _without_head(node.node.get_content()), node.score or 0.0)
            for node in response.source_nodes
        ]
        document = document_of(
            question.question, text, shown, engine=f"llamaindex:{self._config.model or LOCAL_MODELS[0]}",
            abstained=not text or sounds_like_refusal(text),
        )  # fmt: skip
        return Reply(document, {"total_ms": elapsed})

    def close(self) -> None:
        """End the model's server."""
        if self._server is not None:
            self._server.close()


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # a parent is missing
        return False


def _without_head(text: str) -> str:
    """A chunk without the "Source n:" that the query engine puts before it."""
    head, _, rest = text.partition("\n")
    return rest if head.startswith("Source ") else text
