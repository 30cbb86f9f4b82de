"""A client of an API server: objects as plain data, answers with their warnings, no retries.

kubectl would do as well, but the tests send thousands of requests, and one process each is slow.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Manifest = dict[str, Any]

_WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')
_APPLY = "application/apply-patch+yaml"


@dataclass(frozen=True)
class Answer:
    """What the API server said."""

    status: int
    body: Any
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it did what was asked."""
        return self.status < http.client.BAD_REQUEST

    @property
    def message(self) -> str:
        """Its own words where it refused."""
        return str(self.body.get("message", "")) if isinstance(self.body, dict) else str(self.body)


@dataclass(frozen=True)
class Person:
    """Whom a request is made as. Nobody in particular is the cluster's administrator."""

    user: str = ""
    groups: tuple[str, ...] = ()


ADMINISTRATOR = Person()


@dataclass
class Client:
    """Speaks to one API server over one connection."""

    port: int
    certificate: Path
    token: str
    timeout: float = 60
    """Seconds that an answer may take."""
    _connection: http.client.HTTPSConnection | None = None
    _plurals: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        content: str = "application/json",
        person: Person = ADMINISTRATOR,
    ) -> Answer:
        """Send one request; return what came back."""
        headers = [("Authorization", f"Bearer {self.token}"), ("Content-Type", content)]
        if person.user:
            headers.append(("Impersonate-User", person.user))
            headers += [("Impersonate-Group", group) for group in person.groups]
        text = b"" if body is None else json.dumps(body).encode()
        headers.append(("Content-Length", str(len(text))))
        used = self._connection is not None
        try:
            response, said = self._exchange(method, path, headers, text)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if not used or isinstance(error, TimeoutError):
                raise
            # The API server closes a connection that nobody used for 90 seconds.
            response, said = self._exchange(method, path, headers, text)
        warnings = tuple(
            found.replace("\\", "")
            for line in response.headers.get_all("Warning", [])
            for found in _WARNING.findall(line)
        )
        try:
            parsed = json.loads(said)
        except ValueError:
            parsed = said.decode(errors="replace")
        return Answer(response.status, parsed, warnings)

    def apply(self, manifest: Manifest, *, person: Person = ADMINISTRATOR) -> Answer:
        """Apply an object as Argo CD does: on the server, and every unknown field is an error."""
        query = "fieldManager=argocd-controller&force=true&fieldValidation=Strict"
        return self.request(
            "PATCH", f"{self.path(manifest)}?{query}", manifest, content=_APPLY, person=person
        )

    def create(self, manifest: Manifest, *, person: Person = ADMINISTRATOR) -> Answer:
        """Create an object."""
        where = self.path(manifest).rpartition("/")[0]
        return self.request("POST", f"{where}?fieldValidation=Strict", manifest, person=person)

    def get(self, manifest: Manifest) -> Answer:
        """Return the object of this identity as it is now."""
        return self.request("GET", self.path(manifest))

    def delete(self, manifest: Manifest, *, person: Person = ADMINISTRATOR) -> Answer:
        """Delete an object."""
        return self.request("DELETE", self.path(manifest), person=person)

    def path(self, manifest: Manifest) -> str:
        """Return where the API server keeps an object. Raises LookupError for an unknown kind."""
        api_version, metadata = manifest["apiVersion"], manifest["metadata"]
        plural, namespaced = self._plural(api_version, manifest["kind"])
        root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        inside = f"/namespaces/{metadata['namespace']}" if namespaced else ""
        return f"{root}{inside}/{plural}/{metadata['name']}"

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(
        self, method: str, path: str, headers: list[tuple[str, str]], body: bytes
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = self._connected()
        connection.putrequest(method, path)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        return response, response.read()

    def _connected(self) -> http.client.HTTPSConnection:
        if self._connection is None:
            context = ssl.create_default_context(cafile=str(self.certificate))
            self._connection = http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=self.timeout, context=context
            )
        return self._connection

    def is_namespaced(self, api_version: str, kind: str) -> bool:
        """Whether objects of a kind stand in namespaces. Raises LookupError for an unknown one."""
        return self._plural(api_version, kind)[1]

    def _plural(self, api_version: str, kind: str) -> tuple[str, bool]:
        if (api_version, kind) not in self._plurals:
            root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
            for each in self.request("GET", root).body.get("resources", ()):
                if "/" not in each["name"]:
                    self._plurals[api_version, each["kind"]] = (each["name"], each["namespaced"])
        if (api_version, kind) not in self._plurals:
            raise LookupError(f"the API server does not know {api_version} {kind}")
        return self._plurals[api_version, kind]
