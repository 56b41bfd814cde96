"""Which of a text is code: what stands between backticks, or in a fence."""


class Backticks:
    """Reads a text character by character. `opened_by` is the length of the run of backticks that opened the code we
    are in, 0 outside; an inline span ends with its line."""

    def __init__(self) -> None:
        self.opened_by = 0
        self._fence = False
        self._opening = False  # on the line on which a fence was opened
        self._run = 0  # backticks up to here
        self._leads = False  # they began their line

    def read(self, char: str, blank: bool) -> None:
        """Take the next character; `blank` says that nothing but white space is on its line so far."""
        if char == "`":
            self._leads = self._leads if self._run else blank
            self._run += 1
            return
        if self._run:
            self._end_of_run(char)
        if char == "\n":
            self._opening = False
            if not self._fence:
                self.opened_by = 0

    def _end_of_run(self, char: str) -> None:
        run, self._run = self._run, 0
        if not self.opened_by:
            self.opened_by = run
            self._fence = self._opening = run >= 3 and self._leads
        elif self._fence:
            # "```code``` goes on": what closes on the line on which it opened was no fence.
            inline = self._opening and run == self.opened_by
            if inline or (run >= self.opened_by and self._leads and char.isspace()):
                self.opened_by, self._fence = 0, False
        elif run == self.opened_by:
            self.opened_by = 0
