"""The runs in a folder as reports to leaf through in a browser: the newest first, links to the others."""

import threading
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from evals.errors import RecordError
from evals.report.document import document
from evals.report.html import page
from evals.report.markup import Markup, el
from evals.runs import ABOUT, RECORDS, RUNS, TIMINGS, load_run

KEPT = 4  # reports kept in memory, some megabytes each

_Stamp = tuple[tuple[int, int], ...]  # when each file of a run was written, in nanoseconds, and its bytes


class Shelf:
    """The reports of the runs in `folder`, made when they are asked for. Threads may share one."""

    def __init__(self, folder: Path = RUNS) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._made: dict[str, tuple[tuple[_Stamp, list[str]], str]] = {}

    def html(self, name: str | None = None) -> str:
        """The report of the run called `name`, or of the newest. Never raises for what is in the folder: a run that
        is damaged, gone or not there yet is a page that says so."""
        runs = self._runs()
        if not runs:
            return _nothing()
        names = list(runs)
        if name is not None and name not in names:
            return document("Quality", [_links(names, None), el("p", f"There is no run {name} (any more).")])
        chosen = names[0] if name is None else name
        with self._lock:
            state = runs[chosen], names  # the links to the others are part of the page
            known = self._made.pop(chosen, None)
            text = known[1] if known and known[0] == state else _report(self._folder / chosen, runs[chosen], names)
            self._made[chosen] = state, text
            for oldest in list(self._made)[:-KEPT]:
                del self._made[oldest]
        return text

    def _runs(self) -> dict[str, _Stamp]:
        """The folders with records, the newest first, with what changes when they do."""
        found = {records.parent.name: _stamp(records.parent) for records in self._folder.glob(f"*/{RECORDS}")}
        return dict(sorted(found.items(), key=lambda one: (one[1], one[0]), reverse=True))


def _report(run: Path, stamp: _Stamp, names: list[str]) -> str:
    measured = datetime.fromtimestamp(stamp[0][0] / 1e9)
    before = [
        _links(names, run.name),
        el("p", f"Last measured on {measured.day} {measured:%B %Y at %H:%M}.", class_="soft"),
    ]
    try:
        return page([load_run(run)], run.name, before)
    except RecordError as error:
        trouble = str(error)
    except (OSError, AttributeError, LookupError, TypeError, ValueError) as error:  # damaged, or of another version
        trouble = f"{type(error).__name__}: {error}"
    said = el("p", f"This run cannot be shown: {trouble}. Run it again, or remove its folder.", class_="bad")
    return document(run.name, [*before, said])


def _links(names: list[str], chosen: str | None) -> Markup:
    """To every run; nothing where there is no other."""
    if names == [chosen]:
        return Markup("")
    links = [
        el("a", name, href=f"?run={quote(name, safe='')}", aria_current="page" if name == chosen else None)
        for name in names
    ]
    return el("nav", el("b", "Runs "), links, aria_label="Runs", class_="runs")


def _nothing() -> str:
    return document(
        "Nothing has been measured yet",
        [
            el("p", "Here is the report of the newest evaluation run, once there is one. In the folder where this "
                    "page was started, run:"),
            el("pre", "rag eval run golden-extractive", tabindex=0),
            el("p", "That asks all questions of the golden set without a language model and takes about a minute. ",
               "Runs are kept in the folder ", el("b", RUNS.as_posix()), "; docs/evals.md says what else can be "
               "measured.", class_="soft"),
        ],
    )  # fmt: skip


def _stamp(run: Path) -> _Stamp:
    """The records first; (0, 0) for a file that is not there."""
    stamp = []
    for name in (RECORDS, TIMINGS, ABOUT):
        try:
            stat = (run / name).stat()
            stamp.append((stat.st_mtime_ns, stat.st_size))
        except OSError:
            stamp.append((0, 0))
    return tuple(stamp)
