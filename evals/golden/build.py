"""Fills in or verifies where every quote of the golden set stands in its article.

``python -m evals.golden.build`` rewrites the question files with exact quotes and offsets;
with ``--check`` it only says whether they are. Exit status 1 if a quote is not in its article.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from evals.golden import GoldenError, articles, question_files, rows

KEYS = (
    "id", "kind", "question", "conversation", "standalone", "as_of", "after", "before", "source",
    "answer", "aliases", "nuggets", "evidence", "timeless", "note",
)  # fmt: skip

# Quotes are typed with a plain keyboard: one character stands for another of its kind.
_TYPED = str.maketrans("\u00a0\u202f\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2011\n", "  '''\"\"\"--- ")


def located(row: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """`row` with every key in its order, and every quote exactly as it stands in its article.

    Raises GoldenError for an unknown key or article, and for a quote that occurs not at all, or
    more than once without a `start` to choose by.
    """
    if unknown := row.keys() - set(KEYS):
        raise GoldenError(f"unknown keys: {', '.join(sorted(unknown))}")
    defaults: dict[str, Any] = dict.fromkeys(KEYS) | {
        "conversation": [], "aliases": [], "nuggets": [], "evidence": [], "timeless": True, "note": "", "answer": "",
        "standalone": row["question"],
    }  # fmt: skip
    whole = {key: row.get(key, defaults[key]) for key in KEYS}
    whole["evidence"] = [[_placed(one, texts) for one in group] for group in whole["evidence"]]
    return whole


def _placed(one: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    slug, quote = one["article"], one["quote"]
    if slug not in texts:
        raise GoldenError(f"no article {slug!r}")
    text, typed = texts[slug].translate(_TYPED), quote.translate(_TYPED)
    starts = [start for start in range(len(text)) if text.startswith(typed, start)]
    if not starts:
        raise GoldenError(f"not in {slug}: {quote!r}")
    if len(starts) > 1 and one.get("start") not in starts:
        raise GoldenError(f"{len(starts)} times in {slug}, give its start: {quote!r}")
    start = one["start"] if len(starts) > 1 else starts[0]
    end = start + len(typed)
    return {"article": slug, "start": start, "end": end, "quote": texts[slug][start:end]}


def main(arguments: list[str]) -> int:
    """Bring every question file up to date (or, with ``--check``, say what is not); 0 if all is well."""
    texts = {article.metadata["slug"]: article.text for article in articles()}
    failures = 0
    for path in question_files():
        lines = []
        for place, row in rows(path):
            try:
                lines.append(json.dumps(located(row, texts), ensure_ascii=False))
            except (GoldenError, KeyError) as error:
                failures += 1
                sys.stderr.write(f"{place} ({row.get('id')}): {error}\n")
                lines.append(json.dumps(row, ensure_ascii=False))
        new = "".join(f"{line}\n" for line in lines)
        if new != path.read_text("utf-8"):
            if "--check" in arguments:
                failures += 1
                sys.stderr.write(f"{path.name}: offsets are not up to date; run python -m evals.golden.build\n")
            else:
                path.write_text(new, "utf-8")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
