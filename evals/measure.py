"""One answer measured: a question, the document that a system gave, a judge → the value of every metric by name.

A thin layer over the pure functions in `evals.metrics`. To add a metric, write it there and call it here; the figures,
comparisons, gates and reports take it up by its name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from evals.datasets import Evidence as Gold
from evals.datasets import Question
from evals.datasets.items import ALTERED, ROLE
from evals.judge import Judge, evidence_of
from evals.metrics import LeftOut, Value, answers, citations, followups, retrieval, robustness
from evals.metrics.faithfulness import faithfulness
from evals.metrics.latency import Price
from evals.metrics.values import unjudged
from evals.prose import sounds_like_refusal, strip_marks

Document = Mapping[str, Any]
CUTOFFS = (1, 4, 10)
ARMS = ("dense", "lexical")
RANKING = ("Hits@1", "Hits@4", "Recall@10", "MRR@10", "nDCG@10", "MAP")
_NO_ARMS = LeftOut("arms not asked alone")
_NO_ALIASES, _NO_EVIDENCE = LeftOut("no accepted answers given"), LeftOut("no evidence marked")
# Every metric in its order, with why it has no value where nothing below says otherwise.
ABSENT: Mapping[str, LeftOut] = {
    **dict.fromkeys(("right", "correct", "sub_answers", "correct_if_answered", "EM", "F1"), _NO_ALIASES),
    "choice": LeftOut("no choices given"),
    **dict.fromkeys(("reference_F1", "claim_precision", "claim_recall", "claim_F1"), LeftOut("no reference answer")),
    **dict.fromkeys(("nuggets_vital", "nuggets_all", "nuggets_weighted"), LeftOut("no nuggets given")),
    **dict.fromkeys(("abstained_rightly", "over_refusal"), LeftOut("answerability not known")),
    "refusal_in_prose": LeftOut("abstained"),
    **dict.fromkeys((*RANKING, *(f"{name}, {arm} alone" for arm in ARMS for name in RANKING),
                     *(f"evidence_recall@{k}" for k in CUTOFFS), "evidence_used"), _NO_EVIDENCE),
    **dict.fromkeys(("faithfulness", "faithfulness_strict", "contradicted", "not_found", "judged_coverage",
                     "citation_recall", "citation_precision", "citations_valid", "sentences_cited", "quotes_verbatim",
                     "best_passage_cited"), LeftOut("abstained")),
    "evidence_cited": _NO_EVIDENCE,
    "dates_kept": LeftOut("no dates asked for"),
    **dict.fromkeys(("rewrite_F1", "terms_resolved"), LeftOut("no follow-up")),
    "attack_success": LeftOut("no attack"),
    **dict.fromkeys(("error_detected", "error_corrected", "followed_false"), LeftOut("no altered passage")),
    **dict.fromkeys(("both_sides_stated", "both_sides_cited"), LeftOut("no conflict")),
    **dict.fromkeys(("prompt_tokens", "completion_tokens"), LeftOut("no language model used")),
    "cost": LeftOut("no price given"),
}  # fmt: skip
ABSTAINED = LeftOut("abstained")
CLOSED_BOOK = LeftOut("no passages: closed book")
NO_CONTEXT = unjudged("nothing was found to hold it against")


def measure(
    question: Question,
    document: Document,
    judge: Judge,
    texts: Mapping[str, str],
    *,
    canary: str | None = None,
    price: Price | None = None,
) -> tuple[dict[str, Value], list[dict[str, Any]]]:
    """The metrics of one answer, and the judge's verdict on each of its sentences.

    `texts` are the articles' texts by id, to hold quotes against. A metric that does not apply to the question is
    left out with the reason.
    """
    abstained = bool(document["abstained"])
    said = strip_marks(document["answer"])
    verdicts = judge_sentences(document, judge)
    values: dict[str, Value] = dict(ABSENT)
    values |= _right(question, said, abstained=abstained)
    values |= _references(question, said, judge, abstained=abstained)
    values |= _nuggets(question, document, judge)
    values |= _found(question, document)
    values |= _faithful(document, verdicts, abstained=abstained)
    values |= _cited(question, document, judge, texts, abstained=abstained)
    values |= _dates(question, document, abstained=abstained)
    values |= _rewriting(question, document)
    values |= _robust(question, document, said, canary, abstained=abstained)
    values |= _spent(document, price)
    return values, verdicts


def _right(question: Question, said: str, *, abstained: bool) -> dict[str, Value]:
    """Right is: holds every needed sub-answer, or is silent where nothing is to be said. An abstention is no answer,
    whatever words it consists of."""
    values: dict[str, Value] = {}
    unanswerable = LeftOut("unanswerable")
    if question.answerable is not None:
        values["abstained_rightly"] = LeftOut("answerable") if question.answerable else float(abstained)
        values["over_refusal"] = float(abstained) if question.answerable else unanswerable
    values["refusal_in_prose"] = ABSTAINED if abstained else float(sounds_like_refusal(said))
    if question.answerable is False:
        values |= dict.fromkeys(("correct", "sub_answers", "correct_if_answered", "EM", "F1"), unanswerable)
        values["right"] = float(abstained)
    if question.aliases and question.answerable is not False:
        correct = 0.0 if abstained else answers.all_sub_answers(said, question.aliases)
        values |= {"right": correct, "correct": correct}
        values["sub_answers"] = 0.0 if abstained else answers.sub_answers(said, question.aliases)
        values["correct_if_answered"] = ABSTAINED if abstained else correct
        values |= dict.fromkeys(("EM", "F1"), LeftOut("several answers needed"))
        if len(question.aliases) == 1:
            values["EM"] = 0.0 if abstained else answers.exact_match(said, question.aliases[0])
            values["F1"] = 0.0 if abstained else answers.token_f1(said, question.aliases[0])
            if question.choices:
                choice = None if abstained else answers.chosen(said, question.choices)
                values["choice"] = float(choice is not None and answers.contains(choice, question.aliases[0]) == 1.0)
    return values


def _references(question: Question, said: str, judge: Judge, *, abstained: bool) -> dict[str, Value]:
    """Against the expected answer: token F1, and by the judge RAGChecker's claim precision, recall and F1, a sentence a
    claim."""
    if not question.references or question.answerable is False:
        return {}
    values: dict[str, Value] = {"reference_F1": 0.0 if abstained else answers.token_f1(said, question.references)}
    reference, names = question.references[0], ("claim_precision", "claim_recall", "claim_F1")
    if answers.exact_match(reference, [alias for group in question.aliases for alias in group]) == 1.0:
        return values | dict.fromkeys(names, LeftOut("a name or a figure is expected, no claim"))
    if abstained:
        return values | dict.fromkeys(names, 0.0)
    scores = answers.claim_scores(
        [judge.supports(reference, sentence) for sentence in _sentences(said)],
        [judge.supports(said, sentence) for sentence in _sentences(reference)],
    )
    return values | dict(zip(names, (scores.precision, scores.recall, scores.f1), strict=True))


def judge_nuggets(question: Question, document: Document, judge: Judge) -> list[dict[str, Any]]:
    """Whether the answer states each of the question's nuggets, by the judge: ``supported`` is null without a verdict.
    A silent answer states none."""
    said = strip_marks(document["answer"])
    return [
        {"text": one.text, "vital": one.vital,
         "supported": False if document["abstained"] else judge.supports(said, one.text)}
        for one in question.nuggets
    ]  # fmt: skip


def _nuggets(question: Question, document: Document, judge: Judge) -> dict[str, Value]:
    """TREC RAG's V_strict, A_strict and W. A judge says yes or no, never "partial": V and A would be the same."""
    if not question.nuggets:
        return {}
    names = ("nuggets_vital", "nuggets_all", "nuggets_weighted")
    if question.answerable is False:
        return dict.fromkeys(names, LeftOut("unanswerable"))
    support: Mapping[bool | None, answers.Support | None] = {True: "support", False: "not", None: None}
    judged = [answers.Nugget(one["vital"], support[one["supported"]])
              for one in judge_nuggets(question, document, judge)]  # fmt: skip
    scores = answers.nugget_scores(judged)
    return dict(zip(names, (scores.v_strict, scores.a_strict, scores.weighted), strict=True))


def _sentences(text: str) -> list[str]:
    from index.sentences import sentence_spans

    return [text[start:end] for start, end in sentence_spans(text)]


def _found(question: Question, document: Document) -> dict[str, Value]:
    """Ranking metrics over articles (a passage stands for its article at its best rank), of the search and of each of
    its arms alone, and the recall of the marked places."""
    if not question.evidence:
        return {}
    passages = document["passages"]
    unasked = LeftOut("unanswerable") if question.answerable is False else None
    if left_out := unasked or (CLOSED_BOOK if document.get("closed_book") else None):
        return dict.fromkeys((name for name, why in ABSENT.items() if why is _NO_EVIDENCE), left_out)
    qrels = dict.fromkeys(frozenset[str]().union(*question.relevant), 1)

    def scores(article_ids: Iterable[str]) -> dict[str, Value]:
        found = retrieval.ranking_scores(retrieval.deduplicate(article_ids), qrels, CUTOFFS)
        return {name: found[name] for name in RANKING}

    values = scores(passage["article_id"] for passage in passages)
    for arm in ARMS:
        ids = document.get("arms", {}).get(arm)
        alone = dict.fromkeys(RANKING, _NO_ARMS) if ids is None else scores(ids)
        values |= {f"{name}, {arm} alone": value for name, value in alone.items()}
    if all(one.start is not None for group in question.evidence for one in group):
        groups = [
            [str(i) for i, passage in enumerate(passages) if any(_holds(passage, gold) for gold in group)]
            for group in question.evidence
        ]
        places = [str(i) for i in range(len(passages))]
        for k in CUTOFFS:
            values[f"evidence_recall@{k}"] = retrieval.evidence_recall(places, groups, k)
        used = [str(i) for i, passage in enumerate(passages) if passage.get("used")]
        values["evidence_used"] = retrieval.evidence_recall(used, groups, max(1, len(used)))
    return values


def _holds(passage: Mapping[str, Any], gold: Gold) -> bool:
    assert gold.start is not None
    assert gold.end is not None
    return bool(passage["article_id"] == gold.article_id) and max(passage["start"], gold.start) < min(
        passage["end"], gold.end
    )


def judge_sentences(document: Document, judge: Judge) -> list[dict[str, Any]]:
    """The judge's verdict on each sentence: against what it cites if it cites anything that there is (the quotes, and
    the passages of the same articles that were used), else against all that was used, or found."""
    passages = [p for p in document["passages"] if p.get("used")] or list(document["passages"])
    verdicts = []
    for number, sentence in enumerate(document["sentences"]):
        cited = [one for one in document["citations"] if one["number"] in sentence["citations"]]
        articles = {one["article_id"] for one in cited}
        around = [p for p in passages if not cited or p["article_id"] in articles]
        evidence = [*(evidence_of(one, "quote") for one in cited), *(evidence_of(one, "text") for one in around)]
        if not evidence:
            verdicts.append({"sentence": number, "verdict": "not_judged", "support": None, "tier": "none",
                             "reasons": ["no evidence"]})  # fmt: skip
            continue
        check = judge.check(strip_marks(sentence["text"]), evidence)
        verdicts.append(
            {
                "sentence": number,
                "verdict": check.verdict,
                "support": None if check.support is None else round(check.support, 6),
                "tier": check.tier,
                "reasons": list(check.reasons),
            }
        )
    return verdicts


def _faithful(document: Document, verdicts: Sequence[Mapping[str, Any]], *, abstained: bool) -> dict[str, Value]:
    contexts = len(document["passages"]) + len(document["citations"])
    names = ("faithfulness", "faithfulness_strict", "contradicted", "not_found", "judged_coverage")
    if not contexts and not abstained:
        return dict.fromkeys(names, CLOSED_BOOK if document.get("closed_book") else NO_CONTEXT)
    found = faithfulness([one["verdict"] for one in verdicts], abstained=abstained, contexts=contexts)
    values = (found.score, found.strict, found.contradicted, found.not_found, found.judged_coverage)
    return dict(zip(names, values, strict=True))


def _cited(
    question: Question, document: Document, judge: Judge, texts: Mapping[str, str], *, abstained: bool
) -> dict[str, Value]:
    if document.get("closed_book"):
        names = ("citation_recall", "citation_precision", "citations_valid", "sentences_cited", "quotes_verbatim",
                 "best_passage_cited", "evidence_cited")  # fmt: skip
        return {} if abstained else dict.fromkeys(names, CLOSED_BOOK)
    sentences = [citations.CitedSentence(s["text"], tuple(s["citations"])) for s in document["sentences"]]
    quotes = {one["number"]: one["quote"] for one in document["citations"]}
    # Numbers are dense from 1 in our answers; others may skip some, which point at nothing.
    places = {number: place for place, number in enumerate(quotes, start=1)}
    nowhere = len(quotes) + 1
    placed = [replace(one, citations=tuple(places.get(n, nowhere) for n in one.citations)) for one in sentences]
    scores = citations.alce(placed, list(quotes.values()), judge.supports, abstained=abstained)
    values: dict[str, Value] = {"citation_recall": scores.recall, "citation_precision": scores.precision}
    if abstained:
        return values | ({"evidence_cited": ABSTAINED} if question.evidence else {})
    values["citations_valid"] = citations.id_validity(placed, len(quotes), invented=document.get("invented", 0))
    values["sentences_cited"] = citations.cited_share(sentences)
    known = [one for one in document["citations"] if one["article_id"] in texts]
    values["quotes_verbatim"] = (
        citations.verbatim_quotes([(c["quote"], texts[c["article_id"]], c["start"], c["end"]) for c in known])
        if known or not document["citations"]
        else LeftOut("the articles' texts are not known")
    )
    if document["passages"]:
        of_passages = _as_passages(document)
        values["best_passage_cited"] = citations.best_passage_agreement(
            of_passages, [p["text"] for p in document["passages"]]
        )
    if question.evidence and question.answerable and all(g.start is not None for e in question.evidence for g in e):
        cited = [(one["article_id"], one["start"], one["end"]) for one in document["citations"]]
        groups = [[(g.article_id, g.start or 0, g.end or 0) for g in group] for group in question.evidence]
        values["evidence_cited"] = citations.evidence_agreement(cited, groups)
    return values


def _as_passages(document: Document) -> list[citations.CitedSentence]:
    """The sentences with the numbers of the passages that their citations lie in."""
    places: dict[int, tuple[int, ...]] = {}
    for one in document["citations"]:
        places[one["number"]] = tuple(
            number
            for number, passage in enumerate(document["passages"], start=1)
            if passage["article_id"] == one["article_id"]
            and max(passage["start"], one["start"]) < min(passage["end"], one["end"])
        )
    return [
        citations.CitedSentence(s["text"], tuple(dict.fromkeys(p for n in s["citations"] for p in places.get(n, ()))))
        for s in document["sentences"]
    ]


def _dates(question: Question, document: Document, *, abstained: bool) -> dict[str, Value]:
    """Share of the citations from within the dates asked for, and none from after the day of asking."""
    if not (question.as_of or question.after or question.before):
        return {}
    if abstained:
        return {"dates_kept": ABSTAINED}
    days = [date.fromisoformat(one["published"][:10]) for one in document["citations"] if one.get("published")]
    if not days:
        return {"dates_kept": LeftOut("no dated citations")}
    latest = min(filter(None, (question.as_of, question.before and question.before - timedelta(days=1))), default=None)
    kept = [(not question.after or day >= question.after) and (latest is None or day <= latest) for day in days]
    return {"dates_kept": sum(kept) / len(kept)}


def _rewriting(question: Question, document: Document) -> dict[str, Value]:
    if not question.conversation or not question.standalone:
        return {}
    rewrite = document.get("standalone_question") or question.question
    history = [text for turn in question.conversation for text in (turn.question, turn.answer)]
    terms = followups.term_resolution(question.question, history, rewrite, question.standalone)
    return {
        "rewrite_F1": followups.rewrite_f1(rewrite, question.standalone),
        "terms_resolved": terms.f1,
    }


def _robust(
    question: Question, document: Document, said: str, canary: str | None, *, abstained: bool
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    if canary is not None:
        values["attack_success"] = float(robustness.attack_succeeded(document["answer"], canary))
    if question.false_answers and any(article.metadata.get(ROLE) == ALTERED for article in question.articles):
        # Our engine says in a sentence of its own where articles differ, others in theirs; silence detects nothing.
        own = any(sentence.get("tier") == "engine" for sentence in document["sentences"])
        noticed = not abstained and (own or robustness.disputes(said))
        true = [alias for group in question.aliases for alias in group]
        found = robustness.counterfactual(said, true, question.false_answers, detected=noticed)
        values["error_detected"] = float(found.detected)
        values["error_corrected"] = float(found.corrected) if found.detected else LeftOut("not detected")
        values["followed_false"] = float(found.followed)
    if question.kind == "conflict" and len(question.aliases) > 1 and len(question.relevant) == len(question.aliases):
        if abstained:
            return values | {"both_sides_stated": 0.0, "both_sides_cited": 0.0}
        cited = [one["article_id"] for one in document["citations"]]
        sides = robustness.conflict(said, question.aliases, cited, [sorted(side) for side in question.relevant])
        values |= {"both_sides_stated": sides.states_both, "both_sides_cited": sides.cites_both}
    return values


def _spent(document: Document, price: Price | None) -> dict[str, Value]:
    usage = document.get("usage") or {}
    if not usage.get("prompt_tokens"):
        return {} if price is None else {"cost": LeftOut("no usage given")}
    prompt, completion = int(usage["prompt_tokens"]), int(usage.get("completion_tokens", 0))
    values: dict[str, Value] = {"prompt_tokens": float(prompt), "completion_tokens": float(completion)}
    return values if price is None else values | {"cost": price.cost(prompt, completion)}


def confidence(document: Document) -> float:
    """How sure an answer may be taken to be, for risk–coverage: what the system itself says or, if it says nothing, the
    least support of its sentences (½ where none is given) times the best cosine of a passage shown (1 where none is
    given); below everything for an abstention. An order, not a probability."""
    if document["abstained"]:
        return -1.0
    if document.get("confidence") is not None:
        return float(document["confidence"])
    support = min(
        (0.5 if s.get("support") is None else float(s["support"]) for s in document["sentences"]), default=0.0
    )
    cosines = [float(p["dense"]) for p in document["passages"] if p.get("used") and p.get("dense") is not None]
    return support * max(cosines, default=1.0)


__all__ = ["Document", "confidence", "judge_nuggets", "judge_sentences", "measure"]
