"""Reports of runs: one self-contained HTML page, Markdown, JSON; and a shelf of the pages of all runs in a folder."""

from evals.report.html import page, policy
from evals.report.markdown import markdown
from evals.report.shelf import Shelf

__all__ = ["Shelf", "markdown", "page", "policy"]
