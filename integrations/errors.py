"""How an outside system can fail us, in four ways a caller acts on differently."""


class IntegrationError(Exception):
    """An outside system did not do what was asked. The text is a sentence a person can act on; no secrets."""


class TemporaryError(IntegrationError):
    """Worth trying again: a timeout, a 5xx, a throttled call."""

    def __init__(self, message: str, *, retry_after_s: float | None = None, outcome_unknown: bool = False) -> None:
        """Say when to try again at the earliest, and whether the effect may have happened all the same."""
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.outcome_unknown = outcome_unknown


class PermanentError(IntegrationError):
    """Trying the same again cannot help: the request itself is refused."""


class TooMuchError(PermanentError):
    """More than can be read page by page: ask for all of it in bulk."""


class AccessError(IntegrationError):
    """The key is wrong, revoked, or lacks a scope: nothing works until a person acts."""


class UntrustedDeliveryError(IntegrationError):
    """A delivery whose signature does not hold."""


class MalformedDeliveryError(IntegrationError):
    """A trusted delivery whose body cannot be read."""
