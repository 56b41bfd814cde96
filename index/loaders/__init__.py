"""Articles out of files: text, Markdown, HTML, JSON Lines, PDF, DOCX, EPUB; one module a format."""

from index.loaders.load import SUFFIXES, is_jsonl, is_known, load_file
from index.loaders.outcome import Failure

__all__ = ["SUFFIXES", "Failure", "is_jsonl", "is_known", "load_file"]
