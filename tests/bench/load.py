"""Load over HTTP: prepared requests, sent over kept connections by wrk where there is one, else by threads of ours."""

import http.client
import itertools
import json
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

WRK = shutil.which("wrk")


@dataclass(frozen=True, slots=True)
class Prepared:
    """One request body with its headers."""

    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Load:
    """Requests to send, in turn; `counted` names a header that gets a new value each time."""

    path: str
    requests: Sequence[Prepared]
    counted: str | None = None
    connections: int = 8
    seconds: float = 3.0


def requests_per_s(url: str, load: Load, folder: Path, *, round_name: str) -> float:
    """Send for some seconds and return answers per second. Raises RuntimeError when an answer was not 2xx."""
    return _by_wrk(url, load, folder, round_name) if WRK else _by_threads(url, load, round_name)


def _by_wrk(url: str, load: Load, folder: Path, round_name: str) -> float:
    script, data = folder / "load.lua", folder / "load.bin"
    offsets, place = [], 0
    with data.open("wb") as file:
        for one in load.requests:
            file.write(one.body)
            offsets.append((place, len(one.body), one.headers))
            place += len(one.body)
    script.write_text(_lua(load, data, offsets, round_name))
    told = subprocess.run(
        [str(WRK), "-t1", f"-c{load.connections}", f"-d{load.seconds:.0f}s", "-s", str(script), url + load.path],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    if refused := re.search(r"(Non-2xx or 3xx responses: \d+|Socket errors: .*)", told):
        raise RuntimeError(f"{url}{load.path}: {refused[1]}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if found is None:
        raise RuntimeError(f"wrk said nothing that can be read: {told}")
    return float(found[1])


def _lua(load: Load, data: Path, offsets: list[tuple[int, int, dict[str, str]]], round_name: str) -> str:
    rows = ",\n".join(f"{{{place + 1}, {size}, {{{_fields(headers)}}}}}" for place, size, headers in offsets)
    stamp = f'headers["{load.counted}"] = "{round_name}-" .. count' if load.counted else ""
    return f"""
local file = io.open("{data}", "rb")
local all, rows, count = file:read("*a"), {{ {rows} }}, 0
file:close()
for _, row in ipairs(rows) do row[4] = string.sub(all, row[1], row[1] + row[2] - 1) end
function request()
  count = count + 1
  local row = rows[(count - 1) % #rows + 1]
  local headers = row[3]
  {stamp}
  return wrk.format("POST", nil, headers, row[4])
end
"""


def _fields(headers: dict[str, str]) -> str:
    return ", ".join(f"[{json.dumps(name)}]={json.dumps(value)}" for name, value in headers.items())


def _by_threads(url: str, load: Load, round_name: str) -> float:
    numbers, lock, failures = itertools.count(1), threading.Lock(), []
    answers = [0] * load.connections
    begun = time.perf_counter()

    def send(place: int) -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        while time.perf_counter() - begun < load.seconds and not failures:
            with lock:
                number = next(numbers)
            one = load.requests[(number - 1) % len(load.requests)]
            stamp = {load.counted: f"{round_name}-{number}"} if load.counted else {}
            connection.request("POST", load.path, one.body, one.headers | stamp)
            answer = connection.getresponse()
            answer.read()
            if answer.status // 100 != 2:
                failures.append(answer.status)
            answers[place] += 1

    senders = [threading.Thread(target=send, args=(place,)) for place in range(load.connections)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    if failures:
        raise RuntimeError(f"{url}{load.path}: status {failures[0]}")
    return sum(answers) / (time.perf_counter() - begun)
