"""Every error that the evaluation suite raises on purpose.

ArticleRagError
└── EvaluationError       the evaluation cannot go on as asked
    ├── MetricError       what a metric was given cannot be measured (a score out of range, no context)
    ├── DatasetError      a data set is unknown, missing, or not in its public format
    ├── RecordError       a run's file cannot be read, or two runs cannot be compared
    ├── ConfigurationError  a run's configuration is not one, or asks for what is not there
    ├── AnswerError       a system did not answer a question
    └── TooExpensive      a run would cost more than it may
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


class ConfigurationError(EvaluationError):
    """A run's configuration is not one, or asks for what is not there."""


class AnswerError(EvaluationError):
    """A system did not answer a question."""


class TooExpensive(EvaluationError):
    """A run would cost more than it may."""
