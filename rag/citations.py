"""Citation markers in an answer: read out of the stream, renumbered, and tied to sentences.

A model is shown sources numbered 1 to n and writes markers after what it takes from them: "[2]",
"[1, 3]", "[1-3]", "【2†source】", "(Source 1)". What is shown instead is one form, "[1]", numbered
in order of first use, and beside the text a list of where each source is used. Numbers that no
source has are the model's invention: they are dropped, with the space and the brackets that hold
nothing else, and counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import regex

from index.sentences import Span, sentence_spans

MAX_MARKER = 120  # characters of a marker; with the other two the most that is ever held back
MAX_SPACE = 8
MAX_WRAP = 24  # brackets around a marker, and words like "see" in them

_WORD = (
    r"(?:(?:sources?|passages?|excerpts?|documents?|docs?|articles?|references?|refs?|citations?)[ \u00a0]?[:#.]?|[#^])"
)
_TO = r"(?:[ ]?[-–—‑][ ]?|[ ](?:to|through)[ ])"
_NUMBER = rf"\d{{1,4}}(?:{_TO}\d{{1,4}})?"
_ITEM = rf"(?:{_WORD}[ \u00a0]?)?{_NUMBER}"
_LIST = rf"{_ITEM}(?:(?:[ ]?[,;&][ ]?(?:and[ ])?|[ ](?:and|or)[ ]|[ ]){_ITEM})*+"
_LEAD = r"(?:(?:see(?:[ ]also)?|cf\.?|from|per|via)[ ])?"
# What models add after the number: "1†source", "4:0†L10-L12", "Source 1: CNN", "1, CNN", "1, p. 4".
_TAIL = r"(?::\d{1,3})?(?:†[^\[\]【】\n]{0,60})?"
_SAID = r"(?::[ ][^\[\]【】\n]{0,60}|[,;](?:[ ]?(?:(?-i:\p{Lu})|pp?\.|para|line|sentence)[^\[\]【】\n]{0,60})?)?"
_MARKER = regex.compile(
    rf"\[[ ]?{_LEAD}{_LIST}{_TAIL}{_SAID}[ ]?\]"
    rf"|\[\[{_LIST}\]\]"
    rf"|【[ ]?{_LIST}{_TAIL}[ ]?】"
    rf"|\((?:sources?|passages?)[ :#]{{1,2}}{_LIST}\)",
    regex.IGNORECASE,
)
_LINK_TARGET = regex.compile(r"\((?:https?:|www\.|#|/)", regex.IGNORECASE)
_NUMBERS = regex.compile(
    rf"(?P<word>{_WORD}[ \u00a0]?)?(?P<first>\d{{1,4}})(?:{_TO}(?P<last>\d{{1,4}}))?", regex.IGNORECASE
)
_BODY = regex.compile(rf"[\[【(]\[?[ ]?{_LEAD}(?P<list>{_LIST})", regex.IGNORECASE)
_CUT_NUMBER = regex.compile(rf"(?:{_TO})?(?<!\d)\d{{1,3}}$", regex.IGNORECASE)
# What may stand around markers and means nothing without them; a number in square brackets is one more marker.
_WRAP = regex.compile(
    rf"(?:[(\[【][ ]?)*+(?:(?<=\([ ]?){_LEAD}(?:{_WORD}[ ]?)?[ ,;&]*(?:(?:and|or)[ ]?)?"
    rf"|(?<=[\[【][ ]?){_LEAD}(?:{_WORD}[ ]?)?[\d ,;&–-]*(?:(?:and|or)[ ]?)?)",
    regex.IGNORECASE,
)
_THOUSANDS = regex.compile(r"[\[ ]\d{1,3}(?:,\d{3})+[\] ]")
_OPENERS = "[【("
_CLOSED_BY = {"]": "[", "】": "【", ")": "("}
_SPACES = " \t\u00a0\u202f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One marker in the shown answer: ``answer[start:end] == f"[{number}]"``.

    `number` is what is shown (1, 2, 3 in order of first use), `source` the position (from 0)
    among the sources that the model was given.
    """

    number: int
    source: int
    start: int
    end: int
    placed_by: Literal["model", "engine"] = "model"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a piece of the stream adds: `text` to append to the shown answer, and the markers in it."""

    text: str = ""
    uses: tuple[Use, ...] = ()


class CitationParser:
    """Incremental: feed the chunks as they come, then finish; the chunking never changes the result.

    Code (between backticks, or in a fence) is text, markers in it too; an inline span ends with its
    line. A number above `sources` is dropped and counted in `dropped`, except where the brackets
    plainly hold something else (a year, "[12,000]"), which stay as text. Of a marker that the end of
    its line or of the stream cuts off, the whole numbers count. At most MAX_MARKER + MAX_SPACE +
    MAX_WRAP characters are held back, and the time is linear in the length of the text.
    """

    def __init__(self, sources: int) -> None:
        self.sources = sources
        self.order: list[int] = []  # order[number - 1] is the source shown as that number
        self.uses: list[Use] = []
        self.dropped = 0
        self._shown = 0  # characters of the shown answer so far
        self._text: list[str] = []  # of the piece being fed
        self._first_use = 0
        self._space = ""
        self._before_dropped = ""  # the space before a marker that was dropped
        self._wrap = ""  # brackets, after `_space`, that are dropped if all the markers in them are
        self._hollow: str | None = None  # what `_wrap` was before a marker in it was dropped
        self._held = ""  # what may yet become a marker, or a marker's link target
        self._after_marker = False
        self._in_target = False
        self._skip_space = False
        self._group: set[int] = set()  # sources cited since the last word
        self._blank = True  # nothing but white space on this line so far
        self._ticks = 0
        self._ticks_lead = False  # the run of backticks began its line
        self._code = 0  # length of the run that opened the code we are in, 0 outside
        self._fence = False

    def feed(self, chunk: str) -> Parsed:
        """Take the next piece of the model's text, of any length."""
        for char in chunk:
            self._step(char)
        return self._take()

    def finish(self) -> Parsed:
        """The stream has ended: what was held back is text, or a marker that was cut off."""
        self._settle()
        return self._take()

    def literal(self, text: str) -> Parsed:
        """Text that is not the model's, as it stands: markers and backticks in it mean nothing."""
        if text:
            self._settle()
            self._append(text)
            self._group.clear()
            self._before_dropped = ""
            self._after_marker = self._skip_space = False
            self._blank = text.isspace() and (self._blank or "\n" in text)
        return self._take()

    def cite(self, source: int) -> Parsed:
        """Cite `source` (from 0) here, where the model wrote no marker but the engine found support."""
        if not 0 <= source < self.sources:
            raise IndexError(f"no source {source}: there are {self.sources}")
        self._add(source, "engine")
        return self._take()

    def _settle(self) -> None:
        """Decide on all that was held back: nothing more of the model's comes that could."""
        while self._held:
            self._end_held(self._held)
        if self._hollow is None:
            self._flush_wrap()
        else:
            self._wrap, self._hollow = "", None
            self._drop()
        self._flush_space()

    def _take(self) -> Parsed:
        parsed = Parsed("".join(self._text), tuple(self.uses[self._first_use :]))
        self._text, self._first_use = [], len(self.uses)
        return parsed

    def _step(self, char: str) -> None:
        if self._in_target:
            if char == ")":
                self._in_target = False
                return
            if not char.isspace():
                return
            self._in_target = False
        if self._ticks and char != "`":
            self._end_of_ticks(char)
        if self._held:
            self._continue(char)
        elif char == "`":
            self._ticks_lead = self._blank if not self._ticks else self._ticks_lead
            self._ticks += 1
            self._emit(char)
        elif self._code:
            if char == "\n" and not self._fence:
                self._code = 0
            self._emit(char)
        elif char in _OPENERS:
            self._held = char
        elif char in _SPACES:
            self._after_marker = False
            if self._wrap and self._wraps(char):
                return
            self._flush_wrap()
            if not self._skip_space:
                self._space += char
                if len(self._space) > MAX_SPACE:
                    self._append(self._space[0])
                    self._space = self._space[1:]
        else:
            self._emit(char)

    def _end_of_ticks(self, char: str) -> None:
        run, self._ticks = self._ticks, 0
        if not self._code:
            self._code, self._fence = run, run >= 3 and self._ticks_lead
        elif self._fence:
            if run >= self._code and self._ticks_lead and char.isspace():
                self._code, self._fence = 0, False
        elif run == self._code:
            self._code = 0

    def _continue(self, char: str) -> None:
        held = self._held + char
        if self._after_marker and held[0] == "(":
            target = _LINK_TARGET.fullmatch(held, partial=True)
            if target and not target.partial:
                self._held, self._after_marker, self._in_target = "", False, True
                return
            if target:
                self._held = held
                return
            self._after_marker = False
        marker = _MARKER.fullmatch(held, partial=True) if len(held) <= MAX_MARKER else None
        if marker and marker.partial:
            self._held = held
        elif marker and (numbers := self._numbers(held)) is not None:
            self._held = ""
            self._mark(numbers)
        elif char == "\n":
            self._end_held(self._held, whole=True)
            self._step(char)
        else:
            self._not_a_marker(held)

    def _not_a_marker(self, held: str) -> None:
        """The first character is text, and the rest is read again from there."""
        self._held = ""
        self._emit(held[0])
        for char in held[1:]:
            self._step(char)

    def _end_held(self, held: str, *, whole: bool = False) -> None:
        """What is held ends here without its closing bracket. If not `whole`, its last number may go on."""
        numbers = None
        if not _THOUSANDS.search(f"{held}]"):
            start = held if whole else _CUT_NUMBER.sub("", held)
            if _BODY.match(start):
                numbers = self._numbers(start)
            elif start != held and _BODY.match(held):
                numbers = []
        if numbers is None:
            self._not_a_marker(held)
        else:
            self._held = ""
            self._mark(numbers)

    def _numbers(self, marker: str) -> list[int] | None:
        """The sources (from 0) of a marker, those that do not exist counted; None when it is something else."""
        body = _BODY.match(marker)
        if body is None:
            return None
        found: list[int] = []
        unknown = 0
        for item in _NUMBERS.finditer(body["list"]):
            first, last = int(item["first"]), int(item["last"] or item["first"])
            plain = not item["word"] and marker[0] != "("
            padded = item["first"].startswith("0") and len(item["first"]) > 1
            if last < first or padded or (plain and last > max(self.sources, 999)):
                return None  # a score, a padded figure, a year
            known = range(max(first, 1), min(last, self.sources) + 1)
            found.extend(n - 1 for n in known)
            unknown += len(known) < last - first + 1
        if unknown and _THOUSANDS.search(marker):
            return None
        self.dropped += unknown
        return found

    def _mark(self, sources: Iterable[int]) -> None:
        new = [source for source in sources if source not in self._group]
        for source in new:
            self._add(source, "model")
        if not new:
            self._drop()
        self._after_marker = True

    def _drop(self) -> None:
        """Nothing is shown for what stood here, nor the space before it."""
        if self._wrap:
            self._hollow = self._wrap if self._hollow is None else self._hollow
        else:
            self._before_dropped = self._space or self._before_dropped
            self._space = ""
            self._skip_space = self._blank

    def _add(self, source: int, placed_by: Literal["model", "engine"]) -> None:
        if source in self._group:
            return
        self._wrap, self._hollow = self._wrap if self._hollow is None else self._hollow, None
        self._flush_wrap()
        self._group.add(source)
        if source not in self.order:
            self.order.append(source)
        if not self._group - {source}:
            # "word [9][1]" without the 9 is "word [1]", not "word[1]".
            self._space = self._space or self._before_dropped
        self._before_dropped = ""
        self._flush_space()
        number = self.order.index(source) + 1
        shown = f"[{number}]"
        start = self._shown
        self._append(shown)
        self._blank = self._skip_space = False
        self.uses.append(Use(number=number, source=source, start=start, end=self._shown, placed_by=placed_by))

    def _emit(self, char: str) -> None:
        if not self._code and self._wraps(char):
            return
        if self._hollow is not None and char in _CLOSED_BY:
            opener = max(self._wrap.rfind(one) for one in _OPENERS)
            if self._wrap[opener] == _CLOSED_BY[char]:
                self._wrap = self._wrap[:opener]
                self._hollow = self._wrap or None
                self._drop()
                return
        self._flush_wrap()
        if not self._code and self._wraps(char):
            return
        self._before_dropped = ""
        self._flush_space()
        self._append(char)
        self._group.clear()
        self._blank = char == "\n" or (self._blank and char.isspace())
        self._after_marker = self._skip_space = False

    def _wraps(self, char: str) -> bool:
        """Whether the character continues or begins brackets around markers, and is held back with them."""
        wrap = self._wrap + char
        if wrap[0] not in _OPENERS or len(wrap) > MAX_WRAP or not _WRAP.fullmatch(wrap, partial=True):
            return False
        if not self._wrap:
            self._group.clear()
            self._after_marker = False
        self._wrap = wrap
        return True

    def _flush_wrap(self) -> None:
        """The brackets hold something after all: they are text."""
        if not self._wrap:
            return
        wrap = self._wrap
        if self._hollow is not None:
            wrap = self._hollow + wrap[len(self._hollow) :].lstrip(" ,;&")
        self._wrap, self._hollow, self._before_dropped = "", None, ""
        self._flush_space()
        self._append(wrap)
        self._blank = self._after_marker = self._skip_space = False

    def _flush_space(self) -> None:
        if self._space:
            self._append(self._space)
            self._space = ""

    def _append(self, text: str) -> None:
        self._text.append(text)
        self._shown += len(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSentence:
    """A sentence of the shown answer: ``answer[start:end]``, its own markers included; `plain` is without them."""

    start: int
    end: int
    plain: str
    uses: tuple[Use, ...]


def cited_sentences(answer: str, uses: Sequence[Use], language: str | None = None) -> list[CitedSentence]:
    """The sentences of an answer, each with the markers that belong to it.

    A marker belongs to the sentence in which or after which it stands, on whichever side of the
    full stop; at the start of a line or of the answer, to the sentence that follows.
    """
    masked = _without_markers(answer, uses)
    spans = sentence_spans(masked, language)
    owned: list[list[Use]] = [[] for _ in spans]
    owner = 0
    for use in uses if spans else ():
        while owner + 1 < len(spans) and spans[owner + 1].start < use.start:
            owner += 1
        follows = owner + 1 < len(spans) and "\n" in masked[spans[owner].end : use.start]
        owned[owner + follows].append(use)
    return [
        CitedSentence(
            start=min([span.start, *(use.start for use in own)]),
            end=max([span.end, *(use.end for use in own)]),
            plain=_plain(answer, span, own),
            uses=tuple(own),
        )
        for span, own in zip(spans, owned, strict=True)
    ]


def place(answer: str, uses: Sequence[Use], additions: Iterable[tuple[int, int]]) -> tuple[str, tuple[Use, ...]]:
    """Put further citations into a finished answer: `additions` are (offset in `answer`, source).

    All are renumbered in order of first use, so numbers that were shown before may change.
    An offset inside a marker counts as after it.
    """
    wanted: list[tuple[int, int, Use | None, int]] = [(use.start, 0, use, use.source) for use in uses]
    for offset, source in additions:
        inside = next((use.end for use in uses if use.start < offset < use.end), offset)
        wanted.append((inside, 1, None, source))
    wanted.sort(key=lambda item: item[:2])
    order: list[int] = []
    pieces: list[str] = []
    placed: list[Use] = []
    done = length = 0
    for offset, _, use, source in wanted:
        if source not in order:
            order.append(source)
        number = order.index(source) + 1
        before = answer[done:offset]
        if use is None and before and not before[-1].isspace():
            before += " "
        shown = f"[{number}]"
        pieces += before, shown
        start = length + len(before)
        length = start + len(shown)
        done = offset if use is None else use.end
        placed_by = "engine" if use is None else use.placed_by
        placed.append(Use(number=number, source=source, start=start, end=length, placed_by=placed_by))
    pieces.append(answer[done:])
    return "".join(pieces), tuple(placed)


_CLOSING = regex.compile(r"[.!?…。！？]+[\"'”’»)\]]*$")


def marker_offset(answer: str, sentence: CitedSentence) -> int:
    """Where in `answer` a marker added to `sentence` goes: before its full stop, or at its end."""
    closing = _CLOSING.search(answer, sentence.start, sentence.end)
    return closing.start() if closing else sentence.end


def _without_markers(answer: str, uses: Sequence[Use]) -> str:
    """The answer with spaces where its markers are: offsets stay what they were."""
    pieces: list[str] = []
    done = 0
    for use in uses:
        pieces += answer[done : use.start], " " * (use.end - use.start)
        done = use.end
    pieces.append(answer[done:])
    return "".join(pieces)


def _plain(answer: str, span: Span, uses: Sequence[Use]) -> str:
    """The sentence without its markers and the space that stands before each."""
    pieces: list[str] = []
    done = span.start
    for use in uses:
        if span.start <= use.start < span.end:
            pieces.append(answer[done : use.start].rstrip(_SPACES))
            done = use.end
    pieces.append(answer[done : span.end])
    return "".join(pieces).strip()
