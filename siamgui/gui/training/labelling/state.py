"""What the training page knows, as immutable values.

The store answers with a LabelSummary after every change; the controller makes a LabellingState of it; the steps show
that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siamgui.core.errors import SiamguiError
from siamgui.storage.label_check import Check
from siamgui.storage.labelling_view import DeskState, LabelSummary
from siamgui.storage.training_steps import Step

if TYPE_CHECKING:
    from siamgui.labelling.import_plan import ImportRequest
    from siamgui.labelling.types import Imported, Importing


@dataclass(frozen=True, slots=True, eq=False)
class LabellingState:
    """The whole page.

    summary: None until the library is open. blocked: why it cannot be opened, else None.
    notice: what could not be done, until dismissed. desk: None until something lies on it. check: None until asked for.
    importing: the import under way. imported: what the last one brought.
    unfinished: an import that the end of the program cut short, else None.
    """

    step: Step = Step.PAIRS
    summary: LabelSummary | None = None
    blocked: SiamguiError | None = None
    notice: SiamguiError | None = None
    desk: DeskState | None = None
    busy: bool = False
    check: Check | None = None
    importing: Importing | None = None
    imported: Imported | None = None
    unfinished: ImportRequest | None = None
