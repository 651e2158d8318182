"""Where a run goes on after a stop or a kill: one safetensors file, replaced whole after every epoch."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from siamgui.core import typed_json
from siamgui.core.private import private_folder
from siamgui.core.typed_json import Count, Share
from siamgui.core.weights import metadata_of
from siamgui.finetuning.run_files import CHECKPOINT, role, vault_files
from siamgui.vault.kept import read_kept, write_kept
from siamgui.vault.key import Key


@dataclass(frozen=True, slots=True)
class Progress:
    """epoch: passes done. best_epoch: whose weights are kept (0: those before training).

    least_wrong: the least share of validation couples in the wrong order so far.
    ended: whether training is over, and only judging is left. fingerprint: of the data and settings it belongs to.
    """

    epoch: Count
    best_epoch: Count
    least_wrong: Share
    ended: bool
    fingerprint: str


State = dict[str, Tensor]


def trained(module: nn.Module) -> State:
    """Copies of the tensors that training changes, on the CPU."""
    return {name: value.detach().cpu().clone() for name, value in module.named_parameters() if value.requires_grad}


def restore(module: nn.Module, state: State) -> None:
    module.load_state_dict(state, strict=False)


def write(
    folder: Path, progress: Progress, now: State, best: State, optimizer: dict[int, State], key: Key | None
) -> None:
    """key: to seal it with. Raises OSError; then the old checkpoint is as it was."""
    tensors = {f"now.{name}": value for name, value in now.items()}
    tensors |= {f"best.{name}": value for name, value in best.items()}
    for index, state in optimizer.items():
        tensors |= {f"optimizer.{index}.{name}": value.detach().cpu() for name, value in state.items()}
    private_folder(folder)
    data = save({k: v.contiguous() for k, v in tensors.items()}, {"progress": json.dumps(asdict(progress))})
    write_kept(folder / CHECKPOINT, role(CHECKPOINT), data, key)


def read(folder: Path, fingerprint: str) -> tuple[Progress, State, State, dict[int, State]] | None:
    """(progress, now, best, optimizer state by parameter); None where there is none that belongs to fingerprint."""
    try:
        data = read_kept(folder / CHECKPOINT, role(CHECKPOINT), vault_files)
        progress = typed_json.read(Progress, metadata_of(data)["progress"])
        tensors = load(data)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError):
        return None
    if progress.fingerprint != fingerprint:
        return None
    parts: dict[str, State] = {"now": {}, "best": {}}
    optimizer: dict[int, State] = {}
    for name, value in tensors.items():
        part, rest = name.split(".", 1)
        if part == "optimizer":
            index, field = rest.split(".", 1)
            optimizer.setdefault(int(index), {})[field] = value
        else:
            parts[part][rest] = value
    return progress, parts["now"], parts["best"], optimizer
