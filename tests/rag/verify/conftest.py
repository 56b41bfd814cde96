"""What the tests of the verifier share."""

import pytest

from rag.verify import Verifier


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    """The rules alone."""
    return Verifier()
