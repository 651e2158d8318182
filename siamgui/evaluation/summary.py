"""The results of an evaluation in words, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from siamgui.core.folders import skipped_note
from siamgui.core.i18n import tr, trn
from siamgui.core.shown_text import columns, one_line
from siamgui.core.types import Strictness
from siamgui.core.wording import one_in, strictness_name, two_digits

_UNREAD_LISTED = 10


def summary(results: dict[str, Any]) -> str:
    """Several lines, without a final newline. results: as in evaluation.json."""
    lines = [*_photos(results), *_pairs(results), "", *_accuracy(results), *_tar(results), "", *_strictness(results)]
    return "\n".join(lines)


def percent(share: float | None, digits: int = 2) -> str:
    """share: None for a share of nothing."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def _photos(results: dict[str, Any]) -> list[str]:
    photos = results["photos"]
    lines = [
        tr(
            "{name}: {count} photos read in {seconds} s, {speed} per second.",
            name=results["source"]["name"],
            count=f"{photos['count']:,}",
            seconds=f"{photos['seconds']:.1f}",
            speed=f"{photos['per_second']:.0f}",
        )
    ]
    if results.get("skipped"):
        lines.append(skipped_note(results["skipped"]))
    unread = photos["unread"]
    if unread:
        lines.append(trn("{n} photo could not be used:", "{n} photos could not be used:", len(unread)))
        lines += [one_line(f"  {item['photo']}: {item['reason']}") for item in unread[:_UNREAD_LISTED]]
        if len(unread) > _UNREAD_LISTED:
            lines.append("  " + tr("and {count} more, listed in evaluation.json", count=len(unread) - _UNREAD_LISTED))
    return lines


def _pairs(results: dict[str, Any]) -> list[str]:
    pairs = results["pairs"]
    lines = [
        tr(
            "{genuine} pairs of the same person, {impostor} of different people.",
            genuine=f"{pairs['genuine']:,}",
            impostor=f"{pairs['impostor']:,}",
        )
    ]
    unread = pairs.get("genuine_unread", 0) + pairs.get("impostor_unread", 0)
    if unread:
        lines.append(
            trn(
                "{n} of them has a photo that could not be used: it counts as inconclusive. "
                "Rates are given without it, and in brackets with it counted as an error.",
                "{n} of them have a photo that could not be used: they count as inconclusive. "
                "Rates are given without them, and in brackets with each of them counted as an error.",
                unread,
            )
        )
    return lines


def _both_ways(share: float, counting_unread: float) -> str:
    """A rate without the unread pairs and, where there are any, in brackets the one with each of them an error."""
    if share == counting_unread:
        return percent(share)
    return f"{percent(share)} [{percent(counting_unread)}]"


def _accuracy(results: dict[str, Any]) -> list[str]:
    lines = []
    if accuracy := results["accuracy"]:
        text = tr(
            "Accuracy over {folds} folds: {mean}, standard error {error}",
            folds=len(accuracy["folds"]),
            mean=_both_ways(accuracy["read"], accuracy["all"]),
            error=percent(accuracy["standard_error"]),
        )
        lines.append(text)
    eer = results["eer"]
    if eer["interval_95"]:
        low, high = eer["interval_95"]
        lines.append(
            tr(
                "Equal error rate: {eer} (95 % between {low} and {high}, people resampled)",
                eer=percent(eer["value"]),
                low=percent(low),
                high=percent(high),
            )
        )
    else:
        lines.append(tr("Equal error rate: {eer}", eer=percent(eer["value"])))
    lines.append(tr("Area under the ROC curve: {auc}", auc=f"{results['auc']:.5f}"))
    return lines


def _tar(results: dict[str, Any]) -> list[str]:
    lines = []
    for point in results["tar"]:
        text = tr(
            "TAR at FMR {target}: {tar} up to distance {threshold}; {wrong} of {impostors} different-person "
            "pairs accepted, so the FMR there is at most {upper} (95 %)",
            target=one_in(point["target"]),
            tar=_both_ways(point["tar"], point["tar_all"]),
            threshold=f"{point['threshold']:.3f}",
            wrong=f"{point['false_matches']:,}",
            impostors=f"{point['impostors']:,}",
            upper=one_in(point["fmr_upper"], bound=True),
        )
        lines.append(text)
    if not all(point["supported"] for point in results["tar"]):
        least = two_digits(max(1.0, results["tar"][0]["impostors"] / 3), down=True)
        lines.append(tr("So few pairs support no statement about an FMR below 1 in {n}.", n=least))
    return lines


def _strictness(results: dict[str, Any]) -> list[str]:
    """Two tables: whether the claimed FMR holds, and how the pairs came out."""
    claims = [(tr("Strictness"), tr("FMR claimed"), tr("FMR found"), tr("95 % interval"), tr("wrong if decided"))]
    shares = [("", "", tr("supports same"), tr("inconclusive"), tr("supports different"))]
    above = False
    for choice in Strictness:
        rates, name = results["strictness"][choice.value], strictness_name(choice)
        low, high = rates["limit_fmr_interval_95"]
        claims.append(
            (
                name,
                percent(rates["claimed_fmr"], 4),
                percent(rates["limit_fmr"], 4),
                tr("{low} to {high}", low=percent(low, 4), high=percent(high, 4)),
                percent(rates["error_rate"], 3),
            )
        )
        above = above or low > rates["claimed_fmr"]
        for kind, label in (("genuine", tr("same person")), ("impostor", tr("different people"))):
            found = rates[kind]
            outcome = [percent(found[column]) for column in ("same", "inconclusive", "different")]
            shares.append((name, label, outcome[0], outcome[1], outcome[2]))
    lines = [tr("At each strictness, limits and quality as shipped:"), *text_table(claims), "", *text_table(shares)]
    lines += _by_condition(results)
    if above:
        lines += ["", tr("These people look more alike than the claimed FMR allows for: choose a stricter setting.")]
    return lines


def _by_condition(results: dict[str, Any]) -> list[str]:
    """Whether the claimed FMR holds in photographs of every condition; nothing where none is known."""
    rows = [(tr("Strictness"), tr("photographs"), tr("different-person pairs"), tr("FMR found"), tr("95 % interval"))]
    names = {"clear_clear": tr("both clear"), "clear_spoilt": tr("one spoilt"), "spoilt_spoilt": tr("both spoilt")}
    for choice in Strictness:
        for condition, found in (results["strictness"][choice.value]["limit_fmr_by_condition"] or {}).items():
            interval = "–"
            if found["interval_95"]:
                low, high = (percent(end, 4) for end in found["interval_95"])
                interval = tr("{low} to {high}", low=low, high=high)
            fmr = percent(found["limit_fmr"], 4)
            rows.append((strictness_name(choice), names[condition], f"{found['pairs']:,}", fmr, interval))
    if len(rows) == 1:
        return []
    return ["", tr("By how the faces were photographed:"), *text_table(rows)]


def text_table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(columns(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "   ".join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
