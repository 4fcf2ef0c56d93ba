"""An access point in memory: takes e-documents or does not, as it is told, and keeps the answers that a story puts into its inbox."""

from servanda.drivers.einvoices import (
    Answer,
    FateUnknown,
    HandOver,
    Identifier,
    InboxFile,
    Parcel,
    ResponseCode,
    TakenOver,
    TurnedAway,
    Verdict,
)
from servanda.drivers.einvoices.recognising import recognised
from servanda.drivers.einvoices.safe_xml import NotSafeXml, open_xml
from servanda.drivers.einvoices.schemas import NAME, schema_findings
from servanda.ground.refusal import Problem, WrongDocument


class MemoryAccessPoint:
    """Delivers each key once. Recipients can be told to be unknown, busy, or lost on the way."""

    def __init__(self) -> None:
        self._taken: dict[str, Parcel] = {}
        self._answers: dict[str, HandOver] = {}
        self._inbox: dict[str, bytes] = {}
        self.attempts: list[str] = []

    @property
    def delivered(self) -> tuple[Parcel, ...]:
        """What receivers got, each key once."""
        return tuple(self._taken.values())

    def turn_away(self, recipient: str, *, is_permanent: bool) -> None:
        """From now on, documents to the number are turned away."""
        self._answers[recipient] = TurnedAway("the receiver is not registered", is_permanent)

    def lose(self, recipient: str) -> None:
        """From now on, documents to the number are delivered, and the line breaks before that is said."""
        self._answers[recipient] = FateUnknown("the line broke")

    def accept(self, recipient: str) -> None:
        """From now on, documents to the number are taken again."""
        self._answers.pop(recipient, None)

    def put(self, name: str, content: bytes) -> None:
        """Let an answer come in."""
        self._inbox[name] = content

    def send(self, parcel: Parcel) -> HandOver:
        self.attempts.append(parcel.key)
        answer = self._answers.get(parcel.recipient.value if parcel.recipient is not None else "")
        if isinstance(answer, TurnedAway):
            return answer
        self._taken.setdefault(parcel.key, parcel)
        return answer or TakenOver(f"memory {parcel.key}")

    def waiting(self) -> tuple[InboxFile, ...]:
        return tuple(InboxFile(name, content) for name, content in self._inbox.items())

    def done(self, name: str) -> None:
        self._inbox.pop(name, None)


class SchemaGate:
    """Judges files by their schema alone, which takes a millisecond, and says so: for stories about what follows."""

    def __init__(self) -> None:
        self.is_installed = True

    def judge(self, content: bytes) -> Verdict:
        try:
            document = recognised(open_xml(content))
        except NotSafeXml as refusal:
            return Verdict(kind=None, format=None, checked=(), refusal=refusal.said, remedy=refusal.remedy)
        return Verdict(
            kind=document.kind,
            format=document.format,
            checked=(NAME,),
            not_checked=() if self.is_installed else ("OIOUBL 2.1 (1.17.2)",),
            findings=schema_findings(document.root, document.kind),
        )


def read_answer(content: bytes, *, file: str) -> Answer:
    """Return what an application response says."""
    try:
        root = open_xml(content)
    except NotSafeXml as refusal:
        raise WrongDocument((Problem(file, 0, refusal.said.en, refusal.remedy.en),)) from refusal
    if recognised(root).kind != "application response":
        raise WrongDocument((Problem(file, 0, "It is no application response.", "Hand in the answer itself."),))
    raw = root.findtext(".//{*}ResponseCode") or ""
    codes: dict[str, ResponseCode] = {
        "BusinessAccept": "business accept",
        "BusinessReject": "business reject",
        "TechnicalAccept": "technical accept",
        "TechnicalReject": "technical reject",
        "ProfileAccept": "profile accept",
        "ProfileReject": "profile reject",
    }
    return Answer(
        answer_id=root.findtext("{*}ID") or "",
        code=codes.get(raw, "unknown"),
        document_number=root.findtext(".//{*}DocumentReference/{*}ID") or "",
        issued_on=None,
        raw_code=raw,
        document_type=root.findtext(".//{*}DocumentTypeCode") or "",
        reasons=tuple(one.text or "" for one in root.iterfind(".//{*}Description")),
        sender=Identifier(root.findtext("{*}SenderParty/{*}EndpointID") or ""),
        recipient=Identifier(root.findtext("{*}ReceiverParty/{*}EndpointID") or ""),
    )
