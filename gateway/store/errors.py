"""How the store fails: it cannot be reached, or a person published over a policy they had not seen."""


class StoreUnavailable(Exception):  # noqa: N818  (a state of the world rather than a mistake)
    """The server cannot be reached, or did not answer in time; whether the command took effect is not known."""


class StalePolicy(Exception):  # noqa: N818
    """A policy was published since the one this edit is based on."""

    def __init__(self, current: int | None) -> None:
        super().__init__(f"The policy in force is version {current or 'none'}: look at it, then publish again.")
        self.current = current
