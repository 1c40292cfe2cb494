"""Loopback webhooks that staff's messages are posted to: they keep what came, and fail in every way a test asks for."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """One address for each path. `answers` by path: a status, `hang`, `drip`, or `kill`: the sender dies first."""

    port: int = 0
    came: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, int | str] = field(default_factory=dict)
    victim: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "room") -> str:
        return f"json://127.0.0.1:{self.port}/{path}"

    def at(self, path: str = "room") -> list[dict[str, Any]]:
        return [message for where, message in self.came if where == path]

    def titles(self, path: str = "room") -> list[str]:
        return [message["title"] for message in self.at(path)]


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            path = self.path.strip("/")
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.came.append((path, json.loads(body)))
            answer = receiver.answers.get(path, 200)
            if answer == "kill":
                os.kill(receiver.victim, signal.SIGKILL)
            if answer in ("hang", "kill"):
                receiver.over.wait(30)
                return
            self.send_response(200 if answer == "drip" else int(answer))
            if answer == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "1000" if answer == "drip" else "0")
            self.end_headers()
            while answer == "drip" and not receiver.over.is_set():
                self.wfile.write(b".")
                time.sleep(0.1)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def alert_receiver(**answers: int | str) -> Iterator[Receiver]:
    receiver = Receiver(answers=dict(answers))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield receiver
    receiver.over.set()
    server.shutdown()
    thread.join()
    server.server_close()
