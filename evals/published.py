"""What others report on the same sets of labels, to be read beside our figures and never as a race: the data differ.

Each row names its source and says what differs.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """One figure of somebody else. `dataset` is ours that it is nearest to."""

    dataset: str
    judge: str
    measure: str
    value: float
    source: str
    difference: str


_LETTUCE = "Kovács & Recski 2025, LettuceDetect, arXiv:2502.17125, which also collects the others' figures"
_WHOLE = "RAGTruth's test split, all three tasks; ours is the question answering part of the train split"
_SUMMEDITS = "Laban et al. 2023, arXiv:2305.14540"
_TEN = "mean over ten domains; ours is a part of the news domain"

ROWS: tuple[Published, ...] = (
    Published("ragtruth", "GPT-4, prompted", "F1, responses", 0.634, _LETTUCE, _WHOLE),
    Published("ragtruth", "Luna (fine-tuned encoder)", "F1, responses", 0.654, _LETTUCE, _WHOLE),
    Published("ragtruth", "LettuceDetect large (fine-tuned encoder)", "F1, responses", 0.792, _LETTUCE, _WHOLE),
    Published("ragtruth", "Llama-2-13B (fine-tuned)", "F1, responses", 0.787, _LETTUCE, _WHOLE),
    Published("ragtruth", "RAG-HAT, Llama-3-8B (fine-tuned)", "F1, responses", 0.839, _LETTUCE, _WHOLE),
    Published("ragtruth", "LettuceDetect large (fine-tuned encoder)", "F1, characters", 0.589, _LETTUCE, _WHOLE),
    Published("ragtruth", "Llama-2-13B (fine-tuned)", "F1, characters", 0.527, _LETTUCE, _WHOLE),
    Published("summedits", "GPT-4, prompted", "balanced accuracy", 0.824, _SUMMEDITS, _TEN),
    Published("summedits", "people (estimate)", "balanced accuracy", 0.909, _SUMMEDITS, _TEN),
    Published(
        "attributionbench",
        "GPT-3.5 (fine-tuned)",
        "macro F1",
        0.80,
        "Li et al. 2024, arXiv:2402.15089 (“around 80%”)",
        "the test parts, macro F1 of both labels; ours is the dev part, balanced accuracy",
    ),
)


def beside(dataset: str) -> tuple[Published, ...]:
    """The rows for one of our sets."""
    return tuple(row for row in ROWS if row.dataset == dataset)
