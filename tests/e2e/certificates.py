"""Keys and certificates for a session: on elliptic curves, which take no time to make."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.e2e.processes import NotStartedError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_CURVE = "prime256v1"


def make_key(path: Path) -> None:
    """Write a private key."""
    _openssl("ecparam", "-name", _CURVE, "-genkey", "-noout", "-out", str(path))


def make_certificate(path: Path, names: Iterable[str]) -> Path:
    """Write a certificate for `names` (`DNS:<host>`, `IP:<address>`), for two days.

    It is signed with its own key, which lies beside it as `<stem>.key`. Returns `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{_CURVE}", "-nodes"]
    words += ["-days", "2", "-subj", "/CN=stand-in"]
    words += ["-addext", f"subjectAltName={','.join(names)}"]
    words += ["-keyout", str(path.with_suffix(".key")), "-out", str(path)]
    _openssl(*words)
    return path


def _openssl(*words: str) -> None:
    try:
        done = subprocess.run(["openssl", *words], capture_output=True, text=True, check=False)
    except OSError:
        raise NotStartedError(
            "openssl is needed for keys and certificates and was not found: install it"
        ) from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it wrote nothing"]
        raise NotStartedError(f"openssl {words[0]} failed: {said[-1]}")
