"""A passage: a span of its article, the unit that is embedded and searched."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """``article.text[start:end] == text``, always.

    `published` is in epoch seconds (UTC); `position` counts the article's passages from 0;
    `version` is the article's version that the passage was cut from.
    """

    article_id: str
    version: str
    start: int
    end: int
    position: int
    text: str
    title: str
    source: str | None = None
    url: str | None = None
    published: int | None = None
    language: str | None = None

    @property
    def passage_id(self) -> str:
        """Stable id: the same article version cut in the same way gives the same ids."""
        return passage_id(self.article_id, self.version, self.position)


def passage_id(article_id: str, version: str, position: int) -> str:
    """The id of the passage at `position` in this version of the article."""
    return f"{article_id}-{version[:12]}-{position}"
