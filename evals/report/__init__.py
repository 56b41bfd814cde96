"""Reports of runs: one self-contained HTML page, Markdown, JSON."""

from evals.report.html import page
from evals.report.markdown import markdown

__all__ = ["markdown", "page"]
