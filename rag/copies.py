"""Where else a story stands: the papers that have the same agency's text as a cited article."""

from collections.abc import Collection
from dataclasses import replace

import regex

from index.article import Article
from index.library import Library
from rag.answer import Citation, Copy


def copies_of(library: Library, article_ids: Collection[str]) -> dict[str, tuple[Copy, ...]]:
    """Of those articles that share their story with others, these others, the earliest first.

    For a copy, as when a source was asked for, they are its original and the original's other copies.
    """
    originals = library.originals(article_ids)
    story = {article_id: originals.get(article_id, article_id) for article_id in article_ids}
    copies = library.copies(set(story.values()))
    others = {
        article_id: [each for each in (original, *copies.get(original, ())) if each != article_id]
        for article_id, original in story.items()
    }
    known = library.get_many({each for some in others.values() for each in some}, texts=False)
    found = {key: tuple(_copy(known[each]) for each in some if each in known) for key, some in others.items()}
    return {article_id: some for article_id, some in found.items() if some}


def grounded(library: Library, citation: Citation) -> Citation | None:
    """The citation with its quote cut from the article itself, so that it is exact to the character, and its copies.

    None if the article no longer holds what was read: it was removed or replaced while the answer was written.
    """
    article = library.get(citation.article_id)
    place = None if article is None else _standing(citation, article.text)
    if article is None or place is None:
        return None
    start, end = place
    copies = copies_of(library, [article.article_id]).get(article.article_id, ())
    return replace(citation, start=start, end=end, quote=article.text[start:end], copies=copies)


def _standing(citation: Citation, text: str) -> tuple[int, int] | None:
    """Where the words that were read stand in `text`: where they stood, or elsewhere in a text that has changed."""
    read = citation.quote.split()
    if "".join(text[citation.start : citation.end].split()) == "".join(read):
        return citation.start, citation.end
    found = regex.search(r"\s*".join(map(regex.escape, read)), text) if read else None
    return found and found.span()


def _copy(article: Article) -> Copy:
    return Copy(
        article_id=article.article_id,
        title=article.title,
        source=article.source,
        url=article.url,
        published=None if article.published is None else article.published.date().isoformat(),
    )
