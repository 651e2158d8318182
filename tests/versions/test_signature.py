"""A signature says by whom a file is and that it was not changed since; who has signed before is known again."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from siamgui.core.typed_json import WrongForm
from siamgui.versions.errors import SignerNameless, SignerNameUnusable, VersionsUnreadable
from siamgui.versions.seal import KEY_FILE, key_of, made_key
from siamgui.versions.signature import call_oneself, met, own_signer, remember, sign, signer_of

MANIFEST = b'{"id": "x"}'


def ann(root: Path) -> bytes:
    call_oneself(root, "Ann Lee")
    return sign(MANIFEST, root)


def test_a_signature_names_its_signer(tmp_path: Path) -> None:
    signer = signer_of(ann(tmp_path), MANIFEST)
    assert signer == own_signer(tmp_path)
    assert signer.name == "Ann Lee"
    assert len(signer.fingerprint.split()) == 8
    assert sign(MANIFEST, tmp_path) == ann(tmp_path)  # the key stays


def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    root = tmp_path / "data"
    assert key_of(root) is None
    key = made_key(root)
    assert key_of(root) == key
    if os.name == "posix":
        assert stat.S_IMODE((root / KEY_FILE).stat().st_mode) == 0o600
        assert stat.S_IMODE(root.stat().st_mode) == 0o700
    (root / KEY_FILE).write_bytes(b"cut off")
    assert key_of(root) is None
    assert made_key(root) == key_of(root) != key
    assert [path.name for path in root.iterdir()] == [KEY_FILE]


def test_a_secret_that_cannot_be_read_is_said_and_stays(tmp_path: Path) -> None:
    elsewhere, key = tmp_path / "elsewhere", tmp_path / KEY_FILE
    elsewhere.write_bytes(os.urandom(32))
    key.symlink_to(elsewhere)  # not followed
    with pytest.raises(VersionsUnreadable, match="not a file"):
        key_of(tmp_path)
    with pytest.raises(OSError, match="not a file"):
        made_key(tmp_path)
    assert key.is_symlink()


@pytest.mark.parametrize("what", ["manifest", "name", "key", "signature"])
def test_what_was_changed_does_not_fit(tmp_path: Path, what: str) -> None:
    raw, manifest = json.loads(ann(tmp_path)), MANIFEST
    if what == "manifest":
        manifest += b" "
    elif what == "name":
        raw["name"] = "Ann Leo"
    else:
        raw[what] = ("0" if raw[what][0] != "0" else "1") + raw[what][1:]
    with pytest.raises(ValueError, match="does not fit"):
        signer_of(json.dumps(raw).encode(), manifest)


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "a\x1b[2J"},
        {"name": "a" * 61},
        {"key": "00"},
        {"signature": 1},
        {"more": 1},
        {"key": "g" * 64},
    ],
)
def test_what_is_no_signature_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    raw = json.loads(ann(tmp_path)) | change
    with pytest.raises(WrongForm):
        signer_of(json.dumps(raw).encode(), MANIFEST)


def test_whoever_was_met_is_known_again(tmp_path: Path) -> None:
    here, there, elsewhere = (tmp_path / name for name in ("here", "there", "elsewhere"))
    signer, twin = signer_of(ann(there), MANIFEST), signer_of(ann(elsewhere), MANIFEST)
    assert met(None, here).words == "It is not signed."
    assert met(signer, here).words == f"Signed by “Ann Lee” (key {signer.fingerprint}), who is new here."
    remember(signer, here)
    assert f"(key {signer.fingerprint}), known since 20" in met(signer, here).words
    assert "Another key has signed under that name before" in met(twin, here).words
    assert met(signer, there).words == "You signed it yourself."
    (here / "signers.json").write_text("{", encoding="utf-8")  # what is damaged is forgotten
    assert met(signer, here).since == ""


def test_one_signs_under_a_name(tmp_path: Path) -> None:
    with pytest.raises(SignerNameless, match="models key --name"):
        sign(MANIFEST, tmp_path)
    for bad in ("", " ", "a\nb", "x" * 61, "a\u202eb"):
        with pytest.raises(SignerNameUnusable):
            call_oneself(tmp_path, bad)
