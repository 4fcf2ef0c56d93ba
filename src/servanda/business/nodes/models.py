from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Node(models.Model):
    """A server of a company. `accepted_*` are its own words; what was signed for it stands in the signer's tables."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    name = models.TextField(unique=True)  # it signs its requests by it, so it is one of a kind in the installation
    incarnation = models.PositiveIntegerField(default=0)  # counts its enrolments; 0: none yet
    public_key = models.TextField(default="", blank=True)
    sealing_key = models.TextField(default="", blank=True)  # X25519: hashes of passwords are sealed for it
    country = models.TextField()
    addresses = models.JSONField(default=list)
    host_name = models.TextField(blank=True)
    services_max = models.PositiveIntegerField()
    services = models.PositiveIntegerField(default=0)  # that have been given to it and not purged
    takes_new = models.BooleanField(default=True)
    facts = models.JSONField(default=dict)
    counter = models.BigIntegerField(default=0)  # of the last question that was answered
    report_counter = models.BigIntegerField(default=0)  # of the last report that was heard
    report_number = models.BigIntegerField(default=0)
    accepted_seq = models.BigIntegerField(default=0)
    accepted_hash = models.TextField(default="", blank=True)
    reached_seq = models.BigIntegerField(default=0)
    last_report_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()
    enrolled_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.TextField(default="", blank=True)

    class Meta:
        db_table = "node"
        constraints = [
            models.CheckConstraint(condition=Q(services_max__gt=0), name="a_node_has_room_for_something"),
            models.CheckConstraint(
                condition=Q(incarnation=0, public_key="") | Q(incarnation__gt=0) & ~Q(public_key=""),
                name="an_enrolled_node_has_its_key",
            ),
        ]


class NodeToken(models.Model):
    """Leave to enrol one node once. Only the hash of the token is kept."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT)
    sha256 = models.TextField(unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    by = models.TextField()

    class Meta:
        db_table = "node_token"
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="a_token_lives_for_a_while")
        ]


class NodeWish(models.Model):
    """The statement that shall hold for a resource: one row per key, replaced when what is wanted changes."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT)
    key = models.TextField()
    subject = models.TextField()
    statement = models.TextField()  # its one byte string (ground/nodes/wanted.py::encode)
    fingerprint = models.TextField()
    state = models.TextField()  # of the statement: kept, quarantined, purged
    grounds = models.JSONField(default=list)
    wished_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "node_wish"
        constraints = [models.UniqueConstraint(fields=["node", "key"], name="one_wish_per_resource")]
        indexes = [
            models.Index(fields=["node", "wished_at"], name="wishes_of_late"),
            models.Index(fields=["subject"], name="wishes_of_subject"),
        ]


class NodeReport(models.Model):
    """A report as the node signed it."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT)
    incarnation = models.PositiveIntegerField()
    number = models.BigIntegerField()
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    raw = models.TextField()

    class Meta:
        db_table = "node_report"
        constraints = [models.UniqueConstraint(fields=["node", "incarnation", "number"], name="a_report_is_heard_once")]


class NodeFinding(models.Model):
    """How a resource was last found against the statement that the fingerprint names."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT)
    key = models.TextField()
    fingerprint = models.TextField()
    state = models.TextField()
    differences = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    found_at = models.DateTimeField()

    class Meta:
        db_table = "node_finding"
        constraints = [
            models.UniqueConstraint(fields=["node", "key"], name="one_finding_per_resource"),
            models.CheckConstraint(
                condition=Q(state__in=("as wanted", "differs", "failed", "parked")),
                name="a_finding_is_in_a_known_state",
            ),
        ]


class NodeRefusal(models.Model):
    """A document, or one statement of it, that a node did not take. It waits for a person where trying again is no use."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT)
    incarnation = models.PositiveIntegerField()
    seq = models.BigIntegerField()
    key = models.TextField(blank=True)
    reason = models.TextField()
    detail = models.TextField(blank=True)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(default="", blank=True)
    settled_reason = models.TextField(default="", blank=True)

    class Meta:
        db_table = "node_refusal"
        constraints = [
            models.UniqueConstraint(
                fields=["node", "incarnation", "seq", "key", "reason"], name="a_refusal_is_heard_once"
            )
        ]


class SigningKey(models.Model):
    """The public half of a key that documents are signed with. The signer writes it; nodes get it when they enrol."""

    install = models.TextField()
    public_key = models.TextField(unique=True)
    spare_key = models.TextField(default="", blank=True)  # X25519: hashes of passwords are sealed for it once more
    since_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "node_signing_key"


class SignedDocument(models.Model):
    """A document as it was signed. The signer's own: no other role may write it."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT)
    incarnation = models.PositiveIntegerField()
    seq = models.BigIntegerField()
    sha256 = models.TextField()
    follows = models.TextField(null=True)
    issued_at = models.DateTimeField()
    not_after = models.DateTimeField()
    is_adverse = models.BooleanField()
    raw = models.TextField()

    class Meta:
        db_table = "node_document"
        constraints = [
            models.UniqueConstraint(fields=["node", "incarnation", "seq"], name="one_document_per_number"),
        ]


class SignedStatement(models.Model):
    """What a document said of one resource; the signer's own memory, also of when it signed a quarantine."""

    document = models.ForeignKey(SignedDocument, on_delete=models.PROTECT)
    key = models.TextField()
    state = models.TextField()
    worse = models.PositiveSmallIntegerField()  # ground/nodes/kinds/base.py::Worsening
    statement = models.TextField()
    fingerprint = models.TextField()
    warrant = models.TextField(default="", blank=True)
    on_day = models.DateField()  # of the company

    class Meta:
        db_table = "node_statement"
        constraints = [models.UniqueConstraint(fields=["document", "key"], name="a_document_speaks_once_of_a_resource")]
        indexes = [models.Index(fields=["key"], name="signed_statements_of_a_key")]


class LostDocuments(models.Model):
    """Documents that a node never took or has forgotten: what they said counts as unsaid and is signed again."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT)
    incarnation = models.PositiveIntegerField()
    after_seq = models.BigIntegerField()
    until_seq = models.BigIntegerField()
    because = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "node_lost"
        constraints = [
            models.CheckConstraint(condition=Q(until_seq__gt=models.F("after_seq")), name="what_is_lost_is_something")
        ]


class ParkedWish(models.Model):
    """A wish that the signer does not sign, and why. It goes when the reason does."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT)
    key = models.TextField()
    subject = models.TextField()
    fingerprint = models.TextField()
    reason = models.TextField()
    detail = models.TextField(blank=True)
    since = models.DateTimeField()

    class Meta:
        db_table = "node_parked"
        constraints = [models.UniqueConstraint(fields=["node", "key"], name="one_reason_per_parked_wish")]
