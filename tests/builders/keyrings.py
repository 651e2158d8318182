"""A keyring of the system that lives as long as a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """kept: (service, entry) -> password. closed: as the user has locked it."""

    priority: ClassVar[float] = 5
    kept: ClassVar[dict[tuple[str, str], str]] = {}
    closed: ClassVar[bool] = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.closed:
            raise KeyringLocked("it is locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.closed:
            raise KeyringLocked("it is locked")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


class FileKeyring(MemoryKeyring):
    """One that protects nothing says so by its priority."""

    priority: ClassVar[float] = 0.5


@contextmanager
def using(backend: type[MemoryKeyring]) -> Iterator[type[MemoryKeyring]]:
    before = keyring.get_keyring()
    backend.kept.clear()
    keyring.set_keyring(backend())
    try:
        yield backend
    finally:
        backend.closed = False
        keyring.set_keyring(before)
