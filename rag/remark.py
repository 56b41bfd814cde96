"""The engine's own sentence where articles differ on what is asked: every value with its date, cited."""

from collections.abc import Sequence

from rag.citing import Source
from rag.disagreement import Stated, Statement, disagreements


def remark(question: str, answer: str, sources: Sequence[Source]) -> list[tuple[str, int]]:
    """Pieces of the sentence, each with the source (from 0) that it rests on; none if `answer` says it already."""
    owners = [(sentence, index) for index, source in enumerate(sources) for sentence in source]
    statements = [
        Statement(text=s.text, article_id=s.article_id, title=s.title, source=s.source, published=s.day)
        for s, _ in owners
    ]
    for disagreement in disagreements(statements, question):
        if all(value.text in answer for value in disagreement.values):
            continue
        lead = "The figure has changed: " if disagreement.changed else "The articles give different figures: "
        pieces = [(_told(value, statements), owners[value.index][1]) for value in disagreement.values]
        return [(f"{'; ' if number else lead}{told}", source) for number, (told, source) in enumerate(pieces)]
    return []


def _told(value: Stated, statements: Sequence[Statement]) -> str:
    statement = statements[value.index]
    day = value.published and f"{value.published.day} {value.published:%B %Y}"
    known = (statement.source or statement.title, day, "superseded" if value.superseded else None)
    origin = ", ".join(part for part in known if part)
    return f"{value.text} ({origin})"
