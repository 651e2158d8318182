"""What a live verification says in words; the window and the command line speak with this one voice."""

from __future__ import annotations

import math

from siamgui.core import wording
from siamgui.core.i18n import mark, tr, trn
from siamgui.core.types import Outcome
from siamgui.live.types import Hindrance, LiveVerdict, PresenceFailure, Prompt, Reason

MOST_TIMES = 5
"""Times of a film that are named one by one."""

_REASONS = {
    Reason.BOUND: "",
    Reason.NOBODY: mark("This face is not close to any of the people enrolled."),
    Reason.TIME_OUT: mark("There was not enough to decide within the time."),
    Reason.ENDED: mark("The pictures ended before there was enough to decide."),
    Reason.CHANGED: mark("Another face took the place of the first one, or it could no longer be told."),
    Reason.PRESENCE: mark("The presence check was not passed."),
    Reason.REFERENCE: mark("The reference photo is not good enough to decide."),
    Reason.STOPPED: mark("It was stopped before there was enough to decide."),
}

# hindrance: (what to do about it now, what it was, what would help the next time)
_HINDRANCES = {
    Hindrance.NO_FACE: (
        mark("No face is in view. Look into the camera."),
        mark("No face was in view."),
        mark("Look into the camera."),
    ),
    Hindrance.SEVERAL: (
        mark("Several faces are in view. Click the one that is meant, or press its number."),
        mark("Several faces were in view."),
        mark("Let one person stand before the camera, or choose the face that is meant."),
    ),
    Hindrance.FAR: (mark("Come closer."), mark("The face was too far away."), mark("Come closer.")),
    Hindrance.DARK: (
        mark("It is too dark. Turn your face to the light."),
        mark("The face was too dark."),
        mark("Turn the face to the light."),
    ),
    Hindrance.BACKLIT: (
        mark("The light is behind you. Turn round, so that it falls on your face."),
        mark("The face was against the light."),
        mark("Let the light fall on the face from the front."),
    ),
    Hindrance.BRIGHT: (
        mark("The light on your face is too bright."),
        mark("The face was overexposed."),
        mark("Use softer light."),
    ),
    Hindrance.BLURRED: (
        mark("The picture is blurred. Hold still."),
        mark("The face was blurred."),
        mark("Hold still, and wipe the lens."),
    ),
    Hindrance.TURNED: (
        mark("Look straight into the camera."),
        mark("The face was turned away."),
        mark("Look straight into the camera."),
    ),
    Hindrance.COVERED: (
        mark("Your face seems to be covered in part."),
        mark("The face seemed to be covered in part."),
        mark("Show the whole face."),
    ),
}

_PROMPTS = {
    None: mark("Look straight into the camera"),
    Prompt.LEFT: mark("Turn your head to your left"),
    Prompt.RIGHT: mark("Turn your head to your right"),
    Prompt.TILT_LEFT: mark("Tilt your head to your left shoulder"),
    Prompt.TILT_RIGHT: mark("Tilt your head to your right shoulder"),
    Prompt.CLOSER: mark("Come a little closer"),
    Prompt.UP: mark("Raise your chin and look up"),
    Prompt.BLINK: mark("Blink twice"),
}

_FAILURES = {
    PresenceFailure.TIME: mark("What was asked for did not come in time."),
    PresenceFailure.WRONG_WAY: mark("The head moved in another way than was asked for."),
    PresenceFailure.LOST: mark("The face was lost from view on the way."),
    PresenceFailure.CHANGED: mark("The face did not stay the same throughout."),
    PresenceFailure.FLAT: mark("The face moved like a flat picture."),
    PresenceFailure.REPEATED: mark("The same movement was seen twice, as in a recording."),
}


def headline(verdict: LiveVerdict, *, who: bool = False) -> str:
    """The verdict in a few words. who: the question was who of the enrolled people it is."""
    return outcome_words(verdict.outcome, verdict.name or "", who=who)


def outcome_words(outcome: Outcome, name: str, *, who: bool) -> str:
    """How it ended, in a few words. name: of the person. who: as for headline()."""
    if who and outcome is Outcome.SAME:
        return tr("Supports: {name}", name=name)
    if who and outcome is Outcome.DIFFERENT:
        return tr("Nobody enrolled")
    return wording.headline(outcome)


def rarity(verdict: LiveVerdict, *, who: bool = False) -> str:
    """How rare such a likeness is, and whose word that is; empty where there was no evidence."""
    if verdict.fmr is None:
        return ""
    if not who:
        return wording.with_source(wording.alike(verdict.fmr, verdict.fmr_is_bound), verdict.stated)
    if verdict.outcome is not Outcome.SAME:
        return wording.with_source("", verdict.stated)
    return wording.with_source(somebody_alike(verdict.fmr, verdict.fmr_is_bound), verdict.stated)


def somebody_alike(rate: float, is_bound: bool) -> str:
    """How rare such a likeness to somebody enrolled is, in one sentence. rate: the false positive one, in (0, 1]."""
    share = wording.one_in(rate, bound=is_bound)
    if is_bound:
        return tr("At most {share} people who are not enrolled look this much like somebody who is.", share=share)
    return tr("About {share} people who are not enrolled look this much like somebody who is.", share=share)


def reason(verdict: LiveVerdict) -> str:
    """Why it ended as it did and what would help, in up to three sentences; empty where the evidence decided."""
    parts = [why(verdict.outcome, verdict.reason, verdict.presence_failure)]
    if verdict.outcome is Outcome.INCONCLUSIVE and verdict.presence_failure is None and verdict.hindrance is not None:
        _, was, help_ = _HINDRANCES[verdict.hindrance]
        parts += [tr(was), tr(help_)]
    return " ".join(part for part in parts if part)


def why(outcome: Outcome, ended: Reason, failure: PresenceFailure | None) -> str:
    """Why it ended as it did, in up to two sentences; empty where the evidence decided."""
    said = _REASONS[ended]
    parts = [tr(said)] if said and (outcome is Outcome.INCONCLUSIVE or ended is Reason.NOBODY) else []
    if failure is not None:
        parts.append(tr(_FAILURES[failure]))
    return " ".join(parts)


def watched(verdict: LiveVerdict) -> str:
    """Single frames of somebody else, and how far the source was watched, where that is not all of it."""
    parts = []
    if verdict.strangers:
        times = ", ".join(clock(at) for at in verdict.strangers[:MOST_TIMES])
        if len(verdict.strangers) > MOST_TIMES:
            times += ", …"
        number = len(verdict.strangers)
        parts.append(
            trn(
                "A single frame shows another face, at {times}.",
                "{n} single frames show another face, at {times}.",
                number,
                times=times,
            )
        )
    if verdict.until is not None and not verdict.whole and verdict.reason in (Reason.BOUND, Reason.NOBODY):
        until = tr("This holds up to {time}; what comes later was not watched.", time=clock(verdict.until))
        parts.append(until)
    return " ".join(parts)


def clock(seconds: float) -> str:
    """A time of a film: "1:02.5"."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def presence(verdict: LiveVerdict) -> str:
    """What the presence check adds to a verdict; empty where it was not asked for or is the reason of the verdict."""
    if verdict.presence is None or verdict.presence_failure is not None:
        return ""
    if verdict.presence:
        return tr("Basic presence check passed. It is not a certified one.")
    return tr("The basic presence check was not finished.")


def hindrance(what: Hindrance) -> str:
    """What to do now about what is in the way."""
    return tr(_HINDRANCES[what][0])


def prompt(asked: Prompt | None) -> str:
    """What the presence check asks for; None is to look straight into the camera."""
    return tr(_PROMPTS[asked])


def leaning(outcome: Outcome) -> str:
    """Which side the evidence speaks for so far; empty where it speaks for neither."""
    if outcome is Outcome.INCONCLUSIVE:
        return ""
    return tr("so far: same person") if outcome is Outcome.SAME else tr("so far: different people")


def details(verdict: LiveVerdict) -> tuple[tuple[str, str], ...]:
    """Rows of (label, value) behind a verdict."""
    rows = []
    if verdict.distance is not None:
        rows.append((tr("Distance"), f"{verdict.distance:.2f}"))
    if verdict.fmr is not None:
        rows.append((tr("False match rate (FMR)"), wording.rate_words(verdict.fmr, verdict.fmr_is_bound)))
    if verdict.log10_lr is not None:
        rows.append((tr("Likelihood ratio"), wording.likelihood(verdict.log10_lr)))
    share = wording.one_in(verdict.strictness.fmr)
    rows += [
        (
            tr("Strictness"),
            tr("{name} (FMR {share})", name=wording.strictness_name(verdict.strictness), share=share),
        ),
        (tr("Frames with evidence"), str(verdict.frames)),
        (tr("Time"), tr("{n} s", n=f"{verdict.seconds:.1f}")),
        (tr("Presence check"), presence_state(verdict.presence)),
        (tr("Model"), verdict.encoder),
    ]
    return tuple(rows)


def presence_state(passed: bool | None) -> str:
    """Of a presence check; None where there was none."""
    if passed is None:
        return tr("off")
    return tr("passed") if passed else tr("not passed")


def as_text(verdict: LiveVerdict, reference: str, *, who: bool = False) -> str:
    """The whole answer as plain text of several lines, without a final newline. reference: what a person calls it."""
    lines = [
        tr("Reference: “{name}”", name=reference) if not who else tr("Who is this?"),
        headline(verdict, who=who),
        *(text for text in (rarity(verdict, who=who), reason(verdict), presence(verdict), watched(verdict)) if text),
        "",
        *(tr("{label}: {value}", label=label, value=value) for label, value in details(verdict)),
    ]
    return "\n".join(lines)


def seconds_left(seconds: float) -> str:
    """A count of whole seconds, never "0 seconds" while there is time."""
    return trn("{n} second", "{n} seconds", max(1, math.ceil(seconds)))
