"""A judgement and a model version in words, for the window and the command line alike."""

from __future__ import annotations

from collections.abc import Iterable

from siamgui.core.amounts import percent
from siamgui.core.calibration import Calibration
from siamgui.core.i18n import mark, tr
from siamgui.core.manifest import Origin
from siamgui.core.types import Strictness
from siamgui.core.wording import one_in, strictness_name
from siamgui.versions.judgement import Decided, Holdout, Judgement
from siamgui.versions.version_card import Few
from siamgui.versions.version_store import Imported, Version


def free_name(taken: Iterable[str]) -> str:
    """What the next version is called unless the user names it. taken: the names of those that there are."""
    names = set(taken)
    number = 1
    while (name := tr("My photos {number}", number=number)) in names:
        number += 1
    return name


def version_notes(version: Version) -> list[str]:
    """What is to be known of a version at first sight, in a word or two each."""
    notes = [tr("in use")] if version.active else []
    if version.damaged:
        notes.append(tr("damaged"))
    elif version.origin is Origin.UNKNOWN:
        notes.append(tr("not examined yet"))
    elif version.refused:
        notes.append(tr("not recommended"))
    return notes


def origin_words(version: Version) -> str:
    """Who vouches for what a version says of itself."""
    return tr(_ORIGINS[version.origin])


_ORIGINS = {
    Origin.BUNDLED: mark("comes with siamgui"),
    Origin.HERE: mark("trained here"),
    Origin.MEASURED: mark("imported; gate and calibration measured here"),
    Origin.STATED: mark("imported; calibration as stated by the file"),
    Origin.UNKNOWN: mark("not examined yet"),
}


def added_words(version: Version) -> list[str]:
    """What an encoder that came as an ONNX file is worth, and what that rests on."""
    card = version.card
    said = [tr("“{name}” was added. It is not active yet.", name=version.name)]
    reference = card.reference
    if card.counts is not None:
        said.append(
            tr(
                "Its claims rest on {photos} photos of {people} people alone, and do not know how photos were taken.",
                photos=f"{card.counts.photos:,}",
                people=f"{card.counts.people:,}",
            )
        )
    if reference is not None and reference.before is not None and reference.after is not None:
        said.append(
            tr(
                "On one half of them, by what the other half says: equal error rate {after}; the encoder that comes "
                "with siamgui {before}.",
                after=rate_words(reference.after),
                before=rate_words(reference.before),
            )
        )
    if version.model is not None:
        least = Calibration.of(version.model).smallest_fmr
        if names := [strictness_name(strictness) for strictness in Strictness if strictness.fmr < least]:
            text = tr(
                "So few people carry an FMR of {least} at best: “same” is never said at {names}.",
                least=one_in(least, bound=True),
                names=tr(", ").join(names),
            )
            said.append(text)
    return said + [reason.sentence for reason in version.refused]


def imported_words(imported: Imported) -> str:
    """What was taken in, from whom, and what it is worth here."""
    version = imported.version
    if imported.here:
        said = tr("“{name}” was here already and stays as it is.", name=version.name)
    else:
        said = tr("“{name}” was imported. It is not active yet.", name=version.name)
    if version.active:
        said = tr("“{name}” was imported and repaired; it is the active version.", name=version.name)
    worth = " ".join(reason.sentence for reason in version.refused)
    if not worth and version.origin is Origin.MEASURED:
        worth = tr("Measured here on other people, it got no worse than the original.")
    return " ".join(filter(None, [said, imported.signed.words, worth]))


def version_words(version: Version) -> str:
    """Where a version comes from, or what was seen of it, in one sentence or more."""
    if version.damaged:
        return version.damaged
    if version.bundled:
        return tr("The encoder that comes with siamgui. It stays, whatever happens to the others.")
    if version.origin is Origin.UNKNOWN:
        return tr("It was put here without being imported, or by siamgui 0.1.0. It is examined before it is used.")
    if version.refused:
        return " ".join(reason.sentence for reason in version.refused)
    if version.origin is Origin.MEASURED:
        return tr("It came from a file. Measured here on other people, it got no worse than the original.")
    decided, before = version.card.decided, version.card.decided_before
    if decided is not None and decided.wrong_more_often_than(before):
        return tr("It tells your photos apart, but more of your pairs were decided wrongly than before.")
    return tr("Nothing was seen to get worse when it was judged.")


def verdict_words(judgement: Judgement, name: str) -> str:
    """The headline. name: of the new version."""
    if not judgement.gate.allowed:
        return tr("“{name}” is not recommended", name=name)
    holdout = judgement.holdout
    if holdout is not None and holdout.eer_change_interval[1] < 0:
        if holdout.decided is not None and holdout.decided.wrong_more_often_than(holdout.decided_before):
            return tr("“{name}” tells your photos apart better, but more of your pairs are decided wrongly", name=name)
        return tr("“{name}” is better on your photos, and nothing got worse", name=name)
    if holdout is not None and holdout.after.eer > holdout.before.eer:
        return tr("Too few people were held out to tell whether “{name}” is better or worse", name=name)
    return tr("“{name}” is not worse than before", name=name)


def change_words(judgement: Judgement) -> str:
    """What became of the equal error rate on the held-out people, in one sentence; "" where nothing was measured."""
    holdout = judgement.holdout
    if holdout is None:
        return ""
    low, high = (100 * bound for bound in holdout.eer_change_interval)
    return tr(
        "On held-out people of yours the equal error rate went from {before} to {after}; the 95 % interval of "
        "the change is {low} to {high} points.",
        before=percent(holdout.before.eer),
        after=percent(holdout.after.eer),
        low=f"{low:+.1f}".replace("-", "−"),
        high=f"{high:+.1f}".replace("-", "−"),
    )


def decided_words(before: Decided | None, after: Decided | None) -> str:
    """What a person has of the version, in one sentence; "" where it was not measured."""
    if before is None or after is None or not before.pairs or not after.pairs:
        return ""
    return tr(
        "Of your pairs, {now} in 100 are now decided ({before} before), and {wrong} wrongly ({wrong_before} before).",
        now=round(100 * after.decided / after.pairs),
        before=round(100 * before.decided / before.pairs),
        wrong=_wrongly(after),
        wrong_before=_wrongly(before),
    )


def _wrongly(decided: Decided) -> str:
    """Where not one was wrong, what so many pairs can show: the rule of three."""
    if decided.wrong:
        return one_in(decided.wrong / decided.pairs)
    return tr("at most {share}", share=one_in(min(1.0, 3 / decided.pairs), bound=True))


def holdout_words(holdout: Holdout | None) -> str:
    if holdout is None:
        return tr("The people who were held out lack pairs of both kinds, so that nothing could be measured.")
    return tr(
        "{genuine} pairs of the same person and {impostor} of different people, {people} people in all, none of "
        "whom is judged by an encoder that was trained on them. In brackets: 95 % intervals.",
        genuine=holdout.after.genuine,
        impostor=holdout.after.impostor,
        people=holdout.after.people,
    )


def rate_words(measures: Few | None) -> str:
    """An equal error rate with its interval; "" where nothing was measured."""
    if measures is None:
        return ""
    rate = f"{100 * measures.eer:.1f}"
    if measures.eer_interval is None:
        return tr("{rate} %", rate=rate)
    low, high = (f"{100 * end:.1f}" for end in measures.eer_interval)
    return tr("{rate} % (95 % interval {low} to {high} %)", rate=rate, low=low, high=high)
