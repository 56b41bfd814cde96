"""Metrics as pure functions, one module a subject: plain values in, a number or the reason for none out."""

from evals.metrics.values import LeftOut, Value, unjudged

__all__ = ["LeftOut", "Value", "unjudged"]
