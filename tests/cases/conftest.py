import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english():
    """Refusals are compared in English, whatever the last request left active."""
    with translation.override("en"):
        yield
