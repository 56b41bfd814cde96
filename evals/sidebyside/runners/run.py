"""``python run.py SUITE``: one suite measures what comes on standard input, one line of JSON each.

The first line is ``{"base_url", "key", "model"}``, answered by ``{"version", "metrics"}``. Each line after it is
``{"metric", "question", "answer", "contexts"}`` and what else the metric takes, answered by ``{"score", "seconds"}`` or
``{"error", "message", "seconds"}``. Whatever the suite itself prints goes to standard error.
"""

import importlib
import json
import os
import sys
import time
from typing import Any


def main() -> None:
    """Measure until standard input closes."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    suite = importlib.import_module(f"{sys.argv[1]}_runner")
    version, metrics = suite.start(**json.loads(sys.stdin.readline()))
    print(json.dumps({"version": version, "metrics": sorted(metrics)}), file=out, flush=True)
    for line in sys.stdin:
        case = json.loads(line)
        started = time.perf_counter()
        found: dict[str, Any]
        try:
            found = {"score": metrics[case["metric"]](case)}
        except Exception as error:  # noqa: BLE001 -- what a suite raises is what is compared
            found = {"error": type(error).__name__, "message": str(error)}
        found["seconds"] = time.perf_counter() - started
        print(json.dumps(found), file=out, flush=True)


if __name__ == "__main__":
    main()
