"""Other evaluation suites and ours on the same inputs, side by side: ``python -m evals.sidebyside``.

Each suite runs in an environment of its own, which ``--install FOLDER`` makes; one judge answers them all, in the form
that each asks for. `evals.sidebyside.cases` are the inputs.
"""
