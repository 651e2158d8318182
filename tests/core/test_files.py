"""Only files are read, and no more of them than is wanted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from siamgui.core.files import read_file


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_file(path, 9) == b"12345"
    assert read_file(path, 3) == b"1234"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has neither pipes nor devices among its files")
def test_what_is_no_file_is_neither_opened_nor_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero"), tmp_path / "absent"):
        with pytest.raises(OSError, match=r"not a file|No such"):
            read_file(path, 9)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_is_followed_only_where_that_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert read_file(tmp_path / "link", 9) == b"1"
    with pytest.raises(OSError, match="not a file"):
        read_file(tmp_path / "link", 9, follow=False)
