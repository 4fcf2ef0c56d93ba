from django.db import models


class Incarnation(models.Model):
    """A life of this database: it begins at the first start, and anew when a copy takes over. The newest one is lived."""

    name = models.TextField(unique=True)
    since = models.DateTimeField()
    by = models.TextField()
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "installation_incarnation"


class Place(models.Model):
    """Somebody's folder from which the database is worked with. Its mark outside says the same, or is newer or older."""

    place = models.TextField(unique=True)
    number = models.BigIntegerField(default=0)  # of its beats
    beat_at = models.DateTimeField()
    joined_at = models.DateTimeField()
    by = models.TextField()
    accepted_until = models.DateTimeField(null=True)  # a person has acknowledged what time it is

    class Meta:
        db_table = "installation_place"


class ReconciledStep(models.Model):
    """What a person has looked at since the installation was taken for a copy."""

    step = models.TextField(unique=True)
    by = models.TextField()
    at = models.DateTimeField()
    figures = models.JSONField(default=dict)

    class Meta:
        db_table = "installation_step"
