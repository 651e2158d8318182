"""What is said of versions at first sight."""

from __future__ import annotations

from siamgui.versions.version_store import VersionStore
from siamgui.versions.wording import free_name, version_notes, version_words


def test_the_next_version_gets_the_first_name_that_is_free() -> None:
    assert free_name([]) == "My photos 1"
    assert free_name(["My photos 1", "Night gate", "My photos 3"]) == "My photos 2"


def test_the_original_is_in_use_until_another_one_is() -> None:
    (original,) = VersionStore().list()
    assert version_notes(original) == ["in use"]
    assert "It stays, whatever happens to the others." in version_words(original)
