"""A follow-up question made to stand alone, by rules: "Why did he leave?" → "Why did Per Lund leave?"

Pronouns get the most salient antecedent that they agree with; "Why?", "And in 2022?" and "What about
Syria?" continue the question before; a question that names nothing gets what the conversation is
about in parentheses. A question with a subject of its own is left alone, and where nothing fits
nothing is changed: search copes better with a pronoun than with a wrong name.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import regex

from rag.dates import expressions
from rag.mentions import Kind, Mention, describe, mentions
from rag.words import content_stems

# Salience of a mention: in a question, as its first one, in an answer, as what the answer names.
# Noun phrases count for less than names, and everything fades with the turns that pass.
ASKED = 1.0
FIRST = 0.3
ANSWERED = 0.5
NAMED_BY_ANSWER = 1.7
SUBJECT = 1.5
PHRASE = 0.7
MODIFIER = 0.3
FADING = 0.5

_NO_ANSWER = regex.compile(r"^\W*(?:i (?:do not|don['’]t) know|not found|the articles? do|i cannot|no answer)", regex.I)
_IDENTITY = regex.compile(
    r"^\W*(?:(?:and|so|but|ok)\W+)?(?:who|whom|which|what|where|qui|quel|quelle|quién|qué|wer|was|welche[rs]?)\b",
    regex.I,
)
_WHO = regex.compile(r"^\W*(?:(?:and|so|but|ok)\W+)?(?:who|qui|quién|wer)\b", regex.I)
_PRONOUN = regex.compile(
    r"\b(?:(?P<he>he|him|his)|(?P<she>she|her|hers)|(?P<they>they|them|their|theirs)|(?P<it>it|its))\b(?!['’]s\b)",
    regex.I,
)
_ANY_PRONOUN = r"he|him|his|she|her|hers|they|them|their|theirs|it|its"
_OWNER = {"his", "its", "their", "hers", "theirs"}
# Words that can follow "her" as an object; anything else is what belongs to her.
_AFTER_OBJECT = regex.compile(
    r"\s*(?:$|[?.,;:!]|(?:to|in|on|at|for|from|with|about|after|before|when|as|by|during|and|or|that|go|do|get|be|so|say"
    r"|leave|win|lose|stop|feel|want|out|up|off|over|down|away|back|into)\b)",
    regex.I,
)
_AUXILIARY = regex.compile(
    r"\b(?:is|are|was|were|be|been|do|does|did|has|have|had|will|would|can|could|shall|should|may|might|must|'s)\b",
    regex.I,
)
_LEAD = regex.compile(r"^(?:(?:and|or|but|so|then|ok|okay|well|und|et|y|e|¿y)\b[\s,]*)+", regex.I)
_ABOUT = regex.compile(r"^(?:what|how) about\s+", regex.I)
_BARE = regex.compile(
    r"^(?P<wh>why|how|when|where|who|what for|how come|why not|how so|since when|where exactly|when exactly)\s*[?!.]*$",
    regex.I,
)
_YES_NO = regex.compile(r"^(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)\b", regex.I)
_GROUP_NOUN = regex.compile(
    r"\b(?:this|that) (?:band|group|team|company|party|firm|agency|bank|club|organi[sz]ation)\b", regex.I
)
_ENGLISH = regex.compile(
    rf"\b(?:the|a|an|of|to|in|for|and|what|who|why|how|when|where|which|whose|{_ANY_PRONOUN}|this|that|there)\b",
    regex.I,
)
_ASKING = regex.compile(
    rf"\b(?:who|what|which|when|where|why|how|whose|{_ANY_PRONOUN}|wer|was|wo|wann|warum|wie|welche[rs]?|qui|que|quoi|où|quand"
    r"|pourquoi|comment|combien|quién|qué|dónde|cuándo|cómo|cuánto)\b",
    regex.I,
)
_COURTESY = regex.compile(
    r"(?:(?:many )?thanks|thank you|thx|cheers|great|good|nice|cool|perfect|ok|okay|yes|no|right|i see|got it|hi|hello"
    r"|hey|bye|goodbye|danke|merci|gracias)(?:\W+(?:thanks|thank you|you|that|a lot|so much|very much|much|again))*",
    regex.I,
)
# "the first one", "that one", "the latter", "the second bank"; not "the first to leave" or "the last of them".
_POINTED = regex.compile(
    r"\b(?:that one\b|the (?P<nth>first|second|third|fourth|fifth|last|latter|former)(?: one\b"
    r"|(?:\s(?!one\b)(?P<noun>\p{Ll}+))??"
    r"(?:(?=\s*[?.!]*$|\s(?:is|are|was|were|do|does|did|has|have|had|will|would|can)\b)"
    r"|(?<=\b(?:do|does|did|will|would|can|could)\sthe\s\p{L}+(?:\s\p{L}+)?)"
    r"(?=\s\p{Ll}+(?:\s*[?.!]*$|\s(?:in|on|at|by|from|to|with|for|after|before|so)\b)))))",
    regex.I,
)
_PLACES = {"first": 0, "former": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "latter": -1}
_JOINED = regex.compile(r"\s*(?:,|,?\s(?:and|or|&))\s(?:the\s)?")
_ELSE = regex.compile(r"\b(?:who|whom|what|where) else\b", regex.I)
_COUNTERPART = regex.compile(
    r"^who (?:is|was) (?:his|her|its|their) (?P<whose>\p{Lu}[\p{L}-]+) counterpart\W*$", regex.I
)
_SPEAKING = r"(?:said|says|told|tells|reported|reports|announced|wrote)\b"
_SOME_DAY = date(2024, 1, 1)  # only where the time expressions stand matters here


def standalone(question: str, exchanges: Sequence[tuple[str, str]], subject: str | None = None) -> str:
    """`question` as it would be asked without the conversation.

    `exchanges` are the earlier (question, answer) pairs, oldest first, the questions as asked or as
    already made to stand alone. `subject` is what the whole conversation is about, where that is known.
    """
    resolved: list[tuple[str, str]] = []
    subject = subject.strip() if subject else None
    for asked, answered in exchanges:
        if not _courteous(asked):
            resolved.append((_resolve(_spaced(asked), resolved, subject), answered))
    return _resolve(_spaced(question), resolved, subject)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _courteous(text: str) -> bool:
    """Thanks and the like, which ask nothing."""
    return _COURTESY.fullmatch(text.strip(" .,!")) is not None


def _resolve(question: str, exchanges: Sequence[tuple[str, str]], subject: str | None) -> str:
    if not question or not (exchanges or subject) or _courteous(question):
        return question
    candidates = _candidates(exchanges, subject)
    if exchanges:
        question = _pointed(question, exchanges)
        if continued := _continued(question, exchanges, candidates):
            return continued
    if _ENGLISH.search(question):
        question = _full_name(_pronouns(question, candidates), candidates)
    anchored = _anchored(question, candidates)
    return _besides(anchored, *exchanges[-1]) if exchanges else anchored


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A mention with how present it is; `asked` if a question, and not only an answer, has it."""

    mention: Mention
    salience: float
    asked: bool


def _candidates(exchanges: Sequence[tuple[str, str]], subject: str | None) -> list[_Candidate]:
    """What the conversation has mentioned, the most salient first; "Lund" and "Per Lund" are one."""
    salience: dict[str, float] = {}
    best: dict[str, Mention] = {}
    asked_of: set[str] = set()

    def note(mention: Mention, weight: float, asked: bool) -> None:
        key = _folded(mention.text)
        if key not in best and mention.named:
            whole = rf"\b{regex.escape(key)}\b"
            key = next((known for known in best if best[known].named and regex.search(whole, known)), key)
        salience[key] = salience.get(key, 0.0) + weight * (
            MODIFIER if mention.modifier else 1.0 if mention.named else PHRASE
        )
        known = best.setdefault(key, mention)
        if known.kind is None and mention.kind:
            best[key] = replace(known, kind=mention.kind, gender=mention.gender)
        if asked:
            asked_of.add(key)

    if subject:
        note(_described(subject, exchanges), SUBJECT, True)
    for age, (asked, answered) in enumerate(reversed(exchanges)):
        fading = FADING**age
        for place, mention in enumerate(mentions(asked)):
            note(mention, fading * (ASKED + (FIRST if place == 0 else 0.0)), True)
        if _NO_ANSWER.search(answered):
            continue
        named = _answering(asked, answered)
        for mention in mentions(answered):
            if mention == named:
                kind = mention.kind or ("person" if _WHO.search(asked) and not mention.plural else None)
                note(replace(mention, kind=kind), fading * NAMED_BY_ANSWER, False)
            else:
                note(mention, fading * ANSWERED, False)
    ranked = sorted(best, key=lambda key: -salience[key])
    return [_Candidate(best[key], salience[key], key in asked_of) for key in ranked]


def _answering(asked: str, answered: str) -> Mention | None:
    """What the answer names, asked who or what; not who is quoted for it, unless that is who was asked for."""
    if not _IDENTITY.search(asked) or _NO_ANSWER.search(answered):
        return None
    known = _folded(asked)
    new = (m for m in mentions(answered) if m.named and not m.modifier and _folded(m.text) not in known)
    return next((m for m in new if _WHO.search(asked) or not _quoted(m, answered)), None)


def _quoted(mention: Mention, text: str) -> bool:
    after = regex.match(rf"\s{_SPEAKING}", text[mention.end :])
    return bool(after or regex.search(rf"(?:{_SPEAKING}|according to)\s(?:the\s)?$", text[: mention.start], regex.I))


def _folded(text: str) -> str:
    """Lower case without accents: Fernández and Fernandez are one."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def _described(subject: str, exchanges: Sequence[tuple[str, str]]) -> Mention:
    """The subject, with what its name, a hint in parentheses and the pronouns used so far tell of it."""
    mention = describe(regex.sub(r"\s*\(.*?\)", "", subject).strip() or subject)
    hint = regex.search(r"\((.*?)\)", subject)
    kind: Kind | None = mention.kind
    if hint and regex.search(r"band|group|team|company|party", hint[1]):
        kind = "group"
    elif hint and regex.search(r"song|album|film|novel|book|series|musical|game|play|show|magazine", hint[1]):
        kind = "work"
    if kind:
        return replace(mention, kind=kind, gender=mention.gender if kind == "person" else None)
    said = " ".join(f"{asked} {answered}" for asked, answered in exchanges)
    counts = dict.fromkeys(("he", "she", "they", "it"), 0)
    for match in _PRONOUN.finditer(said):
        counts[match.lastgroup or "it"] += 1
    top = max(counts, key=lambda name: counts[name])
    if counts[top] and top in ("he", "she"):
        return replace(mention, kind="person", gender="m" if top == "he" else "f")
    if counts[top] and top == "they" and not counts["he"] + counts["she"]:
        return replace(mention, kind="group")
    return mention


def _agrees(mention: Mention, pronoun: str) -> float:
    """How well a pronoun can stand for a mention; 0 if it cannot."""
    if pronoun in ("he", "she"):
        if not mention.named or mention.plural or mention.kind not in ("person", None):
            return 0.0
        if mention.gender:
            return 1.5 if (mention.gender == "m") == (pronoun == "he") else 0.0
        return 1.2 if mention.kind == "person" else 0.8 if " " in mention.text else 0.0
    if pronoun == "they":
        return (
            1.3 if mention.plural or mention.kind == "group" else 0.8 if mention.named and mention.kind is None else 0.0
        )
    if mention.kind == "person" or mention.gender or mention.plural:
        return 0.0
    return 1.0 if mention.kind else 0.8


def _pronouns(question: str, candidates: Sequence[_Candidate]) -> str:
    own = [mention for mention in mentions(question) if mention.named and not mention.modifier]
    pieces: list[str] = []
    done = 0
    taken: dict[str, Mention | None] = {}
    for match in _PRONOUN.finditer(question):
        pronoun = match.lastgroup or "it"
        if pronoun in taken or any(m.start < match.start() and _agrees(m, pronoun) for m in own):
            continue  # it has its antecedent in the question itself
        if regex.search(r"\bones?\b", question[: match.start()]):
            continue
        free = [c for c in candidates if not c.mention.modifier and c.mention not in taken.values()]
        fitting = [c for c in free if _agrees(c.mention, pronoun)]
        chosen = max(fitting, key=lambda c: c.salience * _agrees(c.mention, pronoun), default=None)
        taken[pronoun] = chosen.mention if chosen else None
        if chosen is None:
            continue
        word = match.group().lower()
        owner = word in _OWNER or (word == "her" and not _AFTER_OBJECT.match(question, match.end()))
        name = _told(chosen.mention)
        pieces += question[done : match.start()], f"{name}'s" if owner else name
        done = match.end()
    return "".join([*pieces, question[done:]])


def _full_name(question: str, candidates: Sequence[_Candidate]) -> str:
    """A surname alone becomes the name by which the conversation introduced it; "that company" its name."""
    for mention in (candidate.mention for candidate in candidates):
        parts = mention.text.split()
        if mention.kind == "person" and len(parts) > 1 and _folded(mention.text) not in _folded(question):
            alone = regex.compile(rf"(?<!\p{{Lu}}[\p{{L}}.'’-]*\s)\b{regex.escape(parts[-1])}\b(?!\s\p{{Lu}})")
            question = alone.sub(lambda _, name=mention.text: name, question, count=1)
    if match := _GROUP_NOUN.search(question):
        fitting = (c.mention for c in candidates if c.mention.named and not c.mention.modifier)
        group = next((m for m in fitting if m.kind in ("group", None) and not m.gender), None)
        if group:
            question = question[: match.start()] + group.text + question[match.end() :]
    return question


def _anchored(question: str, candidates: Sequence[_Candidate]) -> str:
    """A question that names nothing is about what the conversation is about."""
    first = 0 if _ENGLISH.search(question) else 1  # elsewhere a capital at the start says nothing
    if any(mention.named and mention.start >= first for mention in mentions(question)):
        return question
    able = [c for c in candidates if not c.mention.modifier]
    stems = content_stems(question)
    if any(c.mention.named and stems & content_stems(_proper(c.mention.text)) for c in able):
        return question
    ranked = sorted(able, key=lambda c: (not (c.asked and c.mention.named), not c.asked, -c.salience))
    if not ranked:
        return question
    top = ranked[0].mention
    return f"{question.rstrip(' ?.!')} ({_told(top)})?"


def _proper(name: str) -> str:
    """What is a name in "the Lahaina fire"."""
    return " ".join(word for word in name.split() if not word.islower())


def _told(mention: Mention) -> str:
    """As it is called within a sentence."""
    if not mention.named:
        return f"the {mention.text}"
    return regex.sub(r"^The ", "the ", mention.text) if mention.kind == "thing" else mention.text


def _pointed(question: str, exchanges: Sequence[tuple[str, str]]) -> str:
    """ "The first one", "the latter" and "that one" become the names of the list that they point into."""
    match = _POINTED.search(question)
    if match is None:
        return question
    # "that one" is of the last answer, "the second" may come after an answer about the first
    for asked, answered in reversed(exchanges if match["nth"] else exchanges[-1:]):
        if match["noun"] and not content_stems(match["noun"]) & content_stems(asked):
            continue
        for names in filter(None, map(_listed, (answered, asked))):
            place = _PLACES[match["nth"].lower()] if match["nth"] else -1
            if place >= len(names):
                return question
            return question[: match.start()] + names[place] + question[match.end() :]
    return question


def _listed(text: str) -> list[str]:
    """The first list of names in a text: "Norden Bank, Suden Bank and Ostbank"."""
    end: int | None = None
    names: list[str] = []
    joined = False
    for mention in mentions(text):
        if not mention.named or mention.modifier:
            continue
        between = _JOINED.fullmatch(text, end, mention.start) if end is not None and end < mention.start else None
        if between is None:
            if joined:
                break
            names = []
        parts = [mention.text] if mention.kind == "work" else regex.split(r"\s(?:and|&)\s(?:the\s)?", mention.text)
        joined = joined or len(parts) > 1 or bool(between and between.group().strip() != ",")
        names += parts
        end = mention.end
    return names if joined else []


def _besides(question: str, before: str, answer: str) -> str:
    """ "Who else" is somebody besides the one whom the answer named."""
    match, named = _ELSE.search(question), _answering(before, answer)
    if match is None or named is None or _folded(named.text) in _folded(question):
        return question
    return f"{question[: match.end()]} besides {_told(named)}{question[match.end() :]}"


def _continued(question: str, exchanges: Sequence[tuple[str, str]], candidates: Sequence[_Candidate]) -> str | None:
    """A fragment, completed from the exchange before: "Why?", "And in 2022?", "What about Syria?"."""
    before, answer = exchanges[-1]
    bare = _LEAD.sub("", question)
    if whose := _COUNTERPART.match(bare):
        return _counterpart(whose["whose"], before)
    if asked := _BARE.match(bare):
        return _because(asked["wh"], before, answer, candidates)
    rest = _ABOUT.sub("", bare).rstrip(" ?.!")
    fragment = not _ASKING.search(rest)
    short = len(rest.split()) <= (6 if rest != question.rstrip(" ?.!") else 3)
    if not (rest and fragment and short) or _AUXILIARY.search(rest):
        return None
    for start, end, text in _swaps(before, rest):
        return before[:start] + text + before[end:]
    if regex.match(r"the\s", rest, regex.I) and _ENGLISH.search(before):
        # the question before asks of something else: "What about the ship?" after one about a bridge
        return _anchored(f"What about {rest}?", candidates)
    return f"{rest[0].upper()}{rest[1:]}: {before}"


def _counterpart(whose: str, before: str) -> str | None:
    """ "Who is his Russian counterpart?" asks the question before of Russia: "Who heads the Russian agency?"."""
    own = regex.search(r"(?<=\bthe\s)\p{Lu}[\p{L}-]+(?=\s(?!(?:of|for|in|at|to|and)\b)\p{Ll})", before)
    return before[: own.start()] + whose + before[own.end() :] if own else None


def _because(wh: str, before: str, answer: str, candidates: Sequence[_Candidate]) -> str:
    """ "Why?" of what was asked, when that was a yes-or-no question; else of what was answered."""
    wh = wh[0].upper() + wh[1:]
    if _YES_NO.match(before):
        return f"{wh} {before[0].lower()}{before[1:]}"
    sentence = regex.split(r"(?<=[.!?])\s", answer.strip())[0].rstrip(" .")
    whole = len(sentence.split()) > 3 and not _NO_ANSWER.search(answer)
    if whole and wh.lower() in ("why", "how come", "how so", "how"):
        told = _pronouns(sentence, [c for c in candidates if c.asked])
        first = next(iter(mentions(told)), None)
        if first is None or first.start > 0:
            told = told[0].lower() + told[1:]
        return f"{wh} is it that {told}?"
    return f"{wh}: {before}"


def _swaps(before: str, rest: str) -> Iterator[tuple[int, int, str]]:
    """Where in the question before a fragment can take the place of its like: a time, a place, a name."""
    times = expressions(rest, _SOME_DAY)
    if times and times[0].end == len(rest):
        for time in expressions(before, _SOME_DAY):
            head = regex.search(r"\b(?:in|on|at|since|before|after|until|during)\s(?:the\s)?$", before[: time.start])
            yield (head.start() if head and times[0].start > 0 else time.start), time.end, rest
        end = len(before.rstrip(" ?.!"))
        yield end, end, f" {rest}"
    new = [mention for mention in mentions(rest) if mention.named]
    if len(new) != 1 or new[0].end != len(rest):
        return
    preposition = regex.match(r"(?:in|at|from|for|of|by|with|to|on|under|against)\b", rest, regex.I)
    old_names = [mention for mention in mentions(before) if mention.named and not mention.modifier]
    for old in old_names:
        if preposition and (
            same := regex.search(rf"\b{preposition.group()}\s(?:the\s)?$", before[: old.start], regex.I)
        ):
            yield same.start(), old.end, rest
    for old in old_names:
        if not preposition and (old.kind == new[0].kind or None in (old.kind, new[0].kind)):
            yield old.start, old.end, new[0].text
