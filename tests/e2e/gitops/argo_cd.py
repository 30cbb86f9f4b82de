"""A real Argo CD beside a control plane: application controller, repo server, redis.

Owns how it is started and with which settings. What it syncs is the business of others. It acts at
the API server as its service account would, with the rights that upstream's install grants.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from tests.e2e.certificates import make_certificate
from tests.e2e.gitops import git_server, monorepo, redis
from tests.e2e.processes import NotStartedError, free_port
from tests.repository import ROOT

from tenantry.workspace import toolchain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.client import Client, Manifest
    from tests.e2e.control_plane import ControlPlane

SETTINGS = Path(__file__).with_name("argo-cd.yaml")
NAMESPACE = "argocd"
CONTROLLER = "argocd-application-controller"

#: Seconds between two looks at a branch: nobody tells Argo CD here that something was published.
POLL = 7
#: As Argo CD does by itself: for whoever fills a cluster and then publishes nothing new.
SELDOM = 180

#: Every object that arrives makes Argo CD compare its whole Application again. Here it waits a
#: moment, so that one look sees what came meanwhile: by itself it would look twice as often.
_LOOKS = ("--wq-basedelay-ns=300ms", "--wq-maxdelay-ns=1s", "--wq-cooldown-ns=2s")

#: Redis is on this machine: what goes there need not be small.
_UNCOMPRESSED = {"REDIS_COMPRESSION": "none"}

#: Seconds that an answer of the API server may take, before a process is looked for that died.
ANSWER = 20

_RBAC = "rbac.authorization.k8s.io"
_A_DAY = 86_400

#: An Application of which a source is not here can never be healthy, nor one of the platform whose
#: pods and certificates nothing here makes. The waves after it must not wait for that: it is taken
#: for healthy, and says so.
_ELSEWHERE = """\
local here = {%s}
for _, source in ipairs(obj.spec.sources or {obj.spec.source}) do
  if not here[source.repoURL] then
    return {status = "Healthy", message = "not synced: " .. source.repoURL .. " is not here"}
  end
end
local synced = obj.status ~= nil and obj.status.sync ~= nil and obj.status.sync.status == "Synced"
if synced and obj.spec.project == "platform" and obj.status.health ~= nil and
    obj.status.health.status == "Progressing" then
  return {status = "Healthy", message = "synced; what makes it ready does not run here"}
end
"""
_HEALTH = "resource.customizations.health.argoproj.io_Application"

#: Kinds that later waves of their own Application wait for, and whose controllers do not run here.
_NOT_RUN = ("external-secrets.io_ExternalSecret", "pkg.crossplane.io_Provider")
_HEALTHY = 'return {status = "Healthy", message = "what makes it ready does not run here"}\n'


@dataclass(frozen=True)
class Programs:
    """What has to be at hand before anything starts."""

    redis: str
    argocd: str


def find(tell: Callable[[str], None]) -> Programs:
    """Find what Argo CD is made of; build it where it is not at hand."""
    return Programs(redis=redis.find(), argocd=str(toolchain.find(ROOT, "argocd", tell)))


@dataclass
class ArgoCD:
    """One that runs beside a control plane, with the repositories below `hosts` as all there is."""

    plane: ControlPlane
    programs: Programs
    hosts: Path
    poll: int = POLL
    ports: dict[str, int] = field(default_factory=dict)

    def start(self) -> None:
        """Start it. The cluster knows its kinds and its namespace already."""
        with closing(self.plane.client(ANSWER)) as client:
            _apply(client, [*_settings(monorepo.urls(self.hosts)), *_rights()])
            self._write_kubeconfig(_token(client))
        self._start_git()
        self._start_redis()
        self._start_repo_server()
        self._start_controller()

    def _start_git(self) -> None:
        hosts = sorted(path.name for path in self.hosts.iterdir())
        names = [f"DNS:{host}" for host in hosts]
        certificate = make_certificate(self.plane.folder / "git.crt", names)
        trusted = self.plane.folder / "git-certificates"
        trusted.mkdir()
        for host in hosts:
            (trusted / host).write_bytes(certificate.read_bytes())
        self._run("git-server", git_server.command(self.hosts, certificate, self._port("git")), {})
        self._wait("git-server", "git")

    def _start_redis(self) -> None:
        folder = str(self.plane.folder)
        words = redis.command(self.programs.redis, self._port("redis"), folder)
        self._run("redis-server", words, {})
        self._wait("redis-server", "redis")

    def _start_repo_server(self) -> None:
        proxy = f"http://127.0.0.1:{self.ports['git']}"
        scratch = self.plane.folder / "repo-server"
        scratch.mkdir()
        variables = {
            "HTTPS_PROXY": proxy,
            "HTTP_PROXY": proxy,
            "TMPDIR": str(scratch),
            "ARGOCD_TLS_DATA_PATH": str(self.plane.folder / "git-certificates"),
            "ARGOCD_GPG_ENABLED": "false",
            "ARGOCD_PLUGINSOCKFILEPATH": str(scratch),
            # How long what a branch stands at is believed.
            "ARGOCD_RECONCILIATION_TIMEOUT": f"{self.poll}s",
            **_UNCOMPRESSED,
        }
        words = [
            self.programs.argocd,
            "--address=127.0.0.1",
            f"--port={self._port('repo-server')}",
            "--metrics-address=127.0.0.1",
            f"--metrics-port={self._port('repo-server-metrics')}",
            f"--redis=127.0.0.1:{self.ports['redis']}",
            "--disable-tls",
        ]
        self._run("argocd-repo-server", words, variables)
        self._wait("argocd-repo-server", "repo-server")

    def _start_controller(self) -> None:
        variables = {
            "KUBECONFIG": str(self.plane.folder / "argo-cd.kubeconfig"),
            "ARGOCD_FAKE_IN_CLUSTER": "true",
            # The pause that lets controllers see what was applied: none runs here that matters.
            "ARGOCD_SYNC_WAVE_DELAY": "0",
            # As many requests as the machine can bear: a first sync would wait for its own limit.
            "ARGOCD_K8S_CLIENT_QPS": "1000",
            "ARGOCD_K8S_CLIENT_BURST": "2000",
            **_UNCOMPRESSED,
        }
        words = [
            self.programs.argocd,
            f"--namespace={NAMESPACE}",
            f"--repo-server=127.0.0.1:{self.ports['repo-server']}",
            "--repo-server-plaintext",
            f"--redis=127.0.0.1:{self.ports['redis']}",
            f"--metrics-port={self._port('controller-metrics')}",
            f"--app-resync={self.poll}",
            "--app-resync-jitter=0",
            *_LOOKS,
        ]
        self._run(CONTROLLER, words, variables)
        self._wait(CONTROLLER, "controller-metrics")

    def _run(self, name: str, words: list[str], variables: dict[str, str]) -> None:
        ignored = ("ARGOCD_", "GIT_", "KUBE", "REDIS_")
        shared = {
            key: text
            for key, text in os.environ.items()
            if not key.startswith(ignored) and not key.upper().endswith("_PROXY")
        }
        role = {"ARGOCD_BINARY_NAME": name} if name.startswith("argocd-") else {}
        self.plane.processes.start(name, words, {**shared, **role, **variables})

    def _port(self, name: str) -> int:
        port = self.ports.setdefault(name, free_port())
        if _listens(port):
            # Its own server would end, and whoever is there be taken for it.
            raise NotStartedError(f"{name} cannot be started: port {port} is in use")
        return port

    def _wait(self, name: str, port: str) -> None:
        self.plane.processes.wait(name, lambda: _listens(self.ports[port]))

    def _write_kubeconfig(self, token: str) -> None:
        config = json.loads(self.plane.kubeconfig.read_bytes())
        config["users"][0]["user"] = {"token": token}
        target = self.plane.folder / "argo-cd.kubeconfig"
        target.write_text(json.dumps(config), encoding="utf-8")
        target.chmod(0o600)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _settings(urls: list[str]) -> Iterator[Manifest]:
    """Yield Argo CD's own objects, with its judgement of Applications that come from elsewhere."""
    for each in yaml.safe_load_all(SETTINGS.read_bytes()):
        if _HEALTH in each["data"]:
            here = ", ".join(f"[{json.dumps(url)}] = true" for url in urls)
            each["data"][_HEALTH] = _ELSEWHERE % here + each["data"][_HEALTH]
            for kind in _NOT_RUN:
                each["data"][f"resource.customizations.health.{kind}"] = _HEALTHY
        yield each
    yield {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "argocd-secret",
            "namespace": NAMESPACE,
            "labels": {"app.kubernetes.io/part-of": "argocd"},
        },
        "stringData": {"server.secretkey": secrets.token_hex(16)},
    }


def _rights() -> Iterator[Manifest]:
    """Yield the controller's service account and its rights, as upstream's install has them."""
    everything: list[dict[str, Any]] = [
        {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
        {"nonResourceURLs": ["*"], "verbs": ["*"]},
    ]
    place = {"name": CONTROLLER}
    account = {"kind": "ServiceAccount", "name": CONTROLLER, "namespace": NAMESPACE}
    role = {"apiGroup": _RBAC, "kind": "ClusterRole", "name": CONTROLLER}
    yield {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {**place, "namespace": NAMESPACE},
    }
    yield {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRole",
        "metadata": place,
        "rules": everything,
    }
    yield {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": place,
        "roleRef": role,
        "subjects": [account],
    }


def _apply(client: Client, manifests: list[Manifest]) -> None:
    for each in manifests:
        answer = client.apply(each)
        assert answer.ok, answer.message


def _token(client: Client) -> str:
    path = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{CONTROLLER}/token"
    request = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": _A_DAY},
    }
    answer = client.request("POST", path, request)
    assert answer.ok, answer.message
    return str(answer.body["status"]["token"])
