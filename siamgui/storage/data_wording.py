"""What a check, a backup, a restore and a repair have found, in words."""

from __future__ import annotations

from siamgui.core.amounts import people_count, when
from siamgui.core.i18n import mark, tr, trn
from siamgui.storage.backup import Backup
from siamgui.storage.checking import Checked, Damage, Kind
from siamgui.storage.pending import Pending
from siamgui.storage.removal_wording import pending_words
from siamgui.storage.repairing import Repair
from siamgui.storage.restoring import Held

MOST = 20
"""Names that are listed; the rest is counted."""


_PARTS = {
    "face": mark("labelled photos"),
    "label": mark("labels"),
    "problem": mark("photos that can’t be used"),
    "note": mark("what the pages remember"),
    "person": mark("people"),
    "person_photo": mark("photos of people"),
    "verification": mark("verifications"),
    "comparison": mark("comparisons"),
    "comparison_image": mark("pictures of comparisons"),
    "collection": mark("folders to search"),
    "collection_file": mark("files of folders to search"),
    "collection_mount": mark("disks in folders to search"),
    "seen_picture": mark("pictures of folders to search"),
    "film_part": mark("videos of folders to search that are not read to the end"),
    "seen_face": mark("faces of folders to search"),
    "face_group": mark("groups of faces that were looked through"),
    "face_answer": mark("faces in groups that were looked through"),
}
"""What stands in a table of the library."""


def checked_words(checked: Checked) -> list[str]:
    counts = tr(
        "{pictures} pictures, {embeddings} embeddings, {versions} model versions and {runs} training runs were read.",
        pictures=f"{checked.pictures:,}",
        embeddings=f"{checked.embeddings:,}",
        versions=checked.versions,
        runs=checked.runs,
    )
    if not checked.damage:
        return [counts, tr("Everything is whole."), *checked.stuck]
    found = trn("{n} thing is damaged:", "{n} things are damaged:", len(checked.damage))
    return [counts, found, *_some([damage_words(damage) for damage in checked.damage]), *checked.stuck]


def damage_words(damage: Damage) -> str:
    if damage.kind is Kind.PICTURE:
        return tr("The picture of “{name}” is damaged.", name=damage.name)
    if damage.kind is Kind.EMBEDDING:
        return tr("What an encoder saw in “{name}” is damaged; it can be read again.", name=damage.name)
    if damage.kind is Kind.COMPARISON:
        return tr("What was kept of a comparison of “{name}” is damaged.", name=damage.name)
    if damage.kind is Kind.LIBRARY:
        return tr("The library is damaged: {text}", text=damage.text)
    return damage.text


def held_words(held: Held) -> str:
    words = tr(
        "{people}, {faces}, {labels}, {verifications}",
        people=people_count(held.people),
        faces=trn("{n} labelled photo", "{n} labelled photos", held.faces),
        labels=trn("{n} label", "{n} labels", held.labels),
        verifications=trn("{n} verification", "{n} verifications", held.verifications),
    )
    parts = [words]
    if held.comparisons:
        parts.append(trn("{n} comparison", "{n} comparisons", held.comparisons))
    if held.versions:
        parts.append(trn("{n} model version", "{n} model versions", held.versions))
    if held.runs:
        parts.append(trn("{n} training run", "{n} training runs", held.runs))
    if held.collections:
        parts.append(trn("{n} folder to search", "{n} folders to search", held.collections))
    return tr(", ").join(parts)


def backup_words(backup: Backup) -> list[str]:
    size = f"{backup.bytes / 2**20:,.1f}"
    lines = [tr("“{name}” is written: {size} MB.", name=backup.file.name, size=size)]
    if backup.left_out:
        lines.append(
            trn(
                "{n} training run that is under way is not in it.",
                "{n} training runs that are under way are not in it.",
                backup.left_out,
            )
        )
    if backup.opens_here_only:
        lines.append(tr("It opens only on this system: make a recovery code first, then another backup."))
    return lines


def restored_words(held: Held) -> list[str]:
    return [tr("The backup of {when} is in place: {held}.", when=when(held.made), held=held_words(held)), *_stays(held)]


def repair_words(repair: Repair, replaced: bool) -> list[str]:
    if not repair.lost:
        return [tr("Everything is whole.")]
    lines = [tr("Saved: {held}.", held=held_words(repair.kept))]
    lines += _some([tr("Lost: the person “{name}”", name=name) for name in repair.people if name])
    if nameless := repair.people.count(""):
        lines.append(trn("Lost: {n} person, the name too", "Lost: {n} people, the names too", nameless))
    lines += _some([tr("Lost: the photo “{name}”", name=name) for name in repair.photos if name])
    if nameless := repair.photos.count(""):
        lines.append(trn("Lost: {n} photo, the name too", "Lost: {n} photos, the names too", nameless))
    if repair.labels:
        lines.append(trn("Lost: {n} label", "Lost: {n} labels", repair.labels))
    if repair.comparisons:
        lines.append(trn("Lost: {n} comparison", "Lost: {n} comparisons", repair.comparisons))
    if repair.seen:
        lines.append(
            trn(
                "{n} picture of a folder to search has to be read again: siamgui index",
                "{n} pictures of folders to search have to be read again: siamgui index",
                repair.seen,
            )
        )
    if repair.tables:
        parts = [tr(_PARTS[table]) for table in repair.tables]
        lines.append(tr("Not all of it could be read: {parts}", parts=tr(", ").join(parts)))
    if repair.order:
        lines.append(tr("The inner order of the library is damaged, and made anew."))
    made = repair.embeddings + repair.pictures
    if made:
        lines.append(
            trn(
                "{n} damaged part is made anew from the aligned face.",
                "{n} damaged parts are made anew from the aligned faces.",
                made,
            )
        )
    lines.append(tr("The repaired library is in place.") if replaced else tr("Nothing has been changed so far."))
    return lines + _stays(repair.kept)


def _stays(held: Held) -> list[str]:
    return pending_words(frozenset({Pending.STAYS} if held.stays else ()))


def _some(lines: list[str]) -> list[str]:
    left = len(lines) - MOST
    return lines if left <= 0 else [*lines[:MOST], trn("and {n} more", "and {n} more", left)]
