"""What can go wrong with model versions, each with one sentence."""

from __future__ import annotations

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark


class VersionUnknown(SiamguiError):
    """values: name"""

    text = mark("There is no model version “{name}”. “siamgui models list” shows those there are.")


class VersionAmbiguous(SiamguiError):
    """values: name, ids"""

    text = mark("Several model versions are called “{name}”. Say which one by its id: {ids}.")


class VersionDamaged(SiamguiError):
    """values: name, file"""

    text = mark("The model version “{name}” is damaged: “{file}” is missing or not what it was. Import it again.")


class ActiveUnusable(SiamguiError):
    """The active version cannot be loaded. values: name"""

    text = mark(
        "The active model version “{name}” is missing or damaged, so the original is used. "
        "Activate another version, or import it again."
    )


class ActiveLocked(SiamguiError):
    """values: name"""

    text = mark("The model version “{name}” is locked with the vault. The original is used until you unlock it.")


class GateRefuses(SiamguiError):
    """values: name, reasons"""

    text = mark("“{name}” is not activated: {reasons} To use it all the same, give a reason; it stays on its card.")


class VersionActive(SiamguiError):
    """values: name"""

    text = mark("“{name}” is the active model version. Activate another one before you delete it.")


class OriginalStays(SiamguiError):
    text = mark("The original comes with siamgui: it can’t be renamed, deleted or exported.")


class ForeignStays(SiamguiError):
    """values: name"""

    text = mark("“{name}” came as an ONNX file. Give others that file; siamgui does not export it.")


class NothingToRollBackTo(SiamguiError):
    text = mark("The original is active, and no other version was active before it.")


class NameUnusable(SiamguiError):
    """values: limit"""

    text = mark("A model version needs a name of 1 to {limit} characters on one line, and “original” is taken.")


class VersionsUnwritable(SiamguiError):
    """values: reason (in the words of the operating system)"""

    text = mark(
        "The model versions can’t be changed ({reason}). Free some space or allow writing to their folder; "
        "the active version stays as it is."
    )


class VersionStays(SiamguiError):
    """values: name"""

    text = mark(
        "“{name}” is no model version any more, but files of it can’t be removed from the disk. "
        "Close what has them open, or allow removing them; the next start tries again."
    )


class VersionsUnreadable(SiamguiError):
    """values: reason (in the words of the operating system)"""

    text = mark("The model versions can’t be read ({reason}). Allow reading their folder.")


class VersionFileUnwritable(SiamguiError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("“{name}” can’t be written ({reason}). Choose another place.")


class VersionFileUnreadable(SiamguiError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("“{name}” can’t be read ({reason}).")


class VersionFileForeign(SiamguiError):
    """values: name"""

    text = mark("“{name}” is not a model version that siamgui exported.")


class VersionFilePickle(SiamguiError):
    """values: name"""

    text = mark("“{name}” is a pickle, which can run foreign programs when it is opened. siamgui never opens one.")


class VersionFileDamaged(SiamguiError):
    """values: name"""

    text = mark("“{name}” is damaged. Copy or export it again.")


class VersionFileWrong(VersionFileDamaged):
    """values: name, what: the place that is wrong, and how"""

    text = mark("“{name}” is refused, and nothing of it is used. What is wrong: {what}.")


class VersionSignatureWrong(SiamguiError):
    """values: name"""

    text = mark(
        "“{name}” is refused: its signature does not fit. It was changed after it was signed; ask for it once more."
    )


class VersionIdTaken(SiamguiError):
    """values: name (of the file), other (the version that is here)"""

    text = mark(
        "“{name}” is refused: it calls itself “{other}”, which is here already, and holds another encoder. "
        "Delete that version first if you trust the file."
    )


class VersionNotExamined(SiamguiError):
    """values: name, reason"""

    text = mark("“{name}” could not be examined ({reason}). Nothing has changed; try again.")


class SignerNameless(SiamguiError):
    text = mark("Say first under which name you sign: siamgui models key --name NAME.")


class SignerNameUnusable(SiamguiError):
    """values: limit"""

    text = mark("A name to sign under has 1 to {limit} characters on one line.")


class SignersUnwritable(SiamguiError):
    """values: reason (in the words of the operating system)"""

    text = mark("What is known of signers can’t be saved ({reason}). Make room on the disk and try again.")


class VersionFileTooLarge(SiamguiError):
    """values: name, limit (megabytes)"""

    text = mark("“{name}” is too large for a model version: more than {limit} MB.")


class VersionForOtherEncoder(SiamguiError):
    """values: name, encoder"""

    text = mark("“{name}” is for another encoder (“{encoder}”), which this siamgui does not have.")


def file_of(error: SiamguiError) -> str:
    """Which file of a version an error is about, without its folder."""
    return str(error.values["name"]).rsplit("/", 1)[-1]
