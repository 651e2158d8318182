"""The axis of distances as a drawing: three zones, the limits between them, and where the two faces stand."""

from __future__ import annotations

from html import escape

from siamgui.core.types import Outcome
from siamgui.report.blocks import Scale

WIDTH, HEIGHT = 640, 84
_LEFT, _RIGHT, _AXIS = 10.0, 630.0, 46.0
_ZONES = (Outcome.SAME, Outcome.INCONCLUSIVE, Outcome.DIFFERENT)
_COLOURS = {Outcome.SAME: "#1a56b0", Outcome.INCONCLUSIVE: "#8b8f98", Outcome.DIFFERENT: "#b45309"}
_FONT = 'font-family="sans-serif" font-size="12"'


def scale_svg(scale: Scale) -> bytes:
    """SVG of WIDTH x HEIGHT."""

    def x(distance: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * min(max(distance / scale.end, 0.0), 1.0)

    edges = (_LEFT, x(scale.same_below), x(scale.different_above), _RIGHT)
    parts = []
    for outcome, word, left, right in zip(_ZONES, scale.words, edges, edges[1:], strict=False):
        colour, width = _COLOURS[outcome], right - left
        parts.append(f'<rect x="{left:.1f}" y="{_AXIS}" width="{width:.1f}" height="6" fill="{colour}"/>')
        if outcome is not Outcome.INCONCLUSIVE:
            anchor, at = ("start", left) if outcome is Outcome.SAME else ("end", right)
            parts.append(_text(at, _AXIS + 32, word, colour, anchor))
    for limit, anchor, shift in ((scale.same_below, "end", 3), (scale.different_above, "start", -3)):
        at = x(limit)
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{_AXIS - 4}" y2="{_AXIS + 10}" stroke="#16181d"/>')
        parts.append(_text(at + shift, _AXIS + 21, f"{limit:.2f}", "#16181d", anchor))
    if scale.spread is not None:
        low, high = map(x, scale.spread)
        parts.append(
            f'<rect x="{low:.1f}" y="{_AXIS - 9}" width="{max(high - low, 1):.1f}" height="5" fill="#16181d" '
            'fill-opacity="0.35"/>'
        )
    at = x(scale.distance)
    place, anchor = (at, "middle") if _LEFT + 20 < at < _RIGHT - 20 else (at, "start" if at < WIDTH / 2 else "end")
    parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="22" y2="{_AXIS + 3}" stroke="#16181d" stroke-width="2"/>')
    parts.append(f'<circle cx="{at:.1f}" cy="{_AXIS + 3}" r="6" fill="{_COLOURS[scale.outcome]}" stroke="#ffffff"/>')
    parts.append(_text(place, 16, f"{scale.distance:.2f}", _COLOURS[scale.outcome], anchor, bold=True))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{''.join(parts)}</svg>"
    ).encode()


def _text(x: float, y: float, words: str, colour: str, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" {_FONT}{weight} fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'
    )
