"""A report as HTML that needs nothing else: escaped, without scripts, and without anything from elsewhere.

What is written is the part of HTML that Qt's text documents know as well, so that the printed page is the same page.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from html import escape

from siamgui.core.types import Outcome
from siamgui.report.blocks import (
    Answer,
    Block,
    Document,
    Heading,
    NewPage,
    Picture,
    Pictures,
    Points,
    Rows,
    Scale,
    SignHere,
    Text,
    Title,
)
from siamgui.report.scale import scale_svg

COLOURS = {Outcome.SAME: "#1a56b0", Outcome.INCONCLUSIVE: "#5c5f66", Outcome.DIFFERENT: "#b45309"}
SYMBOLS = {Outcome.SAME: "=", Outcome.INCONCLUSIVE: "?", Outcome.DIFFERENT: "≠"}
_STYLE = """
body { font-family: system-ui, "Segoe UI", "Noto Sans", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC",
 sans-serif; color: #16181d; background: #ffffff; max-width: 190mm; margin: 8mm auto; padding: 0 4mm; font-size: 10pt; }
h1 { font-size: 17pt; margin: 0 0 2pt 0; }
h2 { font-size: 11.5pt; margin: 12pt 0 3pt 0; }
p, ul { margin: 3pt 0; }
.muted { color: #5c5f66; }
.strong { font-weight: bold; }
.code { font-family: ui-monospace, monospace; background: #f1f2f4; padding: 4pt; overflow-wrap: anywhere; }
table { border-collapse: collapse; }
td, th { text-align: left; vertical-align: top; padding: 1.5pt 8pt 1.5pt 0; overflow-wrap: anywhere; }
table.rows { width: 100%; }
table.rows td { border-bottom: 0.5pt solid #d6d8dc; }
table.small { font-size: 8.5pt; }
td.sign { border-top: 0.5pt solid #5c5f66; width: 33%; padding-top: 2pt; color: #5c5f66; }
figure { margin: 0; }
@media print { body { margin: 0; } .newpage { break-before: page; } }
"""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_MM = 96 / 25.4
_NAMES = 32
"""Per cent of the width that the names of a table take."""

ImageSource = Callable[[bytes, str], str]
"""What stands in src. bytes and their MIME type."""


def web_page(blocks: Document, language: str, payload: bytes) -> bytes:
    """The file without its seal. payload: the report as JSON, which the page hands out as a file too."""
    title = next((block.text for block in blocks if isinstance(block, Title)), "siamgui")
    packed = base64.b64encode(payload).decode()
    link = (
        f'<p class="muted"><a download="report.json" href="data:application/json;base64,{packed}">report.json</a></p>'
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if language == "zh_CN" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body(blocks, _data_address)}{link}\n</body>\n</html>\n"
    ).encode()


def body(blocks: Document, source: ImageSource) -> str:
    """What stands on the pages, in order."""
    return "".join(_html(block, source) for block in blocks)


def _data_address(data: bytes, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def _html(block: Block, source: ImageSource) -> str:
    match block:
        case Title(text, under):
            return f'<h1>{escape(text)}</h1>\n<p class="muted">{escape(" · ".join(under))}</p>\n'
        case Heading(text):
            return f"<h2>{escape(text)}</h2>\n"
        case Text(text, role):
            return f'<p class="{role}">{escape(text)}</p>\n' if role else f"<p>{escape(text)}</p>\n"
        case Points(items):
            return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>\n"
        case Answer():
            return _answer(block)
        case Rows(rows, head, small):
            return _rows(rows, head, small=small)
        case Pictures(pictures):
            return _pictures(pictures, source)
        case Scale():
            return f'<p><img width="640" height="84" src="{source(scale_svg(block), "image/svg+xml")}" alt=""></p>\n'
        case SignHere(fields):
            return _sign(fields)
        case NewPage():
            return '<div class="newpage"></div>\n'


def _answer(block: Answer) -> str:
    colour, symbol = COLOURS[block.outcome], SYMBOLS[block.outcome]
    lines = [f'<p style="font-size: 20px; color: {colour}"><b>{symbol}&nbsp; {escape(block.headline)}</b></p>']
    lines += [f'<p class="strong">{escape(block.strength)}</p>'] if block.strength else []
    lines += [f"<p>{escape(sentence)}</p>" for sentence in block.sentences]
    inside = "\n".join(lines)
    return (
        f'<table width="100%" cellpadding="6" style="margin-top: 6pt; margin-bottom: 6pt"><tr>'
        f'<td width="4" style="background-color: {colour}"></td>'
        f'<td style="background-color: #f4f5f7; padding-left: 8pt">{inside}</td></tr></table>\n'
    )


def _rows(rows: tuple[tuple[str, ...], ...], head: tuple[str, ...], *, small: bool) -> str:
    names = "".join(f'<th align="left">{escape(cell)}</th>' for cell in head)
    lines = [f"<tr>{names}</tr>"] if head else []
    for name, *values in rows:
        cells = "".join(f"<td>{escape(value)}</td>" for value in values)
        lines.append(f'<tr><td width="{_NAMES}%" style="color: #5c5f66">{escape(name)}</td>{cells}</tr>')
    kind = "rows small" if small else "rows"
    return f'<table class="{kind}" width="100%" cellspacing="0" cellpadding="2">{"".join(lines)}</table>\n'


def _pictures(pictures: tuple[Picture, ...], source: ImageSource) -> str:
    cells = "".join(f"<td>{_figure(picture, source)}</td>" for picture in pictures)
    return f'<table cellspacing="0" cellpadding="4"><tr>{cells}</tr></table>\n' if pictures else ""


def _figure(picture: Picture, source: ImageSource) -> str:
    width, height = _fitted(picture)
    mime = "image/png" if picture.data.startswith(b"\x89PNG") else "image/jpeg"
    caption = escape(picture.caption)
    shown = f'<img width="{width}" height="{height}" src="{source(picture.data, mime)}" alt="{caption}">'
    return f'{shown}<p class="muted">{caption}</p>'


def _fitted(picture: Picture) -> tuple[int, int]:
    """In pixels of 1/96 inch, whole, and as it is shaped."""
    import io

    from PIL import Image

    across, down = picture.across * _MM, picture.down * _MM
    with Image.open(io.BytesIO(picture.data), formats=["JPEG", "PNG"]) as image:
        scale = min(across / image.width, down / image.height)
        return max(round(image.width * scale), 1), max(round(image.height * scale), 1)


def _sign(fields: tuple[str, ...]) -> str:
    cells = "".join(f'<td class="sign" width="{100 // len(fields)}%">{escape(field)}</td>' for field in fields)
    return f'<br><table width="100%" cellspacing="12"><tr>{cells}</tr></table>\n'
