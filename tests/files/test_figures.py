"""Cells as people and spreadsheets write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.files.figures import NoFigure, mangled, read_figure, read_price


@given(st.integers(-(10**17), 10**17), st.booleans())
def test_whole_numbers_are_read_as_they_are(number: int, dot_is_decimal: bool) -> None:
    assert read_figure(f" {number} ", dot_is_decimal=dot_is_decimal) == (number, None)


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=5))
def test_fractions_are_floored_and_said_where_a_dot_is_a_decimal_point(number: Decimal) -> None:
    figure, remark = read_figure(f"{number:f}", dot_is_decimal=True)
    assert figure is not None and figure <= number < figure + 1
    assert (remark is None) == (figure == number)


@given(st.text(max_size=20))
def test_any_other_text_is_no_figure_and_never_an_error_of_ours(text: str) -> None:
    try:
        figure, _ = read_figure(text, dot_is_decimal=False)
    except NoFigure as error:
        assert str(error)
    else:
        assert figure is not None or not text.strip()


@pytest.mark.parametrize(("text", "dot_is_decimal"), [("1.234", False), ("1,234", True), ("1.234.567", True)])
def test_what_may_be_read_in_two_ways_is_not_read(text: str, dot_is_decimal: bool) -> None:
    with pytest.raises(NoFigure, match="two ways"):
        read_figure(text, dot_is_decimal=dot_is_decimal)


def test_a_dot_is_a_decimal_point_where_the_format_promises_it() -> None:
    assert read_figure("1.234", dot_is_decimal=True) == (1, "1.234 was floored to 1; units are whole.")
    assert read_figure("22.00000", dot_is_decimal=True) == (22, None)
    assert read_figure("-0.5", dot_is_decimal=True)[0] == -1


@pytest.mark.parametrize("code", ["1.23E+11", "8E+12", "1,23E+11", "4.0e+12"])
def test_a_code_that_became_a_number_is_told(code: str) -> None:
    assert mangled(code) is not None


@pytest.mark.parametrize("code", ["TEE-M", "123456789012", "1E11", "E+11", "", "2.5E+X", "ABC1.2E+3"])
def test_other_codes_are_left_alone(code: str) -> None:
    assert mangled(code) is None


@pytest.mark.parametrize(
    ("text", "price"), [("19.90", Decimal("19.90")), ("0", Decimal(0)), ("", None), ("=9", None), ("1,99", None)]
)
def test_a_price_is_read_or_left_open_with_a_remark(text: str, price: Decimal | None) -> None:
    read, remark = read_price(text)
    assert read == price
    assert (remark is None) == (price is not None or not text)
