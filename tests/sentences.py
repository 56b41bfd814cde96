"""Evidence sentences for tests of what goes by their rank."""

from rag.evidence import EvidenceSentence


def found(position: int, text: str, by_part: tuple[float, ...]) -> EvidenceSentence:
    """A sentence of one article about a race to the Moon; neighbours differ by one in position."""
    start = 100 * position
    return EvidenceSentence(
        article_id="a", title="Race to the Moon", source=None, url=None, published=None, language="en",
        start=start, end=start + len(text), text=text, score=sum(by_part) / len(by_part),
        by_part=by_part, dense=None, lexical=0.0, position=position,
    )  # fmt: skip
