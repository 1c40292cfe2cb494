"""What a template features, over templates with known answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.guard.features import features_of
from integrations.klaviyo.templates import read_content
from integrations.ports import MessageContent
from tests.templates.corpus import Case, cases, index, measure, read

ALL = list(cases())


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_template_features_what_a_person_sees_in_it(case: Case) -> None:
    reading, found = read(case)
    assert found == case.expected
    assert {v for v, mention in features_of(reading).items() if mention.cancels_alone} >= case.cancels
    assert (len(reading.unresolved), len(reading.per_person)) == (case.unresolved, case.per_person)


def test_precision_and_recall_hold() -> None:
    scores = measure()
    assert scores.pop("templates") >= 50
    assert min(scores.values()) >= 0.95


def test_a_finding_says_what_where_and_how_sure() -> None:
    body = (
        '<p>\n{% if x %}<a href="https://shop.example/products/tee">T</a>{% endif %}{% catalog "cap" %}{% endcatalog %}'
    )
    first, second = read_content(MessageContent("email", body=body), index()).mentions
    assert (first.kind, first.where, first.certainty, first.text) == (
        "link",
        "line 2",
        "possible",
        "https://shop.example/products/tee",
    )
    assert (second.kind, second.match.product, second.certainty) == ("catalog_tag", "cap", "certain")


PIECES = st.lists(
    st.sampled_from(
        [
            "{%",
            "%}",
            "{{",
            "}}",
            "{#",
            "<a href=",
            '"',
            "'",
            "<table>",
            "</tr>",
            "<!--",
            "-->",
            "catalog",
            " tee ",
            "endcatalog",
        ]
        + [
            "https://shop.example/products/tee",
            "\ue000",
            "9",
            "\ue001",
            "for item in feeds.x",
            "<![",
            "<style>",
            "\x00",
            "//[",
        ]
    ),
    max_size=25,
)


@given(PIECES, st.sampled_from(["email", "sms", "push"]))
def test_no_template_however_broken_stops_the_reader(pieces: list[str], channel: str) -> None:
    reading = read_content(MessageContent(channel, subject="".join(pieces), body="".join(pieces)), index())
    assert set(features_of(reading)) <= {"tee-m", "tee-l"}
