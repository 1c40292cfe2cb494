"""The one way to the server: commands, pipelines and scripts, with the driver's retries off."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from gateway.store.errors import StoreUnavailable

SCRIPTS: Final = Path(__file__).parent / "scripts"
Command = tuple[Any, ...]
Call = tuple[str, Sequence[Any], Sequence[Any]]
"""A script's name, its keys, its arguments."""


@contextmanager
def translated() -> Iterator[None]:
    """Let the driver's failures out as ours."""
    try:
        yield
    except (redis.ConnectionError, redis.TimeoutError) as error:
        raise StoreUnavailable(f"The store does not answer: {type(error).__name__}.") from None


def script_text(name: str) -> str:
    """Read a script; lines `--@include other` at its head are replaced by those files."""
    lines = (SCRIPTS / f"{name}.lua").read_text().splitlines()
    return "\n".join(
        script_text(line.removeprefix("--@include ")) if line.startswith("--@include ") else line for line in lines
    )


class Connection:
    """A pool of connections to one server. Repeating a command is the caller's decision, never the driver's."""

    def __init__(self, url: str, timeout_s: float) -> None:
        self.url, self.timeout_s = url, timeout_s
        self.client = redis.Redis.from_url(
            url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=Retry(NoBackoff(), 0)
        )
        self._shas: dict[str, str] = {}

    def command(self, *command: Any) -> Any:
        """Run one command."""
        with translated():
            return self.client.execute_command(*command)  # type: ignore[no-untyped-call]

    def many(self, commands: Sequence[Command], *, atomic: bool = False) -> list[Any]:
        """Run commands in one round trip; atomic ones must share a tag."""
        if not commands:
            return []
        pipeline = self.client.pipeline(transaction=atomic)
        for command in commands:
            pipeline.execute_command(*command)  # type: ignore[no-untyped-call]
        with translated():
            return list(pipeline.execute())

    def script(self, name: str, keys: Sequence[Any], arguments: Sequence[Any]) -> Any:
        """Run one script."""
        return self.scripts([(name, keys, arguments)])[0]

    def scripts(self, calls: Sequence[Call]) -> list[Any]:
        """Run scripts in one round trip; one that the server has forgotten is loaded and run again."""
        if not calls:
            return []
        with translated():
            results = self._run(calls)
            forgotten = [
                index for index, result in enumerate(results) if isinstance(result, redis.exceptions.NoScriptError)
            ]
            if forgotten:
                for name in {calls[index][0] for index in forgotten}:
                    self.client.script_load(script_text(name))
                for index, result in zip(forgotten, self._run([calls[index] for index in forgotten]), strict=True):
                    results[index] = result
        for result in results:
            if isinstance(result, Exception):
                raise result
        return results

    def _run(self, calls: Sequence[Call]) -> list[Any]:
        pipeline = self.client.pipeline(transaction=False)
        for name, keys, arguments in calls:
            command = ("EVALSHA", self._sha(name), len(keys), *keys, *arguments)
            pipeline.execute_command(*command)  # type: ignore[no-untyped-call]
        return list(pipeline.execute(raise_on_error=False))

    def _sha(self, name: str) -> str:
        if name not in self._shas:
            with translated():
                self._shas[name] = str(self.client.script_load(script_text(name)))
        return self._shas[name]

    def close(self) -> None:
        """Give the connections back."""
        self.client.close()
