"""A control plane on a real socket around the one in memory, for tests of the HTTP link and of whole nodes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import msgspec

from servanda.drivers.nodelink import LinkAway, LinkRefused
from servanda.drivers.nodelink.memory import MemoryControlPlane
from servanda.ground.nodes.messages import (
    WORDS_PATH,
    ReportRefused,
    decode_enrol,
    encode_documents,
    encode_message,
    read_report,
)
from servanda.ground.nodes.requests import RequestRefused, check_request


@contextmanager
def served(plane: MemoryControlPlane) -> Iterator[str]:
    """Serve a control plane on a free port of loopback and give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self._is_signed(b""):
                asked = parse_qs(urlsplit(self.path).query)
                if urlsplit(self.path).path == WORDS_PATH:
                    self._answer(200, plane.words.get(asked["errand"][0], "").encode())
                    return
                after, wait = int(asked["after"][0]), float(asked["wait"][0])
                with plane.news:
                    plane.news.wait_for(lambda: any(seq > after for seq in plane.issued), timeout=wait)
                    found = [raw for seq, raw in sorted(plane.issued.items()) if seq > after]
                self._answer(200, encode_documents(found))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/node/v1/enrol":
                self._enrol(body)
            elif self._is_signed(body):
                try:
                    plane.reports.append(read_report(body, plane.public_key))
                    self._answer(204)
                except ReportRefused:
                    self._answer(400)

        def _enrol(self, body: bytes) -> None:
            try:
                self._answer(200, encode_message(plane.enrol(decode_enrol(body))))
            except (LinkRefused, msgspec.MsgspecError):
                self._answer(403)
            except LinkAway:
                self._answer(503)

        def _is_signed(self, body: bytes) -> bool:
            if plane.is_away:
                self._answer(503)
                return False
            try:
                where = self.path.partition("?")[0]
                with plane.news:
                    plane.counters[where] = check_request(
                        self.headers,  # type: ignore[arg-type]
                        public_key=plane.public_key,
                        last_counter=plane.counters.get(where, 0),
                        method=self.command,
                        path=self.path,
                        body=body,
                        now=datetime.now(UTC),
                    )
            except (RequestRefused, ValueError):
                self._answer(401)
                return False
            return True

        def _answer(self, code: int, body: bytes = b"") -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
