"""The results of an evaluation in words, for a terminal."""

from __future__ import annotations

from typing import Any

from siamgui.core.i18n import tr, trn
from siamgui.core.types import Strictness
from siamgui.core.wording import one_in, strictness_name, two_digits

_UNREAD_LISTED = 10


def summary(results: dict[str, Any]) -> str:
    """Several lines, without a final newline. results: as in evaluation.json."""
    lines = [*_photos(results), *_pairs(results), "", *_accuracy(results), *_tar(results), "", *_strictness(results)]
    return "\n".join(lines)


def _percent(share: float | None, digits: int = 2) -> str:
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
    unread = photos["unread"]
    if unread:
        lines.append(trn("{n} photo could not be used:", "{n} photos could not be used:", len(unread)))
        lines += [f"  {item['photo']}: {item['reason']}" for item in unread[:_UNREAD_LISTED]]
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


def _accuracy(results: dict[str, Any]) -> list[str]:
    lines = []
    if accuracy := results["accuracy"]:
        text = tr(
            "Accuracy over {folds} folds: {mean} ± {error} (standard error) [{all}]",
            folds=len(accuracy["folds"]),
            mean=_percent(accuracy["read"]),
            error=_percent(accuracy["standard_error"]),
            all=_percent(accuracy["all"]),
        )
        lines.append(text)
    eer = results["eer"]
    if eer["interval_95"]:
        low, high = eer["interval_95"]
        lines.append(
            tr(
                "Equal error rate: {eer} (95 % between {low} and {high}, people resampled)",
                eer=_percent(eer["value"]),
                low=_percent(low),
                high=_percent(high),
            )
        )
    else:
        lines.append(tr("Equal error rate: {eer}", eer=_percent(eer["value"])))
    lines.append(tr("Area under the ROC curve: {auc}", auc=f"{results['auc']:.5f}"))
    return lines


def _tar(results: dict[str, Any]) -> list[str]:
    lines = []
    for point in results["tar"]:
        text = tr(
            "TAR at FMR {target}: {tar} [{all}] up to distance {threshold}; {wrong} of {impostors} different-person "
            "pairs accepted, so the FMR is below {upper} (95 %)",
            target=one_in(point["target"]),
            tar=_percent(point["tar"]),
            all=_percent(point["tar_all"]),
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
    header = (tr("Strictness"), tr("FMR claimed"), tr("FMR found"), tr("inconclusive"), tr("wrong if decided"))
    lines = [tr("At each strictness, limits and quality as shipped:"), "  " + " | ".join(header)]
    for choice in Strictness:
        rates = results["strictness"][choice.value]
        found = _percent(rates["limit_fmr"], 4)
        if interval := rates["limit_fmr_interval_95"]:
            found += tr(" (95 %: {low} to {high})", low=_percent(interval[0], 4), high=_percent(interval[1], 4))
        cells = (
            strictness_name(choice),
            _percent(rates["claimed_fmr"], 4),
            found,
            _percent(rates["inconclusive_rate"]),
            _percent(rates["error_rate"], 3),
        )
        lines.append("  " + " | ".join(cells))
        for kind, label in (("genuine", tr("same person")), ("impostor", tr("different people"))):
            shares = rates[kind]
            text = tr(
                "{kind}: supports same {same}, inconclusive {inconclusive}, supports different {different}",
                kind=label,
                same=_percent(shares["same"]),
                inconclusive=_percent(shares["inconclusive"]),
                different=_percent(shares["different"]),
            )
            lines.append("    " + text)
    return lines
