"""References other than a dropped photograph."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from siamgui.core.types import Outcome, Side
from siamgui.gui.live.state import ReferenceKind
from siamgui.live.types import Reason
from siamgui.storage.people_store import PeopleStore
from tests.builders.databases import raw
from tests.builders.live_page import Live
from tests.builders.window import User, files

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_photo_of_the_compare_page(live: Live, samples: Path) -> None:
    live.user.press(Qt.Key.Key_1, CTRL)
    live.user.drop_files(samples / "biden.jpg", at=Side.RIGHT)
    live.user.settled()
    live.user.press(Qt.Key.Key_2, CTRL)
    part = live.page.reference.photo
    assert part.compare_button.isEnabled()
    assert not part.sides[Side.LEFT].isEnabled()
    part.sides[Side.RIGHT].trigger()
    assert part.name.whole_text() == "biden.jpg"
    assert live.controller.state.can_start
    live.page.drag_over(files(samples / "obama1.jpg"), QPoint())
    assert live.page.reference.property("target") is True
    live.page.drag_end()
    live.user.drop_files(samples / "README.md")
    live.until(part.error.isVisible)
    assert "README.md" in part.error.text()
    assert live.controller.state.can_start  # the photograph before stays


@pytest.mark.qt_log_ignore("This plugin does not support")  # of the list under what is typed: without a screen
@pytest.mark.usefixtures("enrolled")
def test_somebody_enrolled_and_everybody(live: Live, clips: dict[str, Path]) -> None:
    reference, card = live.page.reference, live.page.card
    live.until(lambda: live.controller.state.reference.people is not None)
    reference.kinds[ReferenceKind.PERSON].click()
    assert not live.controller.state.can_start
    reference.person.people.setFocus()
    live.qtbot.keyClicks(reference.person.people, "obama")
    live.user.press(Qt.Key.Key_Return)
    live.until(lambda: live.controller.state.can_start)
    assert reference.person.people.currentText() == "Barack Obama"
    live.until(live.page.preview.hasFocus)
    live.look_at(clips["obama"])
    verdict = live.verdict()
    assert (verdict.outcome, verdict.name) == (Outcome.SAME, "Barack Obama")
    live.until(lambda: "Last verified" in reference.person.about.text())
    reference.kinds[ReferenceKind.WHO].click()
    assert "all 2 people" in reference.who.text.text()
    live.look_at(clips["biden"])
    assert live.verdict().outcome is Outcome.SAME
    assert card.headline.text() == "Supports: Joe Biden"
    live.until(card.pictures[0].isVisible)  # the face of the one who was recognised
    with PeopleStore.open() as people:
        people.remove(people.find("Joe Biden").id)
    live.look_at(clips["biden"])
    assert (live.verdict().outcome, live.verdict().reason) == (Outcome.DIFFERENT, Reason.NOBODY)
    assert card.headline.text() == "Nobody enrolled"
    assert live.logged()[0][1] is Outcome.DIFFERENT


@pytest.mark.usefixtures("enrolled")
def test_whose_retention_date_has_passed_is_nobody_to_choose(open_window: Callable[..., User]) -> None:
    with raw() as db:
        db.execute("UPDATE person SET retain_until = '2020-01-01' WHERE name = 'Joe Biden'")
    live = Live(open_window(start=False))
    live.until(live.page.error.isVisible)
    assert live.page.error.text() == "Removed, because the retention date has passed: “Joe Biden”."
    assert [one.name for one in live.controller.state.reference.people or ()] == ["Barack Obama"]


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.usefixtures("enrolled")
def test_who_is_removed_elsewhere_is_gone_at_once(live: Live, clips: dict[str, Path]) -> None:
    reference = live.controller.reference
    live.until(lambda: live.controller.state.reference.people is not None)
    joe = next(one for one in live.controller.state.reference.people or () if one.name == "Joe Biden")
    reference.choose_person(joe.id)
    live.until(lambda: live.controller.state.can_start and live.controller.state.reference.picture is not None)
    live.window.go("people")
    people = live.window.controllers.people
    live.until(lambda: people.state.people is not None)
    people.remove(joe)
    live.window.go("live")  # which settles it
    live.until(lambda: live.controller.state.reference.people is not None and not live.controller.state.can_start)
    assert [one.name for one in live.controller.state.reference.people or ()] == ["Barack Obama"]
    with PeopleStore.open() as stored:  # as the command line does
        stored.rename(stored.find("Barack Obama").id, "Barack")
    live.until(lambda: [one.name for one in live.controller.state.reference.people or ()] == ["Barack"])


def test_nobody_enrolled_leads_to_the_people(live: Live) -> None:
    live.page.reference.kinds[ReferenceKind.WHO].click()
    empty = live.page.reference.who.empty
    live.until(lambda: "Nobody is enrolled yet" in empty.text.text())
    assert not live.controller.state.can_start
    empty.button.click()
    assert live.window.page == "people"
