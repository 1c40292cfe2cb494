"""All processes of one machine under one supervisor, and the demo's own settings."""

import secrets
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

import click
import orjson
from honcho import manager as honcho

from gateway import clock
from gateway.embedded.server import embedded_server
from gateway.settings import child_environment

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 110.0
DRAINED_WITHIN_S = 30
GUARD_INTERVAL_S = "15"  # of the demo: who looks wants to see what a click in the simulated Klaviyo does
STOPPED_BY_A_PERSON = (130, 143)  # what honcho returns after SIGINT and SIGTERM
SHOP = "harbor-and-pine.myshopify.com"
RELEASE = f"{sys.executable} -m gateway release"
GATEWAY = f"exec {sys.executable} -m gateway"


def run_house(data_dir: Path, port: int, environment: Mapping[str, str], extra: Mapping[str, str]) -> int:
    """Serve until Ctrl-C: server, `release`, web, worker, clock, and `extra` processes by name and command."""
    with embedded_server(data_dir) as url:
        honcho.KILL_WAIT = DRAINED_WITHIN_S  # its own 5 s are shorter than a request and a batch in hand may take
        manager = honcho.Manager()
        shared = child_environment({**environment, "REDIS_URL": url, "PORT": str(port), "PYTHONUNBUFFERED": "1"})
        processes = {
            **extra,
            "web": f"{RELEASE} --quiet && {GATEWAY} web",
            "worker": f"{RELEASE} --wait && {GATEWAY} worker",
            "clock": f"{RELEASE} --wait && {GATEWAY} clock",
        }
        for name, command in processes.items():
            manager.add_process(name, command, env=shared, cwd=str(ROOT))
        Thread(target=_announce, args=(port, environment.get("GATEWAY_ADMIN_TOKEN")), daemon=True).start()
        manager.loop()
        code = int(manager.returncode or 0)
        return 0 if code in STOPPED_BY_A_PERSON else code


def demo_environment(data_dir: Path) -> dict[str, str]:
    """Return the demo's settings; secrets and ports are made once and kept beside its data."""
    data_dir.mkdir(parents=True, exist_ok=True)
    kept = data_dir / "demo.json"
    if not kept.exists():
        made = {
            "GATEWAY_SECRET_KEY": secrets.token_urlsafe(32),
            "GATEWAY_ADMIN_TOKEN": f"gw_{secrets.token_urlsafe(24)}",
            "SHOPIFY_WEBHOOK_SECRETS": secrets.token_urlsafe(24),
            "SHOPIFY_ACCESS_TOKEN": "shpat_" + secrets.token_hex(16),
            "KLAVIYO_API_KEY": "pk_" + secrets.token_hex(16),
        }
        kept.touch(mode=0o600)
        kept.write_bytes(orjson.dumps(made))
    shopify, klaviyo = free_port(), free_port()
    return {
        **orjson.loads(kept.read_bytes()),
        "SHOPIFY_SHOP": SHOP,
        "SHOPIFY_BASE_URL": f"http://127.0.0.1:{shopify}",
        "KLAVIYO_BASE_URL": f"http://127.0.0.1:{klaviyo}",
        "GATEWAY_POLICY_FILE": str(ROOT / "config/policies/demo.toml"),
        "GUARD_INTERVAL_S": GUARD_INTERVAL_S,
        "GATEWAY_DATA_DIR": str(data_dir),
        "DEMO_SHOPIFY_PORT": str(shopify),
        "DEMO_KLAVIYO_PORT": str(klaviyo),
    }


def simulators(port: int, environment: Mapping[str, str]) -> dict[str, str]:
    """Name the demo's two simulators with their commands; secrets travel by environment, never by argument."""
    hook = f"http://127.0.0.1:{port}/webhooks/shopify"
    shopify = f"{GATEWAY} simulate shopify --port {environment['DEMO_SHOPIFY_PORT']} --webhook-url {hook} --keep"
    return {
        "shopify": shopify,
        "klaviyo": f"{GATEWAY} simulate klaviyo --port {environment['DEMO_KLAVIYO_PORT']} --keep --campaigns",
    }


def kept_secret(file: Path) -> str:
    """Return the secret kept in a file, made at first use and readable by its owner only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text()


def free_port() -> int:
    """Find a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _announce(port: int, token: str | None) -> None:
    url, deadline = f"http://127.0.0.1:{port}", clock.elapsed() + READY_WITHIN_S
    while clock.elapsed() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/livez", timeout=2):  # noqa: S310
                break
        except (urllib.error.URLError, OSError):
            clock.pause(0.2)
    else:
        click.echo("The web process does not answer yet; its log is above.", err=True)
        return
    click.echo(f"\n  The gateway is up: {url}/\n  Sign in with this token: {token or '(GATEWAY_ADMIN_TOKEN)'}\n")
