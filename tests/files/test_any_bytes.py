"""Whatever a file holds, it is read or refused in a sentence."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from integrations.files import FileRefused, open_file
from tests.builders.damaged import damaged


@given(damaged() | st.binary(max_size=300))
def test_it_is_read_or_refused_in_a_sentence(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        try:
            with open_file(path) as opened:
                for row in opened.stock() if opened.stock else ():
                    assert row.problems or row.value
                    assert all(message.strip() for _, message in row.problems + row.remarks)
                for read in opened.products("erp") if opened.products else ():
                    assert read.problems or read.product is not None
        except FileRefused as refused:
            assert str(refused).strip().endswith((".", ")"))
