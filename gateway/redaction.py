"""Takes secrets, tokens and e-mail addresses out of anything about to leave the process as text.

Called by `gateway.observability` for every log line and every error report.
"""

import re
from typing import Any

FILTERED = "[filtered]"
SECRET_NAMES = re.compile(
    r"secret|token|passw|authorization|cookie|api_?key|private_?key|credential|signature|hmac|e_?mail|phone|dsn|alert_?urls?",
    re.IGNORECASE,
)
SECRET_TEXTS = (
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?i)\b(bearer|basic|klaviyo-api-key)\s+[\w.~+/=-]+"), rf"\1 {FILTERED}"),
    (re.compile(r"\b(?:pk|gw|shpat|shpss|shpca|shppa|whsec)_[\w-]{6,}"), FILTERED),
    (re.compile(r"(/feeds/)[^/\s\"'?]+"), rf"\1{FILTERED}"),
    (re.compile(r"(\w+://)[^/\s@\"']*@"), rf"\1{FILTERED}@"),
    (
        re.compile(r"(?i)\b([\w-]*(?:secret|token|password|api_?key|signature)[\w-]*)(=|:\s?)[^\s&,;\"'}]+"),
        rf"\1\2{FILTERED}",
    ),
)
MAX_DEPTH = 12


def redact(value: Any, depth: int = 0) -> Any:
    """Copy a JSON-like value with every secret replaced, by the name it stands under or by its own look."""
    if depth > MAX_DEPTH:
        return FILTERED
    if isinstance(value, dict):
        return {
            key: FILTERED if item and _is_secret_name(key) else redact(item, depth + 1) for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item, depth + 1) for item in value]
    if isinstance(value, bytes):
        return FILTERED  # raw bodies and keys; nothing we log on purpose is bytes
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact_text(value if isinstance(value, str) else str(value))


def redact_text(text: str) -> str:
    """Replace what looks like a secret or an e-mail address anywhere in a text."""
    for look, instead in SECRET_TEXTS:
        text = look.sub(instead, text)
    return text


def _is_secret_name(name: object) -> bool:
    return isinstance(name, str) and SECRET_NAMES.search(name) is not None
