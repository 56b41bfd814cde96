"""The stream of a model's text, made into the answer that is shown: its markers found and numbered."""

from rag.citations.backticks import Backticks
from rag.citations.markers import LINK_TARGET, MARKER, MAX_MARKER, OPENERS, SPACES, WRAP, Named, named, named_until_cut
from rag.citations.shown import Parsed, PlacedBy, Shown

MAX_SPACE = 8  # characters of white space held back, until it is known whether a marker follows
MAX_WRAP = 24  # brackets around a marker, and words like "see" in them
_CLOSED_BY = {"]": "[", "】": "【", ")": "("}


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
        self.dropped = 0
        self._shown = Shown()
        self.order = self._shown.order  # order[number - 1] is the source shown as that number
        self.uses = self._shown.uses
        self._code = Backticks()
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

    def feed(self, chunk: str) -> Parsed:
        """Take the next piece of the model's text, of any length."""
        for char in chunk:
            self._step(char)
        return self._shown.take()

    def finish(self) -> Parsed:
        """The stream has ended: what was held back is text, or a marker that was cut off."""
        self._settle()
        return self._shown.take()

    def literal(self, text: str) -> Parsed:
        """Text that is not the model's, as it stands: markers and backticks in it mean nothing."""
        if text:
            self._settle()
            self._shown.add(text)
            self._group.clear()
            self._before_dropped = ""
            self._after_marker = self._skip_space = False
            self._blank = text.isspace() and (self._blank or "\n" in text)
        return self._shown.take()

    def cite(self, source: int) -> Parsed:
        """Cite `source` (from 0) here, where the model wrote no marker but the engine found support."""
        if not 0 <= source < self.sources:
            raise IndexError(f"no source {source}: there are {self.sources}")
        self._add(source, "engine")
        return self._shown.take()

    def _settle(self) -> None:
        """Decide on all that was held back: nothing more of the model's comes that could."""
        while self._held:
            self._end_held()
        if self._hollow is None:
            self._flush_wrap()
        else:
            self._wrap, self._hollow = "", None
            self._drop()
        self._flush_space()

    def _step(self, char: str) -> None:
        if self._in_target:
            if char == ")":
                self._in_target = False
                return
            if not char.isspace():
                return
            self._in_target = False
        if self._held:
            self._continue(char)
            return
        self._code.read(char, self._blank)
        if self._code.opened_by:
            self._emit(char)
        elif char in OPENERS:
            self._held = char
        elif char in SPACES:
            self._after_marker = False
            if self._wrap and self._wraps(char):
                return
            self._flush_wrap()
            if not self._skip_space:
                self._space += char
                if len(self._space) > MAX_SPACE:
                    self._shown.add(self._space[0])
                    self._space = self._space[1:]
        else:
            self._emit(char)

    def _continue(self, char: str) -> None:
        held = self._held + char
        if self._after_marker and held[0] == "(":
            target = LINK_TARGET.fullmatch(held, partial=True)
            if target and not target.partial:
                self._held, self._after_marker, self._in_target = "", False, True
                return
            if target:
                self._held = held
                return
            self._after_marker = False
        marker = MARKER.fullmatch(held, partial=True) if len(held) <= MAX_MARKER else None
        if marker and marker.partial:
            self._held = held
        elif marker and (found := named(held, self.sources)):
            self._mark(found)
        elif char == "\n":
            self._end_held(whole=True)
            self._step(char)
        else:
            self._not_a_marker(held)

    def _not_a_marker(self, held: str) -> None:
        """The first character is text, and the rest is read again from there."""
        self._held = ""
        self._emit(held[0])
        for char in held[1:]:
            self._step(char)

    def _end_held(self, *, whole: bool = False) -> None:
        """What is held ends here without its closing bracket. If not `whole`, its last number may go on."""
        if found := named_until_cut(self._held, self.sources, whole=whole):
            self._mark(found)
        else:
            self._not_a_marker(self._held)

    def _mark(self, found: Named) -> None:
        """What is held is a marker."""
        self._held = ""
        self.dropped += found.unknown
        new = [source for source in found.sources if source not in self._group]
        for source in new:
            self._add(source, "model")
        if not new:
            self._drop()
        self._after_marker = True

    def _drop(self) -> None:
        """Nothing is shown for what stood here, nor the space before it."""
        if self._wrap:
            if self._hollow is None:
                self._hollow = self._wrap
        else:
            self._before_dropped = self._space or self._before_dropped
            self._space = ""
            self._skip_space = self._blank

    def _add(self, source: int, placed_by: PlacedBy) -> None:
        if source in self._group:
            return
        if self._hollow is not None:
            self._wrap, self._hollow = self._hollow, None
        self._flush_wrap()
        if not self._group:
            # "word [9][1]" without the 9 is "word [1]", not "word[1]".
            self._space = self._space or self._before_dropped
        self._group.add(source)
        self._before_dropped = ""
        self._flush_space()
        self._shown.cite(source, placed_by)
        self._blank = self._skip_space = False

    def _emit(self, char: str) -> None:
        if not self._code.opened_by and self._wraps(char):
            return
        if self._hollow is not None and char in _CLOSED_BY:
            opener = max(self._wrap.rfind(one) for one in OPENERS)
            if self._wrap[opener] == _CLOSED_BY[char]:
                self._wrap = self._wrap[:opener]
                self._hollow = self._wrap or None
                self._drop()
                return
        self._flush_wrap()
        if not self._code.opened_by and self._wraps(char):
            return
        self._before_dropped = ""
        self._flush_space()
        self._shown.add(char)
        self._group.clear()
        self._blank = char == "\n" or (self._blank and char.isspace())
        self._after_marker = self._skip_space = False

    def _wraps(self, char: str) -> bool:
        """Whether the character continues or begins brackets around markers, and is held back with them."""
        wrap = self._wrap + char
        if wrap[0] not in OPENERS or len(wrap) > MAX_WRAP or not WRAP.fullmatch(wrap, partial=True):
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
        self._shown.add(wrap)
        self._blank = self._after_marker = self._skip_space = False

    def _flush_space(self) -> None:
        if self._space:
            self._shown.add(self._space)
            self._space = ""
