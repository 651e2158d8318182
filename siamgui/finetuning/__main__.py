"""The training process: python -m siamgui.finetuning FOLDER [--key]

FOLDER is a run (siamgui.finetuning.job). With --key the first line of standard input is the key of its files, in hex:
never an argument or a variable, which others on this machine could read. Without it the vault of the data folder is
opened, where that takes no passphrase. Reports are written to standard output, one JSON object a line. Commands are
read from standard input, one word a line: pause, resume, stop (end and keep the best), cancel (leave, to go on later);
its end counts as cancel. Exit code 0: finished; 2: failed, with a sentence; 3: left, to go on later.

Under torchrun the processes share every batch (nccl where each has a GPU, else gloo), and standard input is left alone:
    torchrun --nproc-per-node 2 -m siamgui.finetuning FOLDER
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siamgui.finetuning.trainer import World

FINISHED, FAILED, CANCELLED = 0, 2, 3
KEY = "--key"


def main(arguments: list[str]) -> int:
    from siamgui.core import i18n
    from siamgui.core.i18n import tr

    i18n.set_language(os.environ.get("SIAMGUI_LANGUAGE", "system"))
    if len(arguments) not in (1, 2) or arguments[1:] not in ([], [KEY]):
        print(tr("usage: python -m siamgui.finetuning FOLDER"), file=sys.stderr)
        return FAILED
    if arguments[1:]:
        from siamgui.vault.key import Key
        from siamgui.vault.vault import vault_of

        try:
            vault_of().lend(Key(bytes.fromhex(sys.stdin.readline())))
        except ValueError:
            return CANCELLED  # whoever started it is gone
    from siamgui.finetuning.events import Failed, Reporter, print_event
    from siamgui.finetuning.run_lock import RunInUse, working_on

    folder = Path(arguments[0])
    try:
        with working_on(folder) if os.environ.get("RANK", "0") == "0" else nullcontext():
            return _work_on(folder)
    except RunInUse as error:
        Reporter(None, print_event).say(Failed(str(error)))  # and not to the record of the run
        return FAILED


def _work_on(folder: Path) -> int:
    from siamgui.core.errors import Cancelled, SiamguiError
    from siamgui.core.i18n import tr
    from siamgui.finetuning import events
    from siamgui.finetuning.control import Control
    from siamgui.finetuning.events import Reporter, print_event
    from siamgui.finetuning.job import Job
    from siamgui.finetuning.run_files import EVENTS

    rank = int(os.environ.get("RANK", "0"))
    try:
        job = Job.open(folder)
    except SiamguiError as error:
        Reporter(None, print_event if rank == 0 else lambda event: None).say(events.Failed(str(error)))
        return FAILED
    reporter = Reporter(folder / EVENTS, print_event, job.key) if rank == 0 else Reporter(None, lambda event: None)

    def leave_now() -> None:
        reporter.say(events.Cancelled())
        os._exit(CANCELLED)

    control = Control(leave_now, lambda paused: reporter.say(events.Paused() if paused else events.Resumed()))
    if "WORLD_SIZE" not in os.environ:
        control.listen(sys.stdin)
    try:
        from siamgui.finetuning.run import run_job

        with _processes(job.settings.device) as world:
            run_job(job, reporter, control.check, world)
    except Cancelled:
        reporter.say(events.Cancelled())
        code = CANCELLED
    except SiamguiError as error:
        reporter.say(events.Failed(str(error)))
        code = FAILED
    except MemoryError:
        reporter.say(events.Failed(tr("There is not enough memory for this run. Close other programs and continue.")))
        code = FAILED
    else:
        code = FINISHED
    control.done()
    return code


def backend(device: str, cards: int, processes: int) -> str:
    """What processes on one machine talk through. device: of the settings. cards: CUDA devices of the machine.

    nccl knows no CPU, and refuses two processes on one card.
    """
    return "nccl" if device in ("auto", "cuda") and cards >= processes else "gloo"


@contextmanager
def _processes(device: str) -> Iterator[World]:
    """The group that torchrun started, or this process alone. device: of the settings."""
    import torch

    from siamgui.finetuning.trainer import World

    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield World()
        return
    here = int(os.environ.get("LOCAL_WORLD_SIZE", size))
    torch.distributed.init_process_group(backend(device, torch.cuda.device_count(), here))
    try:
        yield World(torch.distributed.get_rank(), size)
    finally:
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
