"""A waitlist that was kept elsewhere, read from a CSV."""

import io
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from gateway.commands.waitlist import group
from gateway.waves.importing import import_list
from gateway.waves.reading_csv import UnreadableList, read_list
from gateway.web.api.fields import read_time
from tests.builders.waves import TEE, Waiting

KLAVIYO = """\
Email,Phone Number,Variant ID,Subscribed At
Ann@Shop.example,,$shopify:::$default:::tee-m,2026-10-02 08:00:00
,+14155550123,tee-m,2026-10-01T08:00:00+02:00
bea@shop.example,,other,
not an address,,tee-m,
cid@shop.example,,tee-m,yesterday
,,,
dee@shop.example,,,
ann@shop.example,,tee-m,
"""


def imported(waiting: Waiting, text: str, variant: str | None = None, *, keeps: bool = True) -> Any:
    lines = read_list(io.StringIO(text), variant, read_time)
    return import_list(waiting.services, lines, waiting.at, keeps=keeps)


def test_rows_are_counted_once_and_what_is_wrong_is_named_by_its_line(waiting: Waiting) -> None:
    found = imported(waiting, KLAVIYO)
    assert found.counts == {"waiting": 2, "waits_already": 1, "rejected": 4}
    assert [line for line, _ in found.problems] == [4, 5, 6, 8]
    assert "@" not in str(found.problems)
    assert [waiting.store.waitlist.waiting(TEE)] == [2]
    waiting.publishes(customers_per_unit=1, max_wave=1)
    waiting.has(9)
    waiting.works()
    assert waiting.told() == ["+14155550123"]  # who waited longest


def test_a_sku_stands_for_its_variant_and_an_option_for_a_column(waiting: Waiting) -> None:
    assert imported(waiting, "e-mail,SKU\nann@shop.example,TEE-M\nbea@shop.example,NONE\n").counts["waiting"] == 1
    assert imported(waiting, "\ufeffEmail\nbea@shop.example\n", TEE).counts["waiting"] == 1
    assert waiting.store.waitlist.waiting(TEE) == 2


def test_a_look_keeps_nothing(waiting: Waiting) -> None:
    assert imported(waiting, KLAVIYO, keeps=False).counts["waiting"] == 3
    assert waiting.store.waitlist.waiting(TEE) == 0


@pytest.mark.parametrize("text", ["", "Name\nAnn\n", "Email\nann@shop.example\n", "Email,E-Mail,SKU\n,,\n"])
def test_what_is_no_waitlist_is_refused(waiting: Waiting, text: str) -> None:
    with pytest.raises(UnreadableList):
        imported(waiting, text)


def test_the_command(waiting: Waiting, redis_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "list.csv"
    file.write_text(KLAVIYO)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("GATEWAY_NAMESPACE", "t")
    monkeypatch.setenv("GATEWAY_SECRET_KEY", "s" * 32)
    done = CliRunner().invoke(group, ["import", str(file), "--json"])
    told = orjson.loads(done.output)
    assert (done.exit_code, told["waiting"], told["rejected"]) == (1, 2, 4)
    assert "shop.example" not in done.output
