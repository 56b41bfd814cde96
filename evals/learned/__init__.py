"""The learned judge's training: ``python -m evals.learned`` (rag/verify/learned.py is what uses its result)."""
