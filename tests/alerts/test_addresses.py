"""Which addresses staff may be told at, and that a wrong one is refused without being shown."""

from dataclasses import replace

import pytest

from gateway.settings import Settings, SettingsError
from gateway.wiring import build_services
from integrations.alerts import AddressError, open_channels

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # a library of apprise's mail uses it
SLACK = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


@pytest.mark.parametrize(
    "address",
    [
        "file:///var/log/hush-hush",
        "syslog://hush-hush",
        "exec://hush-hush",
        "windows://hush-hush",
        "gnome://hush-hush",
        "dbus://hush-hush",
        "macosx://hush-hush",
        "mqtt://hush-hush@broker",
        "apprise://hush-hush/token",
        "https://hush-hush.example/config",
        "hush-hush",
    ],
)
def test_what_is_no_service_for_people_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(AddressError, match="Address 2 is none of") as caught:
        open_channels(["json://127.0.0.1/room", address])
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("address", ["slack://hush", "mailto://hush", "tgram://hush", "pagerduty://hush"])
def test_half_an_address_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(AddressError, match="Address 1 is no whole") as caught:
        open_channels([address])
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (f"slack://{SLACK}", "slack"),
        (f"https://hooks.slack.com/services/{SLACK}", "slack"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "discord"),
        ("mailtos://mia:hush@shop.example?to=a@shop.example,b@shop.example", "mailtos"),
        ("jsons://hook.shop.example/hush", "jsons"),
    ],
)
def test_a_channel_is_named_by_its_kind_and_shows_nothing_of_its_address(address: str, kind: str) -> None:
    (channel,) = open_channels([address])
    assert channel.kind == kind and channel.name.startswith(f"{kind}-") and len(channel.name) == len(kind) + 7
    assert "hush" not in repr(channel) + channel.name
    (again,) = open_channels([address, address])
    assert again.name == channel.name


def test_a_worker_does_not_start_with_a_wrong_address(capfd: pytest.CaptureFixture[str]) -> None:
    settings = Settings(redis_url="redis://127.0.0.1:1", alert_urls=("syslog://hush-hush",))
    with pytest.raises(SettingsError) as caught:
        build_services("worker", settings)
    assert list(caught.value.problems) == ["ALERT_URLS"] and "hush" not in str(caught.value)
    assert "hush" not in repr(settings) and "hush" not in "".join(capfd.readouterr())
    services = build_services("worker", replace(settings, alert_urls=("json://127.0.0.1/room",)))
    assert [channel.kind for channel in services.alert_channels] == ["json"]
    services.store.close()


def test_addresses_are_parted_at_blanks_and_commas_but_recipients_stay_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(
        "ALERT_URLS", "mailto://u:p@x.example?to=a@x.example,b@x.example, slack://one,json://two\njson://3"
    )
    assert Settings.from_environ().alert_urls == (
        "mailto://u:p@x.example?to=a@x.example,b@x.example",
        "slack://one",
        "json://two",
        "json://3",
    )
