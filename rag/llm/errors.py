"""What can go wrong with a language model, one clear line each.

LLMError (ArticleRagError)
├── ModelMissing       no weights, or the part of this program that runs them is not installed
├── ServerFailed       the local server did not start, or died
├── Unreachable        nothing answers at the endpoint's address
├── WrongKey           the endpoint refused the key
├── UnknownModel       the endpoint does not know the model
├── RateLimited        429, still after retries
├── TimedOut           the endpoint said nothing for too long
├── CutStream          the answer broke off
└── EndpointFailed     any other refusal, with the endpoint's own words
"""

from index.errors import ArticleRagError


class LLMError(ArticleRagError):
    """A language model did not answer."""


class ModelMissing(LLMError):
    """No weights, or what runs them is not installed."""


class ServerFailed(LLMError):
    """The local server did not start, or died."""


class Unreachable(LLMError):
    """Nothing answers at the endpoint's address."""


class WrongKey(LLMError):
    """The endpoint refused the key."""


class UnknownModel(LLMError):
    """The endpoint does not know the model."""


class RateLimited(LLMError):
    """The endpoint is still refusing after retries."""


class TimedOut(LLMError):
    """The endpoint said nothing for too long."""


class CutStream(LLMError):
    """The answer broke off before its end."""


class EndpointFailed(LLMError):
    """Any other refusal by the endpoint."""
