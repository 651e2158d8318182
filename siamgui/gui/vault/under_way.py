"""What of all that goes on behind the window a lock would interrupt, and how it is interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siamgui.gui.vault.state import Work
from siamgui.storage.run_state import Phase

if TYPE_CHECKING:
    from siamgui.gui.controllers import Controllers


def work_under_way(controllers: Controllers, to_the_end: bool) -> Work | None:
    """The first of it. to_the_end: also what rests, or is just about to end."""
    made = controllers.__dict__  # whoever was never wanted does nothing
    if "runs" in made:
        phase, taking = controllers.runs.state.phase, controllers.runs.state.taking
        if phase is Phase.PREPARING or (phase.alive and (to_the_end or phase is not Phase.PAUSED)):
            return Work.TRAINING
        if taking is not None:
            return Work.IMPORT
    if "labelling" in made and controllers.labelling.state.importing is not None:
        return Work.IMPORT
    if "data" in made and controllers.data.busy:
        return Work.DATA
    if "search" in made and (controllers.search.state.current is not None or controllers.search.groups.working):
        return Work.READING
    if "audit" in made and controllers.audit.state.running:
        return Work.AUDIT
    if "people" in made:
        people = controllers.people.state
        if people.enrolling or people.reading is not None:
            return Work.IMPORT
    if "live" in made and controllers.live.state.running and not to_the_end:
        return Work.VERIFICATION
    return None


def interrupt(controllers: Controllers) -> None:
    """Have what runs end where it can go on later."""
    made = controllers.__dict__
    if "runs" in made:
        if controllers.runs.state.phase in (Phase.RUNNING, Phase.PAUSED):
            controllers.runs.cancel()
        controllers.runs.stop_taking()
    if "labelling" in made:
        controllers.labelling.stop_import()
    if "data" in made:
        controllers.data.stop_work()
    if "search" in made:
        controllers.search.pause()
        controllers.search.groups.stop_work()
    if "people" in made and controllers.people.state.reading is not None:
        controllers.people.stop_reading()
