"""Words: the tokens of a text with their offsets, folded and stemmed, in any script."""

import functools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex
import snowballstemmer

# One character for one character, so that offsets stay those of the text.
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟″«»「」『』", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\u3000", " "),
    }
)

# Scripts written without spaces give a token a character; no number takes one of theirs, or of Hangul, as its suffix.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_TOKEN = regex.compile(
    r"(?:\p{Lu}\.){2,}|(?:\p{Lu}\.)+\p{Lu}\b"
    rf"|[{_UNSPACED}]"
    rf"|\p{{N}}+(?:[.,]\p{{N}}+)*(?:(?![{_UNSPACED}\p{{Hangul}}])\p{{L}})*"
    rf"|(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}\p{{N}}])+(?:'\p{{L}}+)*"
)


def word_set(words: str) -> frozenset[str]:
    """The words of a list that is written as one string."""
    return frozenset(words.split())


NEGATIONS = word_set(
    "not no never none nobody nothing neither nor without cannot can't won't don't doesn't didn't isn't aren't wasn't "
    "weren't hasn't haven't hadn't wouldn't couldn't shouldn't unable nicht kein keine keinen nie ne pas jamais ningun "
    "hardly barely ain't"
)
_STOP_WORDS = NEGATIONS | word_set(
    "a about after across against along amid among around between despite during near toward towards under via within "
    "all also although an and any are as at be because been before being both but by can could did do "
    "does doing each either for from had has have having he her here hers him his how i if in into is it its itself "
    "just may might more most much must my of off on once only or other our out over own per rather said same say says "
    "she should since so some such than that the their them then there these they this those through to too until up "
    "upon us very was we were what when where whereas which while who whom whose why will with within would you your"
)


@dataclass(frozen=True, slots=True)
class Token:
    """``text[start:end]`` as written (`text`), folded for comparison (`norm`), and its stem."""

    text: str
    norm: str
    stem: str
    start: int
    end: int

    @property
    def content(self) -> bool:
        """Whether the word carries meaning of its own."""
        return self.norm not in _STOP_WORDS and len(self.norm) > 0


def plain_typography(text: str) -> str:
    """The same text with straight quotes, hyphens and spaces; every offset still holds."""
    return text.translate(_TYPOGRAPHY)


@functools.lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Lower case, without accents, possessive 's or the dots of an abbreviation."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    bare = bare.removesuffix("'s").removesuffix("'")
    return (bare.replace(".", "") if bare[-1:] == "." else bare) or word


@functools.lru_cache(maxsize=50_000)
def stem(folded: str) -> str:
    """Snowball's English stem of a folded word; irregular forms that news is full of are mapped first."""
    folded = _IRREGULAR.get(folded, folded)
    # A fresh stemmer for each miss: its state is not safe to share between threads.
    return str(snowballstemmer.stemmer("english").stemWord(folded)) if folded.isascii() else folded


def is_past(folded: str) -> bool:
    """Whether an English verb form is one of the past, or a participle: "approved", "fell", "taken"."""
    return folded.endswith("ed") or (folded in _IRREGULAR and folded not in ("people", "women", "men", "children"))


_LIST_MARK = regex.compile(r"^\s*(?:[*•–-]+|\(?\d{1,2}[.)](?=\s)|#+)\s*", regex.MULTILINE)
_REFERENCE = regex.compile(
    r"\[\d{1,3}(?:\s*[,-]\s*\d{1,3})*\]|【[^】\n]{1,20}】"
    r"|\((?:see )?(?:passages?|sources?|documents?|articles?) \d{1,2}(?:(?:, | and |-)\d{1,2})*\)"
    r"|\b(?:passages?|sources?|documents?|articles?) \[\d{1,2}\]",
    regex.IGNORECASE,
)

_REPLY = regex.compile(
    r"^\s*(?:yes|no|not (?:yet|quite|really)|correct|indeed)(?=[,:;.!–—-])[,:;.!–—-]"
    r"|(?<=\? )yes[,:;.!–—-]",
    regex.IGNORECASE,
)


def without_marks(text: str) -> str:
    """The same text with what states nothing of its own blanked, so that offsets hold: list marks, references to the
    evidence ("[2]", "passage 3"), and the "No, …" of a reply, or "Yes" after its question."""
    for pattern in (_LIST_MARK, _REFERENCE, _REPLY):
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return text


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, in order."""
    found = []
    for match in _TOKEN.finditer(plain_typography(text)):
        norm = fold(match.group())
        found.append(Token(match.group(), norm, stem(norm), match.start(), match.end()))
    return found


def english_share(words: Sequence[Token]) -> float:
    """Share of English function words: a third to a half in English, next to none in other languages."""
    return sum(not word.content and len(word.norm) > 1 for word in words) / len(words) if words else 0.0


def content_stems(words: Iterable[Token]) -> frozenset[str]:
    """The distinct stems of the content words."""
    return frozenset(word.stem for word in words if word.content)


_IRREGULAR = {
    form: base
    for base, forms in {
        "rise": "rose risen",
        "fall": "fell fallen",
        "win": "won",
        "lose": "lost losing",
        "buy": "bought",
        "sell": "sold",
        "begin": "began begun",
        "leave": "left leaving",
        "go": "went gone",
        "grow": "grew grown",
        "shrink": "shrank shrunk",
        "find": "found",
        "say": "said",
        "tell": "told",
        "take": "took taken",
        "give": "gave given",
        "make": "made",
        "pay": "paid",
        "build": "built",
        "send": "sent",
        "kill": "killed",
        "die": "died dead death dying",
        "know": "knew known",
        "think": "thought",
        "hold": "held",
        "stand": "stood",
        "speak": "spoke spoken",
        "write": "wrote written",
        "break": "broke broken",
        "beat": "beaten",
        "fight": "fought",
        "shoot": "shot",
        "see": "saw seen",
        "meet": "met",
        "keep": "kept",
        "sink": "sank sunk",
        "steal": "stole stolen",
        "strike": "struck",
        "drive": "drove driven",
        "choose": "chose chosen",
        "become": "became",
        "come": "came",
        "get": "got gotten",
        "run": "ran",
        "show": "shown",
        "spend": "spent",
        "teach": "taught",
        "catch": "caught",
        "bring": "brought",
        "hide": "hid hidden",
        "lead": "led",
        "woman": "women",
        "man": "men",
        "child": "children",
        "person": "people",
    }.items()
    for form in forms.split()
}
