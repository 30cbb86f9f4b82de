"""A stand-in for a vault that keeps the key of a state: HashiCorp Vault's transit engine.

It is not the vault, and keeps nothing secret: it hands back what it was given. Our own states are
guarded by a passphrase, which Pulumi makes a key of in a million rounds at every command: half of
all that its command line does for a test. Tests of passphrases and secrets take one all the same.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What Pulumi is told to guard the key of a state with: this kind of vault, and the name of a key.
PROVIDER = "hashivault://tests"

_MARK = "vault:v1:"
_ENCRYPT = "/v1/transit/encrypt/tests"
_DECRYPT = "/v1/transit/decrypt/tests"


class _Vault(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == _ENCRYPT:
            self._answer(200, {"data": {"ciphertext": _MARK + asked["plaintext"]}})
        elif self.path == _DECRYPT and asked["ciphertext"].startswith(_MARK):
            plain = asked["ciphertext"].removeprefix(_MARK)
            self._answer(200, {"data": {"plaintext": plain}})
        else:
            self._answer(400, {"errors": ["invalid ciphertext, or no such key"]})

    def _answer(self, status: int, body: dict[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve it; give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Vault) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
