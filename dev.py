#!/usr/bin/env python3
"""Prepare the environment, then hand over: `python3 dev.py demo|run|test|check|bench [ARGUMENTS]`.

Needs Python 3.11 and pip 22.3 or newer, nothing else. What the commands do is in `python -m gateway --help`.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
LOCK = ROOT / "requirements-dev.txt"
STAMP = ENVIRONMENT / "lock.sha256"

COMMANDS = {
    "demo": ["-m", "gateway", "demo"],
    "run": ["-m", "gateway", "run"],
    "test": ["-m", "pytest", "-n", "auto"],
    "bench": ["-m", "tests.bench"],
}
CHECKS = [
    ["-m", "ruff", "format", "--check", "."],
    ["-m", "ruff", "check", "."],
    ["-m", "mypy"],
    ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
    ["-m", "pytest", "-n", "auto"],
]


def prepare() -> None:
    """Install exactly what the lock names, again only when the lock changed."""
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Preparing .venv (first time or new lock, about half a minute)...", file=sys.stderr, flush=True)
    venv.EnvBuilder(with_pip=False, clear=True, symlinks=True).create(ENVIRONMENT)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(PYTHON), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", str(LOCK)], check=True)
    STAMP.write_text(wanted)


def check(further: list[str]) -> int:
    """Run the parts in turn, `further` arguments with the tests; stop at the first that fails."""
    for part in CHECKS:
        tail = further if part == CHECKS[-1] else []
        if code := subprocess.run([PYTHON, *part, *tail], check=False).returncode:
            return code
    return 0


def main(arguments: list[str]) -> int:
    """Prepare, then become the command."""
    name, *further = arguments or ["--help"]
    if name != "check" and name not in COMMANDS:
        print(__doc__)
        return 0 if name in {"-h", "--help"} else 2
    os.chdir(ROOT)
    try:
        prepare()
    except subprocess.CalledProcessError as failure:
        print("The packages could not be installed; what pip says is above.", file=sys.stderr)
        return failure.returncode
    if name == "check":
        return check(further)
    return os.execv(PYTHON, [str(PYTHON), *COMMANDS[name], *further])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
