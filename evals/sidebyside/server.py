"""The local model's process for several suites: ``python -m evals.sidebyside.server``, in place of `rag.llm.server`.

A slot for each prompt of the suites (ragas has two, deepeval three, trulens two, LlamaIndex one, ours two), so that
what a prompt always begins with is read once; the answering engine needs two.
"""

from rag.llm import server

SLOTS = 10

if __name__ == "__main__":
    server.SLOTS = SLOTS
    server.main()
