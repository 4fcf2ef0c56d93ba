from django.db import models


class PublishedTerms(models.Model):
    """A version of a company's terms that was published here, in one language. Never changed and never deleted."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    version = models.TextField()
    language = models.TextField()
    text = models.TextField()
    sha256 = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.JSONField()  # the two persons

    class Meta:
        db_table = "published_terms"
        constraints = [
            models.UniqueConstraint(fields=["company", "version", "language"], name="a_version_is_published_once"),
        ]
