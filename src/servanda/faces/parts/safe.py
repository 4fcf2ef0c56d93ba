"""The one place that declares text to be safe HTML: what our own renderer has made of our own documents."""

from django.utils.safestring import SafeString


def trusted(html: str) -> SafeString:
    """Return HTML that a renderer with raw HTML switched off has made; never call it with anything else."""
    return SafeString(html)
