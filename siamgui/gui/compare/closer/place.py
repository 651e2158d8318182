"""Where the compare page looks closer: in the place of its two photographs, for as long as that pair is compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from siamgui.gui.compare.controller import PairController

if TYPE_CHECKING:
    from siamgui.gui.compare.closer.controller import CloserController
    from siamgui.gui.compare.closer.view import CloserView


class CloserPlace(QObject):
    def __init__(
        self, pair: PairController, closely: Callable[[], CloserController], places: QStackedWidget, two: QWidget
    ) -> None:
        """closely: makes the controller, or has it. places: of the page. two: what stands there of two photographs."""
        super().__init__(places)
        self._pair, self._closely, self._places, self._two = pair, closely, places, two
        self.view: CloserView | None = None
        """Once it was wanted."""

    @property
    def shown(self) -> bool:
        return self.view is not None and self._places.currentWidget() is self.view

    @Slot()
    def show(self) -> None:
        """The two faces that are compared; where there is no comparison, or that of more is shown, nothing."""
        if self._pair.state.comparison is None or self._places.currentWidget() is not self._two:
            return
        if self.view is None:
            from siamgui.gui.compare.closer.view import CloserView

            self.view = CloserView(self._closely())
            self.view.left.connect(self.leave)
            self._places.addWidget(self.view)
        self.view.controller.look_at(*self._pair.state.reads)
        self._places.setCurrentWidget(self.view)
        self.view.take_focus()

    def render(self) -> None:
        """The same faces stay in sight whoever reads them; of others, or none, the photographs are shown."""
        state = self._pair.state
        if self.view is None or not self.shown:
            return
        if state.comparison is not None and self.view.controller.keeps(*state.reads):
            self.view.controller.look_at(*state.reads)
        elif state.comparison is not None or state.engine is not None:
            self.leave()

    @Slot()
    def leave(self) -> bool:
        """Back to the photographs; False where they are shown."""
        was = self.shown
        if was:
            self._places.setCurrentWidget(self._two)
        return was
