"""Files that went wrong: each is refused or doubted in a sentence, and what stands beside the fault is kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.builders.files import write
from tests.builders.malformed import Malformed, corpus
from tests.builders.web import House

CORPUS = {case.name: case for case in corpus()}
POSTED = [name for name, case in CORPUS.items() if case.http]


def test_the_corpus_is_wide() -> None:
    assert len(CORPUS) == len(corpus()) >= 60


@pytest.mark.parametrize("name", CORPUS)
def test_a_malformed_file_is_told_in_a_sentence_and_its_good_rows_are_kept(
    name: str, run: Callable[..., Result], imported: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    case: Malformed = CORPUS[name]
    path = write(tmp_path, "export.csv", case.content)
    report = imported(path)
    assert report["accepted"] == case.good
    told = run(path, "--dry-run") if "catalogue we know" not in case.told else run(path)
    assert case.told in told.stdout
    assert "Traceback" not in told.output and not isinstance(told.exception, ValueError)


@pytest.mark.parametrize("name", POSTED)
def test_the_same_bytes_over_http_are_answered_and_never_a_500(name: str, house: House) -> None:
    case: Malformed = CORPUS[name]
    headers = house.bearer() | {"Content-Type": case.http or ""}
    answer = house.client.post("/api/v1/readings", data=case.content, headers=headers)
    assert answer.status_code < 500
    body = answer.get_json(force=True)
    if answer.status_code == 202:
        refused = body["rejected"] + body["set_aside"]
        assert refused >= 1 and (body["problems"] or body["set_aside"])
        assert body["accepted"] <= case.good
    else:
        assert body["detail"]
