"""The screenshots of groups under review, on the page Search.

    python tools/screenshots.py [folder] --groups [PHOTOS]

PHOTOS: a folder to gather instead of one made of the bundled photographs. What is shown is the real window at work.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication
from search_screenshots import make_scans
from shown_window import SIZE, opened, until

from siamgui.gui import language, theme
from siamgui.gui.search.controller import SearchController
from siamgui.gui.search.groups.state import Shown
from siamgui.gui.search.page import SearchPage
from siamgui.storage.collection_operations import PlaceFaces

NAMES = {"obama": "Barack Obama", "biden": "Joe Biden"}


def named(search: SearchController) -> Shown:
    """The groups, the two largest with a name."""
    groups = search.groups
    groups.gather()
    until(lambda: groups.state.free)
    shown = groups.state.shown
    assert shown is not None
    print(f"{shown.found.faces} faces, {len(shown.rows)} groups", flush=True)
    for group in shown.rows[:2]:
        (first, *_) = search.store.lent.do(PlaceFaces(group.copies[:1] or group.faces[:1]))
        groups.name(group.every, NAMES.get(first.files[0].name[:5], first.files[0].stem.replace("_", " ")))
        until(lambda: groups.state.free)
    return shown


def take(app: QApplication, scratch: Path, folder: Path, rest: Callable[[], None], photos: Path | None) -> None:
    """Write groups-empty, groups, groups-chosen, groups-dark, groups-asking, groups-small and groups-chinese.png."""
    if photos is None:
        photos = scratch / "Archive" / "Scans 2008-2017"
        make_scans(photos)
    window = opened(app)
    window.go("search")
    search, groups = window.controllers.search, window.controllers.search.groups
    search.add((photos.resolve(),))
    until(lambda: search.state.current is not None)
    until(lambda: search.state.current is None and bool(search.state.folders))

    def page() -> SearchPage:
        (found,) = window.findChildren(SearchPage)
        return found

    def show(name: str) -> None:
        until(lambda: groups.state.free or groups.state.shown is None)
        rest()
        if groups.state.shown is not None:
            until(lambda: page().placed.picture(page().groups.wall.ids[-1]) is not None)
            rest()
        window.grab().save(str(folder / f"{name}.png"))
        print(name, flush=True)

    page().show_groups()
    show("groups-empty")
    shown = named(search)
    show("groups")
    current = page().group_list.list.current
    assert current is not None
    page().groups.wall.choose(current.faces[1:3])
    show("groups-chosen")
    theme.apply(app, "dark")
    show("groups-dark")
    theme.apply(app, "light")
    if len(shown.rows) > 1:
        page().group_list.list.choose(1)
        groups.say_one_person(list(shown.rows[:2]))
        until(lambda: groups.state.asking is not None)
        show("groups-asking")
        groups.leave_it()
        page().group_list.list.choose(0)
    groups.label()
    until(lambda: groups.state.work is None)
    window.resize(960, 640)
    show("groups-small")
    window.resize(*SIZE)
    language.apply(app, "zh_CN")
    show("groups-chinese")
    window.close()
