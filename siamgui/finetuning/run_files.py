"""What lies in the folder of a run, and as what each file is sealed."""

from __future__ import annotations

from siamgui.vault.key import Key
from siamgui.vault.vault import vault_of

PAIRS, ABOUT, EVENTS, JUDGEMENT = "pairs.safetensors", "job.json", "events.jsonl", "judgement.json"
CHECKPOINT = "checkpoint.safetensors"
CHECKPOINTS, RESULTS = "checkpoint", "result"
"""Folders: of the last checkpoint, and of the finished version."""


def role(name: str) -> str:
    return f"run {name}"


def vault_files() -> Key:
    """What the files of runs are sealed with, unless a run was prepared in clear. Raises VaultError."""
    return vault_of().files
