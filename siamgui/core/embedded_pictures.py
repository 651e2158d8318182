"""Pictures that are part of a text: a page, a style sheet, or an address on its own."""

from __future__ import annotations

import base64
import re
from html import unescape
from urllib.parse import unquote_to_bytes

# A picture in its HTML, in a style sheet or as text: RFC 2397.
_DATA_ADDRESS = re.compile(r"""\bdata:image/[\w.+-]+(?:;[\w.=+-]+)*,[^"'<>()\\]+""", re.IGNORECASE)
_LONGEST_PAGE = 1_000_000  # characters; no clipboard may keep the window waiting
_FILE_IN_PAGE = re.compile(r"""<img\b[^>]*\bsrc\s*=\s*["']?(file:[^"'>]+)""", re.IGNORECASE)


def data_address(text: str) -> str | None:
    """The first data: address of a picture in a text."""
    found = _DATA_ADDRESS.search(text)
    return unescape(found[0]) if found else None


def file_address(page: str) -> str | None:
    """The first file: address of a picture in the HTML of a page."""
    found = _FILE_IN_PAGE.search(page[:_LONGEST_PAGE])
    return unescape(found[1]).strip() if found else None


def bytes_of_address(address: str) -> bytes:
    """What a data: address holds, as far as it can be decoded."""
    head, _, body = address.partition(",")
    data = unquote_to_bytes("".join(body.split()))
    if not head.lower().endswith(";base64"):
        return data
    data = data.replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except ValueError:
        return b"?"  # no picture, and not empty either
