"""Every error that the evaluation suite raises on purpose.

ArticleRagError
└── EvaluationError       the evaluation cannot go on as asked
    ├── MetricError       what a metric was given cannot be measured (a score out of range, no context)
    ├── DatasetError      a data set is unknown, missing, or not in its public format
    └── RecordError       a run's file cannot be read, or two runs cannot be compared
"""

from index.errors import ArticleRagError


class EvaluationError(ArticleRagError):
    """The evaluation cannot go on as asked."""


class MetricError(EvaluationError, ValueError):
    """What a metric was given cannot be measured."""


class DatasetError(EvaluationError):
    """A data set is unknown, missing, or not in its public format."""


class RecordError(EvaluationError):
    """A run's file cannot be read, or two runs cannot be compared."""
