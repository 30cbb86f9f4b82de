"""The internet as Argo CD sees it here: repositories on disk, under the addresses they really have.

A proxy on 127.0.0.1 that ends the encryption itself and answers from `<folder>/<host>/<path>`, by
Git's own http-backend. So a rendered tree is synced as it was published, no address changed in it;
and nothing is fetched from elsewhere, on whatever machine. Runs as a process of its own.
"""

from __future__ import annotations

import ssl
import subprocess
import sys
import urllib.parse
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

#: Header of a request, and the variable of CGI that carries it.
_PASSED_ON = {
    "Content-Type": "CONTENT_TYPE",
    "Content-Length": "CONTENT_LENGTH",
    "Content-Encoding": "HTTP_CONTENT_ENCODING",
    "Git-Protocol": "HTTP_GIT_PROTOCOL",
}


def command(folder: Path, certificate: Path, port: int) -> list[str]:
    """Return what starts the proxy for the repositories in a folder."""
    return [sys.executable, "-I", __file__, str(folder), str(certificate), str(port)]


class _Proxy(BaseHTTPRequestHandler):
    """One connection: first to the proxy, then, encrypted, to the host that was asked for."""

    protocol_version = "HTTP/1.1"
    folder: Path
    context: ssl.SSLContext
    host: str | None = None

    def do_CONNECT(self) -> None:
        """Become the host, where it has repositories here."""
        host = self.path.partition(":")[0]
        if not host or host.startswith(".") or not (self.folder / host).is_dir():
            self.send_error(HTTPStatus.FORBIDDEN, f"{host} is not here")
            return
        self.send_response(HTTPStatus.OK)
        self.end_headers()
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.host = host
        self.close_connection = False

    def do_GET(self) -> None:
        """Answer from a repository on disk."""
        if self.host is None:
            self.send_error(HTTPStatus.FORBIDDEN, "only encrypted connections are passed on")
            return
        url = urllib.parse.urlsplit(self.path)
        path = url.path.replace(".git/", "/", 1)
        variables = {
            "GIT_PROJECT_ROOT": str(self.folder / self.host),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": url.query,
            "REQUEST_METHOD": self.command,
        }
        for header, variable in _PASSED_ON.items():
            variables[variable] = self.headers.get(header, "")
        self._answer(variables, self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    do_POST = do_GET  # noqa: N815 - the name that http.server looks for

    def _answer(self, variables: dict[str, str], body: bytes) -> None:
        words = ["git", "-c", "safe.directory=*", "http-backend"]
        done = subprocess.run(words, input=body, env=variables, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines() if line)
        status = headers.pop("Status", "200 OK" if done.returncode == 0 else "500 Failed")
        self.send_response(int(status.split(" ")[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def main() -> None:
    """Serve until somebody ends this process."""
    folder, certificate, port = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, Path(certificate).with_suffix(".key"))
    _Proxy.folder, _Proxy.context = Path(folder), context
    with ThreadingHTTPServer(("127.0.0.1", int(port)), _Proxy) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
