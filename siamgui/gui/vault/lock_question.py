"""Whether to lock although something runs."""

from __future__ import annotations

from siamgui.core.i18n import mark, tr
from siamgui.gui.vault.controller import VaultController
from siamgui.gui.vault.state import VaultPageState, Work
from siamgui.gui.widgets.question import Question

_RUNS = {
    Work.TRAINING: mark("Training is running. It stops, and can go on after unlocking from its last finished pass."),
    Work.IMPORT: mark("An import is running. What has been read is kept; the rest can be imported after unlocking."),
    Work.AUDIT: mark("An audit is under way. It is given up."),
    Work.READING: mark("A folder is being read. What has been read is kept, and it can go on after unlocking."),
    Work.VERIFICATION: mark("A live verification is running. It ends without an answer."),
    Work.DATA: mark("What runs in the settings is given up, and everything stays as it was."),
}


class LockQuestion(Question):
    def __init__(self, controller: VaultController) -> None:
        super().__init__(tr("Interrupt and lock"))
        self.confirmed.connect(controller.lock_anyway)
        self.no_button.clicked.connect(controller.stay_open)

    def render_state(self, state: VaultPageState) -> None:
        if state.asked is None:
            self.hide()
        elif not self.asked:
            parent = self.parentWidget()
            if parent is not None:
                parent.show()  # else the keyboard would not come here
            self.words.setText(tr(_RUNS[state.asked]))
            self.ask(self)
