"""What a view may reach: the services and stages its application was built with."""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from gateway.policy_advice import PolicyAdvisor
from gateway.web.stages import Stages

EXTENSION = "gateway"


@dataclass(frozen=True, slots=True)
class House:
    """One application's services and stages, and its one look at the shop for those who write policies."""

    services: Any
    stages: Stages
    advisor: PolicyAdvisor


def house() -> House:
    """Return the services and stages of the application that serves this request."""
    found: House = current_app.extensions[EXTENSION]
    return found
