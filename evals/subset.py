"""Which questions of a baseline a run was to ask: what a sample leaves out on purpose is not lost."""

from collections.abc import Sequence

from evals.records import Record
from evals.runs import Run


def to_be_asked(baseline: Sequence[Record], run: Run) -> list[Record]:
    """The records of `baseline` that `run` is to be held against: all, but where the run is a sample of it.

    Only the run's own configuration makes it one, by the limit of a data set: as many questions are there as were
    drawn, and each is in the baseline. With fewer, the run is not finished, and the others are missing.
    """
    config = run.about.get("config") or {}
    limits = [one.get("limit") or config.get("limit") for one in config.get("datasets") or ()]
    known = {record.place for record in baseline}
    drawn: set[tuple[str, str]] = set()
    for (name, about), limit in zip((run.about.get("datasets") or {}).items(), limits, strict=False):
        places = {record.place for record in run.records if record.dataset == name}
        if limit and len(places) == about["questions"] and places <= known:
            drawn |= places
    sampled = {dataset for dataset, _ in drawn}
    return [record for record in baseline if record.dataset not in sampled or record.place in drawn]
