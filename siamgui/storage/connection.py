"""The one place that knows what kind of database the library is: SQLite, encrypted page by page.

SQLite3 Multiple Ciphers by apsw (docs/decisions/0019): AEGIS-256, which encrypts and proves each page at the speed of a
processor's own AES, in the file, its journal and its write-ahead log alike. The key is random, so nothing is stretched.
"""

from __future__ import annotations

from pathlib import Path

import apsw

from siamgui.vault.key import Key

Connection = apsw.Connection
_CIPHER = "aegis"
_PLACE = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE


def connect(path: Path, key: Key | None, wait: float) -> Connection:
    """Nothing is read yet. key: None for a file in clear. wait: seconds for another process to finish its change.

    For one thread at a time. Raises apsw.Error.
    """
    db = Connection(str(path), flags=_PLACE | apsw.SQLITE_OPEN_URI)
    try:
        db.set_busy_timeout(round(1000 * wait))
        if key is not None:
            db.pragma("cipher", _CIPHER)
            db.pragma("key", f"raw:{key.secret.hex()}")
        db.execute("PRAGMA temp_store = MEMORY")  # what is sorted or undone is never on the disk in clear
    except BaseException:
        db.close()
        raise
    return db


def copy_encrypted(db: Connection, target: Path, key: Key) -> None:
    """All of db, which nobody changes meanwhile, as a new encrypted file. Raises apsw.Error."""
    name = target.as_posix().replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    db.execute("VACUUM INTO ?", (f"file:{name}?cipher={_CIPHER}&key=raw:{key.secret.hex()}",))
