"""The one place that declares text to be safe HTML. What comes in was made by our own renderer from our own documents."""

from django.utils.safestring import SafeString


def trusted(html: str) -> SafeString:
    """Return HTML that a renderer with raw HTML switched off has made; never call it with anything else."""
    return SafeString(html)
