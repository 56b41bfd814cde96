"""An answer without a language model: the sentences of the articles that answer, quoted and cited."""

from collections.abc import Sequence

from rag.comparing import both_sides
from rag.evidence import EvidenceSentence, leant_on
from rag.partial import best_for_parts
from rag.remark import COMPARED, newest_figure
from rag.words import content_stems

MOST = 2  # sentences for a question of one part: a quotation that answers is short
# A further sentence is quoted only when it is about as likely to answer and says something that the first does not.
NEARLY = 0.5
NEW = 3


def quotation(question: str, ranked: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """What is quoted as the answer: the sentences that answer, or of a figure that changed the newest."""
    quoted = answering(question, ranked)
    newest = newest_figure(question, [(sentence,) for sentence in ranked[:COMPARED]])
    return quoted if newest is None or newest in quoted else [newest]


def answering(question: str, ranked: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The sentences to quote, in the order in which they are read; none when there is no evidence.

    One for each part of the question, a second where one alone would say only half, and before one that leans on it
    ("He said …") the sentence that says who that is.
    """
    chosen = both_sides(question, ranked) or _likeliest(question, ranked)
    by_position = {sentence.position: sentence for sentence in ranked}
    before = (leant_on(sentence, by_position) for sentence in chosen)
    chosen += [one for one in dict.fromkeys(before) if one is not None and one not in chosen]
    return sorted(chosen, key=lambda sentence: (sentence.article_id != chosen[0].article_id, sentence.position))


def _likeliest(question: str, ranked: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    chosen = best_for_parts(question, ranked)
    said = content_stems(" ".join([question, *(sentence.text for sentence in chosen)]))
    for sentence in ranked:
        new = content_stems(sentence.text) - said
        if len(chosen) < MOST and sentence.score >= NEARLY * chosen[0].score and len(new) >= NEW:
            chosen.append(sentence)
            said |= new
    return chosen
