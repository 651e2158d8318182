"""What can go wrong with reading folders and looking for faces in them, each with one sentence."""

from __future__ import annotations

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark


class FolderGone(SiamguiError):
    """values: name"""

    text = mark("The folder “{name}” is not there. If it lies on another disk, connect it.")


class NothingToRead(SiamguiError):
    """values: name"""

    text = mark("“{name}” holds no photo or video that siamgui can read.")


class BeingRead(SiamguiError):
    """values: name"""

    text = mark("“{name}” is being read by another siamgui already. Let it go on, or stop it there.")


class NothingSearched(SiamguiError):
    text = mark("No folder has been read yet. Read one first, with “siamgui index FOLDER”.")


class FolderNotMeant(SiamguiError):
    """values: name"""

    text = mark("This forgets all faces that were read in “{name}”. Add --yes if you mean it.")


class PhotoOrPerson(SiamguiError):
    text = mark("Say whom to find: a photo, or --person NAME.")
