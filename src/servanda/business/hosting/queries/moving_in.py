"""What a node may ask about moves to it."""

from servanda.business.hosting.models import Word


def sealed_word(node_id: int, errand: str) -> str:
    """Return the sealed password of an errand that lies on this node and has not ended; empty when there is none."""
    rows = Word.objects.filter(errand__node_id=node_id, errand__errand=errand, errand__ended_at__isnull=True)
    return rows.values_list("sealed", flat=True).first() or ""
