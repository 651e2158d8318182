"""Every command and key of the window, declared once: shortcuts, tooltips and the list under F1 come from here."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QWidget

from siamgui.core.i18n import mark, tr
from siamgui.gui import theme


@dataclass(frozen=True, slots=True)
class Command:
    """text: what it does, as on a button. keys: portable text of the shortcut. icon: a file in resources/icons."""

    text: str
    keys: str
    icon: str = ""


COMMANDS = {
    "open": Command(mark("Open…"), "Ctrl+O", "open"),
    "paste": Command(mark("Paste"), "Ctrl+V", "paste"),
    "camera": Command(mark("Camera"), "Ctrl+K", "camera"),
    "clear": Command(mark("Clear"), "Del", "clear"),
    "new": Command(mark("Clear both photos"), "Ctrl+N"),
    "matrix": Command(mark("All photos"), "Ctrl+M"),
    "swap": Command(mark("Swap the photos"), "Ctrl+T", "swap"),
    "undo": Command(mark("Undo"), "Ctrl+Z", "undo"),
    "sample": Command(mark("Try a sample pair"), "Ctrl+E", "people"),
    "details": Command(mark("Details"), "Ctrl+D", "unfold"),
    "closer": Command(mark("Look closer"), "Ctrl+J", "closer"),
    "closer_side": Command(mark("Look closer: side by side"), "Alt+1"),
    "closer_overlay": Command(mark("Look closer: overlay"), "Alt+2"),
    "closer_wipe": Command(mark("Look closer: wipe"), "Alt+3"),
    "closer_blink": Command(mark("Look closer: blink"), "Alt+4"),
    "closer_mirror": Command(mark("Look closer: mirror the right face"), "Alt+M"),
    "closer_rulers": Command(mark("Look closer: rulers"), "Alt+R"),
    "closer_map": Command(mark("Look closer: what carries the likeness"), "Alt+E"),
    "copy": Command(mark("Copy as text"), "Ctrl+C", "copy"),
    "tell_same": Command(mark("They are the same person: keep for training"), "Ctrl+Shift+S"),
    "tell_different": Command(mark("They are different people: keep for training"), "Ctrl+Shift+D"),
    "other": Command(mark("Go to the other photo"), "F6"),
    "compare": Command(mark("Compare"), "Ctrl+1", "compare"),
    "live": Command(mark("Live"), "Ctrl+2", "live"),
    "search": Command(mark("Search"), "Ctrl+3", "search"),
    "people": Command(mark("People"), "Ctrl+4", "people"),
    "training": Command(mark("Training"), "Ctrl+5", "training"),
    "history": Command(mark("History"), "Ctrl+6", "history"),
    "settings": Command(mark("Settings"), "Ctrl+7", "settings"),
    "help": Command(mark("Help"), "F1", "help"),
    "lock": Command(mark("Lock now"), "Ctrl+Shift+L", "lock"),
    "quit": Command(mark("Quit"), "Ctrl+Q"),
    "same": Command(mark("Same person"), "S", "same"),
    "different": Command(mark("Different people"), "D", "different"),
    "unsure": Command(mark("Unsure"), "U", "inconclusive"),
    "unsay": Command(mark("Take back"), "Z", "undo"),
    "video": Command(mark("Video file…"), "Ctrl+Shift+O"),
    "stream": Command(mark("Address on this machine…"), "Ctrl+L"),
    "timeline": Command(mark("Who is in it?"), "Ctrl+T", "people"),
    "save_table": Command(mark("Save the table…"), "Ctrl+S"),
    "new_person": Command(mark("New person"), "Ctrl+N", "people"),
    "find": Command(mark("Search the list"), "Ctrl+F"),
    "groups": Command(mark("Groups"), "Ctrl+G"),
    "one_person": Command(mark("All one person"), "Ctrl+Return"),
    "merge": Command(mark("Merge the groups"), "Ctrl+J"),
    "apart": Command(mark("Another person"), "Ctrl+B"),
    "name_group": Command(mark("Name the group"), "F2"),
    "add_folder": Command(mark("Add a folder…"), "Ctrl+Shift+O", "open"),
    "add_videos": Command(mark("Add videos…"), "Ctrl+Shift+F", "video"),
    "report": Command(mark("Report…"), "Ctrl+R", "report"),
    "print": Command(mark("Print…"), "Ctrl+P", "print"),
    "save_report": Command(mark("Save report…"), "Ctrl+Shift+E", "open"),
    "export": Command(mark("Export…"), "Ctrl+S"),
    "who": Command(mark("Who is this?"), "Ctrl+I", "camera"),
    "back": Command(mark("Training: the step before"), "Alt+Left"),
    "next": Command(mark("Training: the next step"), "Alt+Right"),
}

# Keys that a widget handles itself while it has the focus.
LOCAL_KEYS = (
    (mark("← →"), mark("Choose another face of the photo")),
    (mark("1 to 9"), mark("Choose a face by its number")),
    (mark("+ − 0"), mark("Zoom in, zoom out, show the whole photo")),
    (mark("Shift with an arrow"), mark("Move a photo that is zoomed in")),
    (mark("Arrows, Enter"), mark("Matrix: go to a pair, open it")),
    (mark("Arrows, Enter"), mark("Search: go to a likeness, compare it")),
    (mark("Del"), mark("Groups: the faces that are chosen are not this person")),
    (mark("Space"), mark("Live: start, or stop")),
    (mark("Arrows, Enter"), mark("Who is in a video: go to a face, to its next stretch, to its best view")),
    (mark("Arrows, + − 0, Space"), mark("Look closer: move, zoom, show the other face")),
    (mark("Esc"), mark("Go back")),
)


def add_action(owner: QWidget, name: str) -> QAction:
    """The command as an action with its shortcut, live while owner is visible."""
    action = QAction(owner)
    action.setObjectName(name)
    action.setShortcut(QKeySequence(COMMANDS[name].keys))
    action.setText(tr(COMMANDS[name].text))
    owner.addAction(action)
    return action


def dress(button: QAbstractButton, name: str, purpose: str = "", *, words: bool = True) -> None:
    """Text, icon, tooltip with the keys, and accessible name of a button.

    purpose: what it does here, when the text of the command alone is not enough. words: False shows the icon alone.
    """
    command = COMMANDS[name]
    text = tr(command.text)
    keys = QKeySequence(command.keys).toString(QKeySequence.SequenceFormat.NativeText)
    button.setText(text if words else "")
    button.setToolTip(f"{purpose or text} ({keys})")
    button.setAccessibleName(purpose or text)
    if command.icon and button.property("icon_name") is None:
        theme.set_icon(button, command.icon)
