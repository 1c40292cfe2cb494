"""How gunicorn serves the web process: two processes of four threads each (more threads are slower on two cores)."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"  # noqa: TID251
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))  # noqa: TID251
worker_class = "gthread"
threads = 4
graceful_timeout = 25
keepalive = 75
preload_app = False
control_socket_disable = True
