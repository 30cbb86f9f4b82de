"""Cyclonus, an analyser of NetworkPolicies that is not ours: asked by file, answers by table.

Owns its formats. Source: mattfenwick/cyclonus, pkg/cli/analyze.go and pkg/matcher/traffic.go.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.network.world import Connection, Endpoint, Object

_ANSWER = re.compile(r"^\| IS ALLOWED\? *\| *(TRUE|FALSE)", re.MULTILINE)


@dataclass(frozen=True)
class Cyclonus:
    """The program, and a folder for what it reads."""

    program: Path
    folder: Path

    def lets_through(
        self, policies: Iterable[Object], connections: Sequence[Connection]
    ) -> list[bool]:
        """Say of each connection whether the policies of both ends let it through."""
        policy_file, traffic_file = self.folder / "policies.json", self.folder / "traffic.json"
        kept = [{**each, "metadata": _bare(each["metadata"])} for each in policies]
        policy_list = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicyList"}
        policy_file.write_text(json.dumps({**policy_list, "items": kept}))
        traffic_file.write_text(json.dumps([_traffic(each) for each in connections]))
        done = subprocess.run(
            [
                self.program,
                "analyze",
                "--mode=query-traffic",
                f"--policy-path={policy_file}",
                f"--traffic-path={traffic_file}",
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        answers = _ANSWER.findall(done.stdout)
        assert len(answers) == len(connections)
        return [answer == "TRUE" for answer in answers]


def _bare(metadata: Object) -> Object:
    return {name: metadata[name] for name in ("name", "namespace")}


def _traffic(connection: Connection) -> dict[str, Any]:
    return {
        "Source": _end(connection.source),
        "Destination": _end(connection.destination),
        "ResolvedPort": connection.port,
        "Protocol": connection.protocol,
    }


def _end(end: Endpoint) -> dict[str, Any]:
    pod = {
        "Namespace": end.namespace,
        "NamespaceLabels": dict(end.namespace_labels),
        "PodLabels": dict(end.labels),
    }
    return {"IP": end.address, "Internal": pod if end.namespace else None}
