"""What can go wrong with the people who are enrolled, each with one sentence."""

from __future__ import annotations

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark


class PersonUnknown(SiamguiError):
    """values: name"""

    text = mark("Nobody called “{name}” is enrolled. “siamgui people list” shows who is.")


class PersonAmbiguous(SiamguiError):
    """One person's name is the id of another. values: name, ids"""

    text = mark("“{name}” is the name of one person and the number of another. Say which one: {ids}.")


class NameEmpty(SiamguiError):
    text = mark("A person needs a name.")


class NameTooLong(SiamguiError):
    """values: limit"""

    text = mark("The name is too long: it has more than {limit} characters. Shorten it.")


class NameUnprintable(SiamguiError):
    text = mark("The name holds line breaks or invisible control characters. Type it anew.")


class NameTaken(SiamguiError):
    """values: name"""

    text = mark("“{name}” is enrolled already. Add the photos to that person, or choose another name.")


class NoteTooLong(SiamguiError):
    """values: limit"""

    text = mark("The consent note is too long: it has more than {limit} characters. Shorten it.")


class RetentionOver(SiamguiError):
    """values: date"""

    text = mark("The retention date {date} has passed. Choose a later one.")


class PhotosAbsent(SiamguiError):
    """values: name"""

    text = mark("“{name}” needs at least one photo. Add a photo of the face.")


class PhotoTooPoor(SiamguiError):
    """values: name (of the file), what, help (sentences)"""

    text = mark("“{name}” can’t be used to enrol: {what} {help}")


class PhotoUnknown(SiamguiError):
    text = mark("This photo is no longer among the photos of the person.")


class LastPhoto(SiamguiError):
    """values: name (of the person)"""

    text = mark("This is the last photo of “{name}”. Add another one first, or remove the person.")


class PhotoNotTheirs(SiamguiError):
    """values: name (of the person), photo (number)"""

    text = mark("“{name}” has no photo {photo}. “siamgui people show” lists the photos with their numbers.")


class NobodyEnrolled(SiamguiError):
    text = mark("Nobody is enrolled yet. “siamgui people enrol” does it, and so does the page People.")


class RemovalNotMeant(SiamguiError):
    """values: name"""

    text = mark("This removes “{name}” with all photos. Add --yes if you mean it.")


class LogNotMeant(SiamguiError):
    text = mark("This forgets all verifications so far. Add --yes if you mean it.")


class NobodyRead(SiamguiError):
    text = mark("The model has not read the photos of the people enrolled yet. Open the page People and wait for it.")


class NotReadYet(SiamguiError):
    """values: name"""

    text = mark(
        "The photos of “{name}” have not been read by this model version yet. "
        "“siamgui people re-embed” does it, and so does the page People."
    )
