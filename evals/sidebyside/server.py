"""The local model's process for several suites: ``python -m evals.sidebyside.server``, in place of `rag.llm.server`.

A slot for each prompt of a suite (deepeval has three), so that what its prompts have in common is read once; the
answering engine needs two.
"""

from rag.llm import server

SLOTS = 4

if __name__ == "__main__":
    server.SLOTS = SLOTS
    server.main()
