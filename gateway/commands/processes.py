"""The commands that are processes: `web`, `worker`, `clock`, and the houses `run` and `demo`."""

import sys

import click

from gateway.observability import configure_logging, init_sentry
from gateway.settings import Settings
from gateway.wiring import build_services


@click.command()
def web() -> None:
    """Serve HTTP: webhooks, the API and the console."""
    from gunicorn.app.wsgiapp import WSGIApplication  # noqa: PLC0415  (only here)

    build_services("web")  # settings that cannot be used are told here, once, and not by every process of gunicorn
    # In this very process, so that a supervisor's signals reach gunicorn.
    sys.argv = ["gunicorn", "-c", "config/gunicorn.conf.py", "gateway.web:create_app()"]
    WSGIApplication().run()


@click.command()
def worker() -> None:
    """Decide and deliver. Any number may run."""
    from gateway.worker import run_worker  # noqa: PLC0415  (NumPy and the models load only here)

    settings = _begin("worker")
    run_worker(build_services("worker", settings))


@click.command()
def clock() -> None:
    """Keep the timetable. Of several, one acts."""
    from gateway.jobs.process import run_clock  # noqa: PLC0415

    settings = _begin("clock")
    run_clock(build_services("web", settings))


@click.command()
def run() -> None:
    """Run everything on this machine with your settings, on an embedded server."""
    from gateway.embedded.house import kept_secret, run_house  # noqa: PLC0415  (the demo extra)

    settings = Settings.from_environ()
    # One key for all web processes, or a session opened at one would be unknown to the next.
    kept = {} if settings.secret_key else {"GATEWAY_SECRET_KEY": kept_secret(settings.data_dir / "secret_key")}
    raise SystemExit(run_house(settings.data_dir, settings.port, kept, {}))


@click.command()
@click.option("--port", type=int, help="Where the console listens; else PORT, else 8000.")
def demo(port: int | None) -> None:
    """Run everything with a simulated shop and a simulated Klaviyo. Ctrl-C drains and stops."""
    from gateway.embedded.house import demo_environment, run_house, simulators  # noqa: PLC0415

    settings = Settings.from_environ()
    data_dir, port = (settings.data_dir / "demo").absolute(), port or settings.port
    environment = demo_environment(data_dir)
    raise SystemExit(run_house(data_dir, port, environment, simulators(port, environment)))


def _begin(process: str) -> Settings:
    settings = Settings.from_environ()
    configure_logging(process)
    init_sentry(settings.sentry_dsn, process)
    return settings
