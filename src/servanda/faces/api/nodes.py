"""The four questions of a node (`ground/nodes/messages.py`). What is not signed by a trusted node learns nothing."""

import logging
import time
from base64 import b64decode
from collections.abc import Callable
from functools import wraps
from threading import BoundedSemaphore

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from servanda.business.backups.actions import take_report
from servanda.business.companies.queries import company, today_of
from servanda.business.hosting.queries.moving_in import sealed_word
from servanda.business.installation.queries import is_copy
from servanda.business.nodes.actions.enrolling import NodeRefused, enrol, hear
from servanda.business.nodes.facts import NodeFacts
from servanda.business.nodes.queries import node_named, outgoing
from servanda.faces.parts.access import access
from servanda.ground.nodes.messages import (
    Enrolled,
    ReportRefused,
    decode_enrol,
    encode_documents,
    encode_message,
    read_report,
)
from servanda.ground.nodes.requests import NODE, RequestRefused
from servanda.ground.refusal import Refused

LOG = logging.getLogger(__name__)
ENROL_BYTES_MAX = 64 << 10
REPORT_BYTES_MAX = 16 << 20
WAIT_SECONDS_MAX = 30.0
LOOK_SECONDS = 0.2
DOCUMENTS_AT_ONCE = 50
# A question that waits keeps one of the server's threads, of which pages need the most.
WAITING_MAX = 2
CROWDED_SECONDS = 1.0
_WAITING = BoundedSemaphore(WAITING_MAX)
_JSON = "application/json"
View = Callable[[HttpRequest, NodeFacts], HttpResponse]


@csrf_exempt
@access(policy="node", methods=("POST",))
def enrol_node(request: HttpRequest) -> HttpResponse:
    """Let a node in that shows its one-time token. Every refusal looks the same from outside."""
    if _is_too_long(request, ENROL_BYTES_MAX):
        return HttpResponse(status=413)
    try:
        asked = decode_enrol(request.body)
    except msgspec.MsgspecError:
        return HttpResponse(status=400)
    node, now = node_named(asked.node), timezone.now()
    if node is None:
        return HttpResponse(status=403)
    if is_copy():
        return HttpResponse(status=503)
    try:
        given = enrol(
            asked.token,
            name=asked.node,
            public_key=asked.public_key,
            sealing_key=asked.sealing_key,
            facts=asked.facts,
            today=today_of(company(node.company_id), now=now),
            at=now,
        )
    except NodeRefused as refusal:
        LOG.warning("an enrolment of %s was refused: %s", asked.node, refusal)
        return HttpResponse(status=403)
    answer = Enrolled(install=given.install, node=given.node, incarnation=given.incarnation, keys=given.keys)
    return HttpResponse(encode_message(answer), content_type=_JSON)


def signed(size: int) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """Let only a trusted node ask, with a request that it signed and that was never heard before."""

    def guard(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            if _is_too_long(request, size):
                return HttpResponse(status=413)
            try:
                node = hear(
                    request.headers,
                    name=request.headers.get(NODE, ""),
                    method=request.method or "",
                    path=request.get_full_path(),
                    body=request.body,
                    now=timezone.now(),
                )
            except RequestRefused as refusal:
                LOG.warning("a request in a node's name was refused: %s", refusal)
                return HttpResponse(status=401)
            return view(request, node)

        return guarded

    return guard


@csrf_exempt
@access(policy="node", methods=("GET",))
@signed(0)
def documents(request: HttpRequest, node: NodeFacts) -> HttpResponse:
    """Answer with the signed documents after a number; wait a while for one if there is none."""
    after, wait = _number(request, "after"), _number(request, "wait")
    if after is None or wait is None:
        return HttpResponse(status=400)
    if is_copy():  # the nodes are the original's: it is they who say how far they are, and are told nothing
        return HttpResponse(encode_documents(()), content_type=_JSON)
    found = outgoing(node, after=after, limit=DOCUMENTS_AT_ONCE)
    if not found and wait:
        found = _waited_for(node, after=after, seconds=float(wait))
    return HttpResponse(encode_documents(found), content_type=_JSON)


def _waited_for(node: NodeFacts, *, after: int, seconds: float) -> tuple[bytes, ...]:
    """Wait for documents; where too many wait already, only a moment, so that nobody asks without a pause."""
    has_place = _WAITING.acquire(blocking=False)
    deadline = time.monotonic() + min(seconds, WAIT_SECONDS_MAX if has_place else CROWDED_SECONDS)
    try:
        while time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
            if found := outgoing(node, after=after, limit=DOCUMENTS_AT_ONCE):
                return found
        return ()
    finally:
        if has_place:
            _WAITING.release()


@csrf_exempt
@access(policy="node", methods=("POST",))
@signed(REPORT_BYTES_MAX)
def reports(request: HttpRequest, node: NodeFacts) -> HttpResponse:
    """Take in a report. One that came before is answered like a new one: the node may forget it."""
    try:
        report = read_report(request.body, b64decode(node.public_key))
    except ReportRefused:
        return HttpResponse(status=400)
    try:
        take_report(node, report, now=timezone.now())
    except Refused as refusal:
        LOG.warning("a report of %s was refused: %s", node.name, refusal)
        return HttpResponse(status=409)
    return HttpResponse(status=204)


@csrf_exempt
@access(policy="node", methods=("GET",))
@signed(0)
def words(request: HttpRequest, node: NodeFacts) -> HttpResponse:
    """Answer with the sealed password of an errand that lies on this node; an empty answer: there is none."""
    return HttpResponse(sealed_word(node.node_id, request.GET.get("errand", "")[:64]), content_type="text/plain")


def _is_too_long(request: HttpRequest, size: int) -> bool:
    given = request.headers.get("Content-Length") or "0"
    return "Transfer-Encoding" in request.headers or not given.isdecimal() or int(given) > size


def _number(request: HttpRequest, name: str) -> int | None:
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None
