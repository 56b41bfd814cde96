"""Your own questions, from CSV or JSON Lines.

A row needs ``question``; it may have ``id`` (without one it is made of what is asked, so that a question stays the same
one wherever it stands), ``answer``, ``aliases``, ``kind``, ``standalone``, ``as_of``, ``after``,
``before``, ``source``, ``conversation``, ``evidence`` (``article``, its id or its address, ``start``, ``end``,
``quote``; groups of alternatives) as the golden set has, ``answerable``, and ``nuggets``: the facts that a good answer
states, each a sentence (``text``), ``vital`` or (false) merely worth saying. In CSV, aliases are written ``a|b;c``: a
or b, and c; nuggets are parted by ``;`` and vital. An answer of up to five words without aliases is its own alias.
Other keys are kept as metadata. What is neither given an answer nor marked as unanswerable is only asked.

A row with ``abstained`` is an answer as ``rag ask --json`` prints it, and may say beside it what a reader thought:
``feedback`` (up or down) and ``comment``. Up, the answer without its [n] is the expected one, or the question one that
the articles do not answer if it was silent. Else the question is only asked: as it was understood, unless the row has
the ``conversation`` too.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import regex

from evals.datasets.files import Row, meant, no_mistyped_keys, read_own, truth
from evals.datasets.items import Card, Evidence, Item, Nugget, Question, Turn, groups_of
from evals.errors import DatasetError
from evals.fingerprint import digest
from evals.prose import strip_marks
from index.article import Article
from index.loaders.dates import parse_date

CARD = Card(
    name="own",
    description="Questions of your own.",
    licence="yours",
    citation="",
    origin="a CSV or JSON Lines file of yours",
)
_KNOWN = frozenset({"id", "question", "answer", "aliases", "kind", "standalone", "as_of", "after", "before", "source",
                    "conversation", "evidence", "answerable", "choices", "nuggets"})  # fmt: skip
_SHORT = 5
_IN_NAME = 4  # words of a question in its id
_UNANSWERABLE = "unanswerable"
_ANSWERABLE = {"answerable": True, _UNANSWERABLE: False}
_FEEDBACK = (None, "", "up", "down")


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` keeps one kind."""
    times: Counter[str] = Counter()

    def question(row: Row, where: str) -> Question:
        """One asked twice without an id is told apart by a number; its cluster stays that of the first."""
        one = _question(row, where)
        times[one.id] += 1
        return one if row.get("id") or times[one.id] == 1 else replace(one, id=f"{one.id}-{times[one.id]}")

    items = read_own(path, "questions", question)
    return [item for item in items if split in (None, item.kind)], ()


def _question(row: Row, where: str) -> Question:
    rated = "abstained" in row
    no_mistyped_keys(row, _KNOWN | {"feedback", "comment"} if rated else _KNOWN, where)
    if rated:
        row = _rated(row, where)
    text = str(row.get("question") or "").strip()
    if not text:
        raise DatasetError(f"{where}: no question (key or column 'question')")
    answer = str(row.get("answer") or "").strip()
    aliases = _aliases(row.get("aliases")) or (((answer,),) if answer and len(answer.split()) <= _SHORT else ())
    nuggets = _nuggets(row.get("nuggets") or (), where)
    kind = str(row.get("kind") or "single")
    if kind != "answerable" and meant(kind, [_UNANSWERABLE]):
        raise DatasetError(f"{where}: the kind is {kind!r}; did you mean {_UNANSWERABLE!r}? Else give it another name")
    conversation = _conversation(row.get("conversation") or (), where)
    as_of, after, before = (_date(row, key, where) for key in ("as_of", "after", "before"))
    source = row.get("source") or None
    return Question(
        id=str(row.get("id") or _name(text, [conversation, as_of, after, before, source])),
        question=text,
        kind=kind,
        conversation=conversation,
        standalone=row.get("standalone") or None,
        as_of=as_of,
        after=after,
        before=before,
        source=source,
        references=(answer,) if answer else (),
        aliases=aliases,
        choices=tuple(map(str, row.get("choices") or ())),
        nuggets=nuggets,
        evidence=_evidence(row.get("evidence") or (), where),
        answerable=_answerable(row, kind, where, known=bool(answer or aliases or nuggets)),
        metadata={key: str(value) for key, value in row.items() if key not in _KNOWN and value not in (None, "")},
    )


def _name(question: str, circumstances: Sequence[Any]) -> str:
    """An id for people to read, of all that is asked: the first words, and a hash of every one with the
    circumstances. Not of what the right answer is, which people correct."""
    words = regex.findall(r"[\p{L}\p{N}]+", question.lower())[:_IN_NAME]
    return "-".join([*words, digest([question.split(), *circumstances])[:10]])


def _rated(document: Row, where: str) -> Row:
    """The row of an answer that the product gave. Nobody has said that it is right but a reader who rated it up."""
    if not isinstance(document.get("answer"), str) or not isinstance(document["abstained"], bool):
        raise DatasetError(f"{where}: not an answer as `rag ask --json` prints it: answer is a text, abstained a truth")
    feedback = document.get("feedback")
    if feedback not in _FEEDBACK:
        raise DatasetError(f"{where}: feedback is {feedback!r}; write up or down, or leave it out")
    row = {key: document[key] for key in _KNOWN & document.keys() - {"answer"}}
    row |= {"feedback": feedback, "note": document.get("comment")}
    if not row.get("conversation"):
        row["question"] = document.get("standalone_question") or document.get("question")
    if feedback == "up" and not document.get("error"):
        row |= {"kind": _UNANSWERABLE} if document["abstained"] else {"answer": strip_marks(document["answer"])}
    return row


def _aliases(given: Any) -> tuple[tuple[str, ...], ...]:
    if isinstance(given, str):
        groups = [[one.strip() for one in group.split("|") if one.strip()] for group in given.split(";")]
        return tuple(tuple(group) for group in groups if group)
    return groups_of(given or ())


def _nuggets(given: Any, where: str) -> tuple[Nugget, ...]:
    entries = [part for part in given.split(";") if part.strip()] if isinstance(given, str) else given
    nuggets = []
    for entry in entries:
        one = {"text": entry} if isinstance(entry, str) else entry
        if not isinstance(one, Mapping) or not str(one.get("text") or "").strip() or one.keys() - {"text", "vital"}:
            raise DatasetError(f'{where}: {entry!r} is no nugget; write {{"text": "a fact", "vital": true}}')
        vital = one.get("vital", True)
        if not isinstance(vital, bool):
            raise DatasetError(f"{where}: a nugget's vital is {vital!r}; write true or false")
        nuggets.append(Nugget(str(one["text"]).strip(), vital))
    return tuple(nuggets)


def _answerable(row: Mapping[str, Any], kind: str, where: str, *, known: bool) -> bool | None:
    said = row.get("answerable")
    if said not in (None, ""):
        told = _ANSWERABLE.get(str(said).strip().lower(), truth(said))
        if told is None:
            raise DatasetError(f"{where}: answerable is {said!r}; write yes or no")
        return told
    return False if kind == _UNANSWERABLE else True if known else None


def _conversation(given: Any, where: str) -> tuple[Turn, ...]:
    if not _listed(given) or not all(
        isinstance(one, Mapping) and {"question", "answer"} <= one.keys() for one in given
    ):
        raise DatasetError(f'{where}: {given!r} is no conversation; write [{{"question": "…", "answer": "…"}}]')
    return tuple(Turn(str(one["question"]), str(one["answer"])) for one in given)


def _listed(given: Any) -> bool:
    return isinstance(given, list | tuple)


def _evidence(groups: Any, where: str) -> tuple[tuple[Evidence, ...], ...]:
    ones = [one for group in groups if _listed(group) for one in group] if _listed(groups) else []
    if not _listed(groups) or not all(map(_listed, groups)) or not all(map(_placed, ones)):
        raise DatasetError(
            f"{where}: {groups!r} is no evidence; write a list of lists of alternatives, "
            '[[{"article": "id", "start": 0, "end": 9, "quote": "…"}]], of which article alone must be there, '
            "and start with end, in characters"
        )
    return tuple(
        tuple(
            Evidence(str(one["article"]), one.get("start"), one.get("end"), str(one.get("quote") or ""))
            for one in group
        )
        for group in groups
    )


def _placed(one: Any) -> bool:
    if not isinstance(one, Mapping) or "article" not in one:
        return False
    start, end = one.get("start"), one.get("end")
    return (start is None and end is None) or (type(start) is int and type(end) is int and 0 <= start < end)


def _date(row: Row, key: str, where: str) -> date | None:
    if not row.get(key):
        return None
    moment = parse_date(row[key])
    if moment is None:
        raise DatasetError(f"{where}: {key} is {row[key]!r}, which is no date; write it as 2023-03-07")
    return moment.date()
