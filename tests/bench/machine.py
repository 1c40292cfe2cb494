"""What the figures were measured on: without it they mean nothing."""

import os
import platform
from pathlib import Path
from typing import Any

from tests.bench.ground import fresh_ground


def machine() -> dict[str, Any]:
    """Describe the machine, the interpreter and the server."""
    with fresh_ground() as ground:
        services = ground.services()
        facts = services.store.server()
        services.store.close()
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "server": f"{facts.engine} {facts.version}",
        "durability": "append-only file, fsync every second" if facts.aof else "none",
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()
