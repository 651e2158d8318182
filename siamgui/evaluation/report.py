"""The results of an evaluation as files: JSON, a table of scores, a picture of the ROC and DET curves."""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from siamgui.core.errors import SiamguiError
from siamgui.core.files import open_as_usual
from siamgui.core.i18n import mark, tr
from siamgui.evaluation.metrics import Curve

JSON_NAME, SCORES_NAME, PICTURE_NAME = "evaluation.json", "scores.csv", "roc-det.png"
_POINTS_DRAWN = 4000
_CHINESE_FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei")


class ReportUnwritable(SiamguiError):
    """values: folder"""

    text = mark("The results cannot be written to “{folder}”. Choose another folder with --out.")


def make_folder(folder: Path) -> None:
    """So that an unusable folder is known before the work, not after it. Raises ReportUnwritable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        raise ReportUnwritable(folder=folder.name) from None


def write_report(
    folder: Path, results: dict[str, Any], curve: Curve, scores: tuple[Sequence[str], Iterable[Sequence[object]]] | None
) -> tuple[Path, ...]:
    """Write the files and return their paths. scores: header and rows. Raises ReportUnwritable.

    Each file appears whole or not at all, and an old one stays until the new one is complete.
    """
    paths = []

    def put(name: str, write: Callable[[Path], object]) -> None:
        _write_atomically(folder / name, write)
        paths.append(folder / name)

    text = json.dumps(results, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    try:
        put(JSON_NAME, lambda path: path.write_bytes(text.encode()))
        if scores is not None:
            put(SCORES_NAME, lambda path: _write_scores(path, *scores))
        put(PICTURE_NAME, lambda path: _draw(path, curve, results))
    except OSError:
        raise ReportUnwritable(folder=folder.name) from None
    return tuple(paths)


def _write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        open_as_usual(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _write_scores(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    # The byte order mark makes spreadsheets read names in any language rightly.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _draw(path: Path, curve: Curve, results: dict[str, Any]) -> None:
    import matplotlib as mpl
    from matplotlib import font_manager
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from scipy.special import ndtri

    installed = {font.name for font in font_manager.fontManager.ttflist}
    chinese = [name for name in _CHINESE_FONTS if name in installed]

    def drawable(message: str, **values: str) -> str:
        """Translated, unless the machine has no font to draw the translation with."""
        text = tr(message, **values)
        if chinese or text.isascii():
            return text
        return message.format(**values).encode("ascii", "replace").decode("ascii")

    with mpl.rc_context({"font.family": ["DejaVu Sans", *chinese], "axes.unicode_minus": False}):
        figure = Figure(figsize=(11, 5), layout="constrained")
        FigureCanvasAgg(figure)
        roc, det = figure.subplots(1, 2)
        fmr, fnmr = _thinned(curve.fmr, curve.fnmr)
        lowest = min(1.0 / results["pairs"]["impostor"], 0.1)  # a few pairs leave the axes a length
        eer = results["eer"]["value"]

        shown = fmr > 0
        roc.semilogx(fmr[shown], 1 - fnmr[shown], color="#1f5fa8", drawstyle="steps-post")
        roc.set(
            xlabel=drawable("False match rate (FMR)"),
            ylabel=drawable("True accept rate (TAR)"),
            title=drawable("ROC: area under the curve {auc}", auc=f"{results['auc']:.5f}"),
            xlim=(lowest, 1),
        )

        shown = (fmr > 0) & (fnmr > 0) & (fmr < 1) & (fnmr < 1)
        det.plot(ndtri(fmr[shown]), ndtri(fnmr[shown]), color="#1f5fa8")
        ticks = np.array([1e-5, 1e-4, 1e-3, 1e-2, 0.05, 0.2, 0.5])
        labels = [f"{100 * tick:g} %" for tick in ticks]
        edge = (ndtri(max(lowest, 1e-6)), ndtri(0.6))
        det.set(
            xlabel=drawable("False match rate (FMR)"),
            ylabel=drawable("False non-match rate (FNMR)"),
            title=drawable("DET: equal error rate {eer} %", eer=f"{100 * eer:.2f}"),
            xlim=edge,
            ylim=edge,
        )
        seen = ndtri(ticks) >= edge[0]
        det.set_xticks(ndtri(ticks)[seen], np.array(labels)[seen].tolist())
        det.set_yticks(ndtri(ticks)[seen], np.array(labels)[seen].tolist())
        det.plot(edge, edge, color="#999999", linewidth=0.8, linestyle=":")
        for rates in results["strictness"].values():
            roc.axvline(rates["claimed_fmr"], color="#999999", linewidth=0.8, linestyle="--")
        for axes in (roc, det):
            axes.grid(color="#dddddd", linewidth=0.6)
        figure.suptitle(
            drawable(
                "{name}: {genuine} pairs of the same person, {impostor} of different people",
                name=results["source"]["name"],
                genuine=f"{results['pairs']['genuine']:,}",
                impostor=f"{results['pairs']['impostor']:,}",
            )
        )
        figure.savefig(path, format="png", dpi=120)


def _thinned(fmr: Any, fnmr: Any) -> tuple[Any, Any]:
    """Few enough points to draw quickly, kept dense where the rates are small."""
    if len(fmr) <= _POINTS_DRAWN:
        return fmr, fnmr
    wanted = np.geomspace(max(1e-9, fmr[fmr > 0].min()), 1.0, _POINTS_DRAWN)
    keep = np.unique(np.clip(np.searchsorted(fmr, wanted), 0, len(fmr) - 1))
    return fmr[keep], fnmr[keep]
