"""How gunicorn serves the web process: two processes of four threads each (more threads are slower on two cores)."""

import os
import tempfile
from typing import Any

# Before the application is imported: the metrics library looks for it then. A fresh folder for every start.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="gateway-metrics-")  # noqa: TID251

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"  # noqa: TID251
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))  # noqa: TID251
worker_class = "gthread"
threads = 4
graceful_timeout = 25
keepalive = 75
preload_app = False
control_socket_disable = True


def on_starting(_server: Any) -> None:
    """Import once what every worker needs, so that they share it and start at once; importing connects nothing."""
    import gc  # noqa: PLC0415
    import importlib  # noqa: PLC0415

    for name in ("gateway.web", "gateway.wiring", "gateway.pipeline.read", "gateway.pipeline.explain"):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a collection in a worker would otherwise touch, and so copy, what is shared


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the live gauges of a process that ended."""
    from prometheus_client import multiprocess  # noqa: PLC0415

    multiprocess.mark_process_dead(worker.pid)
