"""The pages that only show something do so while another process writes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from siamgui.storage.database import Database
from siamgui.storage.people_operations import EnrolPerson
from siamgui.storage.store import Store
from tests.builders.people import shots
from tests.builders.window import PATIENCE, User


def test_people_live_and_history_are_shown_while_another_connection_writes(open_window: Callable[..., User]) -> None:
    with Store() as store:
        store.do(EnrolPerson("Ann", "", None, shots(1)))
    with closing(Database.open()) as other, other.writing() as db:
        db.execute("INSERT INTO note VALUES ('import', '1')")
        user = open_window(start=False)
        controllers = user.window.controllers
        user.window.go("people")
        user.qtbot.waitUntil(lambda: bool(controllers.people.state.people), timeout=PATIENCE)
        user.window.go("live")
        user.qtbot.waitUntil(lambda: bool(controllers.live.reference.state.people), timeout=PATIENCE)
        user.window.go("history")
        user.qtbot.waitUntil(lambda: controllers.history._view.opened, timeout=PATIENCE)
        assert controllers.history.state.blocked is None
        assert controllers.people.state.notice is None
