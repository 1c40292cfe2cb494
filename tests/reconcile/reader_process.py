"""A process that reads one shop whole and says how long it took, at what cost, and in how much memory."""

import json
import sys
import time
from contextlib import suppress
from pathlib import Path

from gateway import clock
from gateway.policy_library import PolicyLibrary
from gateway.reconcile.full import read_everything
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import open_store
from gateway.store.reconciles import FullRun
from integrations.errors import IntegrationError
from integrations.shopify import ShopifyStock, open_shopify


def main(redis_url: str, shop: str, url: str) -> None:
    store = open_store(redis_url, "t")
    source = open_shopify(
        shop=shop,
        base_url=url,
        access_token="shpat_simulated",
        now=clock.now,
        elapsed=clock.elapsed,
        pause=clock.pause,
    )
    services = Services(
        Settings(secret_key="s" * 32), store, PolicyLibrary(store), clock.now, clock.elapsed, source=source
    )
    store.reconciles.want_full("shopify", "A test wants it.")
    before = store.reconciles.reports("shopify")
    waited_s, began = 0.0, time.monotonic()
    while (reports := store.reconciles.reports("shopify")) == before:
        try:
            read_everything(services, source, clock.now())
        except IntegrationError as error:  # as a worker would
            sys.stderr.write(f"{error}\n")
            time.sleep(1)
            continue
        if run := store.reconciles.run("shopify"):  # the shop is still at it: its time is not ours
            while not finished(source, run):
                time.sleep(0.2)
            waited_s, began = waited_s + time.monotonic() - began, time.monotonic()
    told = {"seconds": time.monotonic() - began, "waited_s": waited_s, "peak_mib": peak_mib(), "seen": reports[0].seen}
    told["processor_s"] = time.process_time()
    sys.stdout.write(json.dumps(told) + "\n")


def finished(source: ShopifyStock, run: FullRun) -> bool:
    """Tell whether both files are there."""
    with suppress(IntegrationError):
        return source.bulk(run.products).finished and source.bulk(run.levels).finished
    return False


def peak_mib() -> float:
    """The most memory of this program: `ru_maxrss` would begin with that of the process that started it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
