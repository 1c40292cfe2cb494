"""The command line: `python -m gateway COMMAND`."""

import click

from gateway.commands import alerts, doctor, explaining, importing, operate, policy, processes, users, waitlist
from gateway.settings import SettingsError


@click.group()
def commands() -> None:
    """The stock-signal gateway."""


for command in (
    *(processes.web, processes.worker, processes.clock, processes.run, processes.demo),
    *(operate.release, doctor.doctor, operate.token, operate.simulate, policy.group, explaining.explain),
    alerts.try_alerts,
    *(importing.import_command, users.group, waitlist.group),
):
    commands.add_command(command)


def main() -> None:
    """Run a command; settings that cannot be used are told without a traceback."""
    try:
        commands()
    except SettingsError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
