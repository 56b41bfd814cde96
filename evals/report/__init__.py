"""Reports of runs: one self-contained HTML page, Markdown, JSON; two runs side by side; and a shelf of the pages of all
runs in a folder."""

from evals.report.comparison import comparison_page
from evals.report.document import policy
from evals.report.html import page
from evals.report.markdown import markdown
from evals.report.shelf import Shelf

__all__ = ["Shelf", "comparison_page", "markdown", "page", "policy"]
