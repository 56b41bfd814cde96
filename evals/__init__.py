"""Data sets, metrics, runs, comparisons and reports."""
