"""A real control plane on this machine: etcd, kube-apiserver, kube-controller-manager.

No container, no node, no network plugin: objects are judged, stored and reconciled; no pod runs.
Everything listens on 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import secrets
import shutil
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.e2e.certificates import make_certificate, make_key
from tests.e2e.client import Client
from tests.e2e.processes import Processes, free_port

from tenantry.workspace import toolchain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Everything that runs; built before anything starts.
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl")


@dataclass
class ControlPlane:
    """One that runs."""

    folder: Path
    port: int
    token: str
    processes: Processes

    @property
    def certificate(self) -> Path:
        """The certificate of its servers."""
        return self.folder / "certificates" / "127.0.0.1.crt"

    @property
    def kubeconfig(self) -> Path:
        """A kubeconfig of the cluster's administrator."""
        return self.folder / "kubeconfig"

    def client(self, timeout: float = 60) -> Client:
        """Return a client with a connection of its own, as the cluster's administrator.

        `timeout` is in seconds, for each answer.
        """
        return Client(self.port, self.certificate, self.token, timeout)


def data(folder: Path) -> Path:
    """Return where etcd keeps what it holds, of a control plane in `folder`."""
    return folder / "etcd"


def start(
    root: Path, folder: Path, tell: Callable[[str], None], *, contents: Path | None = None
) -> ControlPlane:
    """Start a control plane whose files all lie in `folder`. Whoever calls this stops it.

    It is empty, or holds what an etcd did that ended: its files lie in `contents`.
    """
    programs = {name: str(toolchain.find(root, name, tell)) for name in PROGRAMS}
    plane = ControlPlane(folder, free_port(), secrets.token_hex(16), Processes(folder))
    try:
        if contents is not None:
            shutil.copytree(contents, data(folder))
        make_certificate(plane.certificate, ["IP:127.0.0.1"])
        endpoint = _start_etcd(plane, programs["etcd"])
        _start_api_server(plane, programs["kube-apiserver"], endpoint)
        _write_kubeconfig(plane)
        _start_controllers(plane, programs["kube-controller-manager"])
    except BaseException:
        plane.processes.stop()
        raise
    return plane


def _start_etcd(plane: ControlPlane, program: str) -> str:
    client, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    words = [
        program,
        f"--data-dir={data(plane.folder)}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]
    plane.processes.start("etcd", words)
    plane.processes.wait("etcd", lambda: _answers(f"{client}/health"))
    return client


def _start_api_server(plane: ControlPlane, program: str, endpoint: str) -> None:
    key = plane.folder / "service-accounts.key"
    make_key(key)
    tokens = plane.folder / "tokens.csv"
    tokens.write_text(f"{plane.token},administrator,1,system:masters\n", encoding="utf-8")
    words = [
        program,
        f"--etcd-servers={endpoint}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={plane.port}",
        *_serving(plane),
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--authorization-mode=RBAC",
        # As on every managed cluster: what refuses a privileged pod is then pod security.
        "--allow-privileged=true",
        f"--token-auth-file={tokens}",
        "--service-cluster-ip-range=10.0.0.0/24",
        # The suite asks as fast as it can; fairness among tests is nobody's concern.
        "--enable-priority-and-fairness=false",
        "--max-requests-inflight=0",
        "--max-mutating-requests-inflight=0",
    ]
    plane.processes.start("kube-apiserver", words)
    plane.processes.wait("kube-apiserver", lambda: _is_ready(plane))


def _start_controllers(plane: ControlPlane, program: str) -> None:
    key = plane.folder / "service-accounts.key"
    health = free_port()
    words = [
        program,
        f"--kubeconfig={plane.kubeconfig}",
        f"--service-account-private-key-file={key}",
        f"--root-ca-file={plane.certificate}",
        "--use-service-account-credentials",
        "--leader-elect=false",
        # There are no nodes.
        "--controllers=*,-node-ipam-controller",
        "--bind-address=127.0.0.1",
        f"--secure-port={health}",
        *_serving(plane),
    ]
    plane.processes.start("kube-controller-manager", words)
    where = f"https://127.0.0.1:{health}/healthz"
    plane.processes.wait("kube-controller-manager", lambda: _answers(where))


def _serving(plane: ControlPlane) -> tuple[str, str]:
    return (
        f"--tls-cert-file={plane.certificate}",
        f"--tls-private-key-file={plane.certificate.with_suffix('.key')}",
    )


def _is_ready(plane: ControlPlane) -> bool:
    # Short: on a port that was taken meanwhile, somebody else may listen and say nothing.
    with contextlib.closing(plane.client(timeout=2)) as client:
        try:
            return client.request("GET", "/readyz").ok
        except (OSError, http.client.HTTPException):
            return False


def _answers(url: str) -> bool:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with opener.open(url, timeout=5) as response:
            return bool(response.status == http.client.OK)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return False
    except (OSError, http.client.HTTPException):
        return False


def _write_kubeconfig(plane: ControlPlane) -> None:
    server = {
        "server": f"https://127.0.0.1:{plane.port}",
        "certificate-authority": str(plane.certificate),
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "local", "cluster": server}],
        "users": [{"name": "administrator", "user": {"token": plane.token}}],
        "contexts": [{"name": "local", "context": {"cluster": "local", "user": "administrator"}}],
        "current-context": "local",
    }
    plane.kubeconfig.write_text(json.dumps(config), encoding="utf-8")
    plane.kubeconfig.chmod(0o600)
