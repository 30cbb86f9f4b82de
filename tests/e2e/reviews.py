"""What somebody may do, asked of the API server itself: a review for each question.

A matrix asks thousands. So a connection takes the next questions while answers are on their way
(pipelining, RFC 9112 section 9.3.2): to wait for each costs both sides as much as answering does.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from tests.e2e.client import ADMINISTRATOR, Person

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.e2e.client import Client
    from tests.e2e.control_plane import ControlPlane

_GROUP = "/apis/authorization.k8s.io/v1"
_EVERYONE = "system:authenticated"

_CONNECTIONS = 2
#: Questions under way on a connection: few enough for a socket's buffers to hold the answers.
_UNDER_WAY = 32
#: Seconds that an answer may take.
_PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Review:
    """A question to the API server, and who asks it."""

    kind: str
    spec: Mapping[str, Any]
    person: Person = ADMINISTRATOR

    @property
    def path(self) -> str:
        """Where it is asked."""
        return f"{_GROUP}/{self.kind.lower()}s"

    def body(self) -> dict[str, Any]:
        """Return it as the API server reads it."""
        return {"apiVersion": _GROUP.removeprefix("/apis/"), "kind": self.kind, "spec": self.spec}


def access(person: Person, attributes: Mapping[str, str]) -> Review:
    """Ask whether a person may do something."""
    groups = [*person.groups, _EVERYONE]
    spec = {"user": person.user, "groups": groups, "resourceAttributes": attributes}
    return Review("SubjectAccessReview", spec)


def rules(person: Person, namespace: str) -> Review:
    """Ask, as that person, for everything that they may do in a namespace."""
    everyone = Person(person.user, (*person.groups, _EVERYONE))
    return Review("SelfSubjectRulesReview", {"namespace": namespace}, everyone)


def is_allowed(client: Client, review: Review) -> bool:
    """Ask for one access."""
    answer = client.request("POST", review.path, review.body(), person=review.person)
    assert answer.ok, answer.message
    return bool(answer.body["status"]["allowed"])


def ask(plane: ControlPlane, reviews: Sequence[Review]) -> list[dict[str, Any]]:
    """Return the status of each review, in their order."""
    shares = _parts(reviews, -(-len(reviews) // _CONNECTIONS))
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        answered = pool.map(lambda share: list(_over_one(plane, share)), shares)
        return [status for statuses in answered for status in statuses]


def _parts(reviews: Sequence[Review], size: int) -> Iterator[Sequence[Review]]:
    return (reviews[start : start + size] for start in range(0, len(reviews), size or 1))


def _over_one(plane: ControlPlane, reviews: Sequence[Review]) -> Iterator[dict[str, Any]]:
    context = ssl.create_default_context(cafile=str(plane.certificate))
    place = ("127.0.0.1", plane.port)
    with (
        socket.create_connection(place, timeout=_PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=place[0]) as connection,
        connection.makefile("rb") as incoming,
    ):
        for some in _parts(reviews, _UNDER_WAY):
            connection.sendall(b"".join(_message(review, plane.token) for review in some))
            for _ in some:
                yield _status(incoming)


def _message(review: Review, token: str) -> bytes:
    body = json.dumps(review.body()).encode()
    lines = [
        f"POST {review.path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    if review.person.user:
        lines.append(f"Impersonate-User: {review.person.user}")
        lines += [f"Impersonate-Group: {group}" for group in review.person.groups]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _status(incoming: BinaryIO) -> dict[str, Any]:
    """Read the next answer."""
    answer = http.client.HTTPResponse(cast("socket.socket", _Shared(incoming)))
    answer.begin()
    body = json.loads(answer.read())
    assert answer.status == http.client.CREATED, body
    status: dict[str, Any] = body["status"]
    assert not status.get("incomplete"), status
    return status


@dataclass(frozen=True, slots=True)
class _Shared:
    """What several answers in a row are read from: the end of one does not close it."""

    incoming: BinaryIO

    def makefile(self, _mode: str) -> _Shared:
        return self

    def readline(self, limit: int) -> bytes:
        return self.incoming.readline(limit)

    def read(self, count: int) -> bytes:
        return self.incoming.read(count)

    def close(self) -> None:
        pass
