"""Pictures that are part of a text."""

from __future__ import annotations

import pytest

from siamgui.core.embedded_pictures import bytes_of_address, data_address, file_address


@pytest.mark.parametrize(
    ("address", "held"),
    [
        ("data:image/png;base64,iVBORw==", b"\x89PNG"),
        ("data:image/png;base64,iVBORw", b"\x89PNG"),  # without the padding
        ("data:image/png;base64,iVBO\n Rw==", b"\x89PNG"),
        ("data:image/x;base64,-_8", b"\xfb\xff"),  # the alphabet for addresses
        ("data:image/svg+xml,%3Csvg%3E", b"<svg>"),
        ("data:image/png;base64,a", b"?"),
    ],
)
def test_what_an_address_holds(address: str, held: bytes) -> None:
    assert bytes_of_address(address) == held


def test_the_first_picture_of_a_page() -> None:
    page = '<p>x</p><IMG alt="a" src="file:///a%20b.jpg?x&amp;y"><img src="data:image/png;base64,AAAA">'
    assert file_address(page) == "file:///a%20b.jpg?x&y"
    assert data_address(page) == "data:image/png;base64,AAAA"
    assert file_address("no picture") is None
    assert data_address('<img src="https://example.org/a.png">') is None
