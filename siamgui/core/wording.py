"""What a verdict says in words; the window and the command line speak with this one voice.

Rates are given as frequencies with at most two significant digits, and a rate that is only bounded by the data says so.
"""

from __future__ import annotations

import math

from siamgui.core.claim_words import shared_fault, strangers
from siamgui.core.firmness_words import details as firmness_details
from siamgui.core.firmness_words import standing, unfirm_reason
from siamgui.core.i18n import mark, tr
from siamgui.core.types import (
    Answered,
    EngineInfo,
    FaceReading,
    Finding,
    Outcome,
    PairClaim,
    PartSay,
    Quality,
    QualityIssue,
    Side,
    SideFinding,
    Strictness,
    Verdict,
)

_HEADLINES = {
    Outcome.SAME: mark("Supports: same person"),
    Outcome.INCONCLUSIVE: mark("Inconclusive"),
    Outcome.DIFFERENT: mark("Supports: different people"),
}

_STRICTNESS = {
    Strictness.CONVENIENT: mark("Convenient"),
    Strictness.BALANCED: mark("Balanced"),
    Strictness.STRICT: mark("Strict"),
}

DEVICE_NAMES = {
    "auto": mark("Automatic"),
    "cpu": mark("CPU"),
    "cuda": mark("NVIDIA graphics card"),
    "mps": mark("Apple graphics"),
}
"""Where the engine can run, and what it is called."""

# issue: (what is seen, the same when it forces "inconclusive", what would help)
_ISSUES = {
    QualityIssue.SMALL: (
        mark("the face is small ({eyes} px between the eyes)."),
        mark("the face is too small ({eyes} px between the eyes)."),
        mark("Use a photo with the face larger."),
    ),
    QualityIssue.BLURRED: (
        mark("the face is blurred."),
        mark("the face is too blurred."),
        mark("Use a sharper photo."),
    ),
    QualityIssue.DARK: (
        mark("the face is dark."),
        mark("the face is too dark."),
        mark("Use a photo with more light on the face."),
    ),
    QualityIssue.BRIGHT: (
        mark("the face is overexposed."),
        mark("the face is too overexposed."),
        mark("Use a photo with softer light on the face."),
    ),
    QualityIssue.FLAT: (
        mark("the face has little contrast."),
        mark("the face has too little contrast."),
        mark("Use a photo with clearer light on the face."),
    ),
    QualityIssue.TURNED: (
        mark("the face is turned away."),
        mark("the face is turned too far away."),
        mark("Use a photo that looks at the camera."),
    ),
    QualityIssue.COVERED: (
        mark("the face may be partly covered."),
        mark("the face seems covered too much."),
        mark("Use a photo that shows the whole face."),
    ),
    QualityIssue.UNCERTAIN: (
        mark("this may not be a clear face."),
        mark("this hardly looks like a face."),
        mark("Use a clearer photo, or choose another face."),
    ),
    QualityIssue.DAMAGED: (
        mark("part of the face is missing."),
        mark("part of the face is missing."),
        mark("Use another photo, or a new copy of this one."),
    ),
}


def two_digits(value: float, *, down: bool = False) -> str:
    """value >= 1 with at most two significant digits and thousands separators. down: never round up."""
    step = 10.0 ** max(0, math.floor(math.log10(value)) - 1)
    # The tiny addition keeps 1 / (1 / 300000) at 300,000 when rounding down.
    count = math.floor(value / step + 1e-9) if down else round(value / step)
    return f"{int(count * step):,}"


def one_in(rate: float, *, bound: bool = False) -> str:
    """A share such as "1 in 40,000" or "3 in 10". rate: in (0, 1]. bound: rounded never to claim less."""
    if rate > 0.3:
        tenths = min(10, math.ceil(rate * 10 - 1e-9) if bound else round(rate * 10))
        return tr("1 in {n}", n="2") if tenths == 5 else tr("{k} in {n}", k=tenths, n="10")
    return tr("1 in {n}", n=two_digits(1 / rate, down=bound))


def rate_words(value: float, is_bound: bool) -> str:
    """A rate for the table of details: "about 1 in 40,000", "at most 1 in 300,000", "73 %"."""
    if is_bound:
        return tr("at most {share}", share=one_in(value, bound=True))
    if value > 0.3:
        return tr("{n} %", n=round(100 * value))
    return tr("about {share}", share=one_in(value))


def headline(outcome: Outcome) -> str:
    return tr(_HEADLINES[outcome])


def strictness_name(strictness: Strictness) -> str:
    return tr(_STRICTNESS[strictness])


def strictness_hint(strictness: Strictness) -> str:
    """What the choice accepts, in one sentence."""
    return tr("About {share} pairs of different people may come out as the same person.", share=one_in(strictness.fmr))


def rarity(verdict: Verdict) -> str:
    """How rare such a distance is: one sentence for a decided verdict, both sides for an inconclusive one."""
    of_pair = verdict.claim is not None
    same = (_alike_in_these if of_pair else alike)(verdict.fmr, verdict.fmr_is_bound)
    unlike = (_unlike_in_press if of_pair else _unlike)(verdict.fnmr, verdict.fnmr_is_bound)
    if verdict.outcome is Outcome.SAME:
        said = same
    elif verdict.outcome is Outcome.DIFFERENT:
        said = unlike
    else:
        said = f"{same} {unlike}"
    return with_source(said, verdict.stated)


def with_source(claim: str, stated: bool) -> str:
    """What is said of rates, and whose word it is where nothing here could measure them (Calibration.stated)."""
    if not stated:
        return claim
    note = tr("Calibration as stated by the file the model version came from: nothing here could measure it.")
    return f"{claim} {note}".strip()


def alike(fmr: float, is_bound: bool) -> str:
    """How rare such a likeness is among different people, in one sentence."""
    if is_bound:
        share = one_in(fmr, bound=True)
        return tr("At most {share} pairs of different people look this alike.", share=share)
    if fmr >= 0.95:
        return tr("Nearly all pairs of different people look at least this alike.")
    if fmr > 0.5:
        return tr("Most pairs of different people look at least this alike.")
    return tr("About {share} pairs of different people look this alike.", share=one_in(fmr))


def _alike_in_these(fmr: float, is_bound: bool) -> str:
    """The same of people in photographs like the two at hand, where these are known."""
    if is_bound:
        share = one_in(fmr, bound=True)
        return tr("In photographs like these, at most {share} pairs of different people look this alike.", share=share)
    if fmr >= 0.95:
        return tr("In photographs like these, nearly all pairs of different people look at least this alike.")
    if fmr > 0.5:
        return tr("In photographs like these, most pairs of different people look at least this alike.")
    share = one_in(fmr)
    return tr("In photographs like these, about {share} pairs of different people look this alike.", share=share)


def _unlike(fnmr: float, is_bound: bool) -> str:
    """How rare such a difference is among photographs of one person, in one sentence."""
    if is_bound:
        share = one_in(fnmr, bound=True)
        return tr("At most {share} pairs of photos of the same person look this different.", share=share)
    if fnmr >= 0.95:
        return tr("Nearly all pairs of photos of the same person look at least this different.")
    if fnmr > 0.5:
        return tr("Most pairs of photos of the same person look at least this different.")
    return tr("About {share} pairs of photos of the same person look this different.", share=one_in(fnmr))


def _unlike_in_press(fnmr: float, is_bound: bool) -> str:
    """The same where the rate of likeness is that of the two at hand: this one is not, whatever they suffer from."""
    if is_bound:
        share = one_in(fnmr, bound=True)
        return tr("In clear press photos, at most {share} pairs of the same person look this different.", share=share)
    if fnmr >= 0.95:
        return tr("In clear press photos, nearly all pairs of the same person look at least this different.")
    if fnmr > 0.5:
        return tr("In clear press photos, most pairs of the same person look at least this different.")
    share = one_in(fnmr)
    return tr("In clear press photos, about {share} pairs of the same person look this different.", share=share)


def reason(verdict: Verdict) -> str:
    """Why a verdict is inconclusive; empty for the other outcomes."""
    if verdict.outcome is not Outcome.INCONCLUSIVE:
        return ""
    if verdict.unfirm and verdict.firmness is not None:
        return unfirm_reason(verdict.firmness)
    if verdict.disagree:
        near, far = (choice(verdict.parts, key=lambda say: say.fmr) for choice in (min, max))
        if verdict.distance <= verdict.same_below:
            said = mark(
                "Not both encoders bear it out alone: {near} finds the faces as alike as {share} pairs of different "
                "people are, {far} as {others}. That may be a likeness of the photos. Try one taken in another way."
            )
        else:
            said = mark(
                "The two encoders disagree: {near} finds the faces as alike as {share} pairs of different people are, "
                "{far} as {others}. Try another photo."
            )
        return tr(
            said,
            near=near.name,
            share=one_in(near.fmr, bound=near.fmr_is_bound),
            far=far.name,
            others=one_in(far.fmr),
        )
    if not verdict.forced:
        claim = verdict.claim
        if claim is not None and claim.shared:
            return shared_fault(claim.kind)
        # A distance just past a limit must not be printed as equal to it.
        for digits in (2, 3, 4):
            low, value, high = (
                f"{x:.{digits}f}" for x in (verdict.same_below, verdict.distance, verdict.different_above)
            )
            if low != value != high:
                break
        between = (
            mark(
                "The distance {distance} lies between the limits {low} and {high}: "
                "too far apart to support the same person, too close to support different people."
            )
            if claim is None
            else mark(
                "The distance {distance} lies between the limits for photographs like these, {low} and {high}: "
                "too far apart to support the same person, too close to support different people."
            )
        )
        return tr(between, distance=value, low=low, high=high)
    sides = {item.side for item in verdict.findings if item.finding.decisive}
    if sides == {Side.LEFT}:
        return tr("The left photo is not good enough to decide.")
    if sides == {Side.RIGHT}:
        return tr("The right photo is not good enough to decide.")
    return tr("The photos are not good enough to decide.")


def advice(finding: SideFinding, quality: Quality) -> str:
    """One quality finding: which photo, what is seen, what would help. quality: of the face the finding is about."""
    values = issue_words(finding.finding, quality)
    if finding.side is Side.LEFT:
        return tr("Left photo: {what} {help}", **values)
    return tr("Right photo: {what} {help}", **values)


def reference_advice(reading: FaceReading) -> tuple[str, ...]:
    """Every quality finding of the photograph that a face before the camera is compared with."""
    return tuple(
        tr("Reference photo: {what} {help}", **issue_words(finding, reading.quality))
        for finding in reading.quality.findings
    )


def issue_words(finding: Finding, quality: Quality) -> dict[str, str]:
    """what: is seen. help: what would. For a sentence that says which photo it is; quality: of the face in it."""
    seen, seen_decisive, help_ = _ISSUES[finding.issue]
    text = seen_decisive if finding.decisive else seen
    return {"what": tr(text, eyes=round(quality.eye_distance)), "help": tr(help_)}


def all_advice(comparison: Answered) -> tuple[str, ...]:
    """advice() for every finding of a comparison, in the order of the verdict."""
    quality = {Side.LEFT: comparison.left.quality, Side.RIGHT: comparison.right.quality}
    return tuple(advice(item, quality[item.side]) for item in comparison.verdict.findings)


def likelihood(log10_lr: float) -> str:
    """A likelihood ratio in words. log10_lr: same : different."""
    times = 10 ** abs(log10_lr)
    if times < 1.1:
        return tr("this distance is equally likely either way")
    n = f"{times:.1f}" if times < 10 else two_digits(times)
    if log10_lr > 0:
        return tr("this distance is about {n} times likelier if it is the same person", n=n)
    return tr("this distance is about {n} times likelier if they are different people", n=n)


def _degrees(angle: float) -> str:
    return f"{round(angle)}°".replace("-", "−")


def details(comparison: Answered) -> tuple[tuple[str, str], ...]:
    """Rows of (label, value) behind a verdict: the numbers, both photos' quality, and who answered."""
    verdict, left, right = comparison.verdict, comparison.left.quality, comparison.right.quality

    def both(a: str, b: str) -> str:
        return tr("left {left}, right {right}", left=a, right=b)

    return (
        (tr("Distance"), f"{verdict.distance:.2f}"),
        (tr("False match rate (FMR)"), rate_words(verdict.fmr, verdict.fmr_is_bound)),
        (
            tr("False non-match rate (FNMR)") if verdict.claim is None else tr("FNMR of clear press photos"),
            rate_words(verdict.fnmr, verdict.fnmr_is_bound),
        ),
        (tr("Likelihood ratio"), likelihood(verdict.log10_lr)),
        (
            tr("Strictness"),
            tr(
                "{name} (FMR {share})",
                name=strictness_name(verdict.strictness),
                share=one_in(verdict.strictness.fmr),
            ),
        ),
        (
            tr("Limits"),
            tr(
                "same person up to {low}, different people above {high}",
                low=f"{verdict.same_below:.2f}",
                high=f"{verdict.different_above:.2f}",
            ),
        ),
        *(() if verdict.claim is None else _claim_rows(verdict.claim)),
        *((tr("{name} alone", name=say.name), _alone(say)) for say in verdict.parts),
        *(() if verdict.firmness is None else firmness_details(verdict.firmness)),
        (tr("Between the eyes"), both(f"{left.eye_distance:.0f} px", f"{right.eye_distance:.0f} px")),
        (tr("Sharpness"), both(f"{left.sharpness:.2g}", f"{right.sharpness:.2g}")),
        (tr("Brightness"), both(f"{left.brightness:.2g}", f"{right.brightness:.2g}")),
        (tr("Contrast"), both(f"{left.contrast:.2g}", f"{right.contrast:.2g}")),
        (
            tr("Turned sideways, up or down"),
            both(*(f"{_degrees(item.yaw)}, {_degrees(item.pitch)}" for item in (left, right))),
        ),
        (tr("Detector score"), both(f"{left.detector_score:.2f}", f"{right.detector_score:.2f}")),
        (tr("Embedding norm"), both(*(_norm(item.embedding_norm) for item in (left, right)))),
        (tr("Engine"), engine_line(comparison.engine, None)),
    )


def _claim_rows(claim: PairClaim) -> tuple[tuple[str, str], ...]:
    """What the photographs change."""
    rare = tr("as rare as {distance} between two clear photographs", distance=f"{claim.adjusted:.2f}")
    return (
        (tr("Adjusted distance"), rare),
        (tr("FMR if both were clear"), rate_words(claim.general_fmr, claim.general_fmr_is_bound)),
        (tr("Strangers"), strangers(claim)),
    )


def _alone(say: PartSay) -> str:
    rate = rate_words(say.fmr, say.fmr_is_bound)
    return tr("distance {distance}, FMR {rate}", distance=f"{say.distance:.2f}", rate=rate)


def _norm(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def engine_line(info: EngineInfo, milliseconds: float | None) -> str:
    """Who answered and how fast: "CPU · OpenVINO · MobileFaceNet 1 · 41 ms". milliseconds: None leaves the time out."""
    parts = [info.device, info.backend, f"{info.encoder_name} {info.encoder_version}"]
    if milliseconds is not None:
        parts.append(f"{milliseconds:.0f} ms")
    if info.fallback:
        parts.append(tr("the graphics card failed, the CPU took over"))
    return " · ".join(parts)


def as_text(comparison: Answered, left_name: str, right_name: str) -> str:
    """The whole answer as plain text of several lines, without a final newline."""
    verdict = comparison.verdict
    lines = [
        tr("Left: “{left}”   Right: “{right}”", left=left_name, right=right_name),
        headline(verdict.outcome),
        rarity(verdict),
    ]
    lines += filter(None, (reason(verdict), standing(verdict)))
    lines += [f"⚠ {text}" for text in all_advice(comparison)]
    lines.append("")
    lines += [tr("{label}: {value}", label=label, value=value) for label, value in details(comparison)]
    return "\n".join(lines)
