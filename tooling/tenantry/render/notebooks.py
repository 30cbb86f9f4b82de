"""PodDefaults: what a data scientist ticks when starting a notebook.

The spawner reads exactly one `matchLabels` key with the value "true", and by convention that key
is the object's name. Two PodDefaults that set one variable differently would refuse the pod, so
each variable stands in one of them. Source: kubeflow/notebooks apps/common/routes/get.py,
kubeflow/dashboard components/poddefaults-webhooks/main.go.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.manifest import Shared
from tenantry.render.identity import SECRET_STORE, has_secret_store
from tenantry.render.metadata import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest, Tree
    from tenantry.placement import Placement

_CA_BUNDLE = "company-ca"
_CA_FOLDER = "/etc/company-ca"
_CA_FILE = "ca.crt"
_CREDENTIALS = "repository-credentials"
_CREDENTIALS_FOLDER = "/var/run/secrets/repository"
_CREDENTIALS_FILE = "credentials"

_PIPELINES = Shared(
    {
        "desc": "Run Kubeflow pipelines as this project",
        "selector": {"matchLabels": {"pipelines-access": "true"}},
        "env": [
            {
                "name": "KF_PIPELINES_SA_TOKEN_PATH",
                "value": "/var/run/secrets/kubeflow/pipelines/token",
            }
        ],
        "volumes": [
            {
                "name": "pipelines-token",
                "projected": {
                    "sources": [
                        {
                            "serviceAccountToken": {
                                "audience": "pipelines.kubeflow.org",
                                "expirationSeconds": 7200,
                                "path": "token",
                            }
                        }
                    ]
                },
            }
        ],
        "volumeMounts": [
            {
                "name": "pipelines-token",
                "mountPath": "/var/run/secrets/kubeflow/pipelines",
                "readOnly": True,
            }
        ],
    }
)

_REPOSITORY = Shared(
    {
        "desc": "Clone and push the project's repository",
        "selector": {"matchLabels": {"repository-access": "true"}},
        "env": [
            {"name": "GIT_CONFIG_COUNT", "value": "1"},
            {"name": "GIT_CONFIG_KEY_0", "value": "credential.helper"},
            {
                "name": "GIT_CONFIG_VALUE_0",
                "value": f"store --file={_CREDENTIALS_FOLDER}/{_CREDENTIALS_FILE}",
            },
        ],
        "volumes": [{"name": _CREDENTIALS, "secret": {"secretName": _CREDENTIALS}}],
        "volumeMounts": [
            {"name": _CREDENTIALS, "mountPath": _CREDENTIALS_FOLDER, "readOnly": True}
        ],
    }
)


def render(placement: Placement) -> Iterator[Manifest]:
    """Yield a development namespace's PodDefaults and what they mount."""
    if placement.in_production:
        return
    facts = placement.facts
    yield _pod_default(placement, "pipelines-access", _PIPELINES)
    yield _pod_default(placement, "package-index", _package_index(facts))
    network = _company_network(facts)
    if network is not None:
        if facts.platform.network.ca_bundle is not None:
            yield _certificates(placement, facts)
        yield _pod_default(placement, "company-network", network)
    if placement.profile.repository is not None and has_secret_store(placement):
        yield _repository_credentials(placement)
        yield _pod_default(placement, "repository-access", _REPOSITORY)


def _pod_default(placement: Placement, name: str, spec: Shared) -> Manifest:
    return {
        "apiVersion": "kubeflow.org/v1alpha1",
        "kind": "PodDefault",
        "metadata": metadata(placement, name),
        "spec": spec,
    }


@lru_cache(maxsize=64)
def _package_index(facts: ClusterFacts) -> Shared:
    index = facts.platform.supply.package_index
    return Shared(
        {
            "desc": "Install Python packages from the company's index",
            "selector": {"matchLabels": {"package-index": "true"}},
            "env": [
                {"name": "PIP_INDEX_URL", "value": index},
                {"name": "UV_DEFAULT_INDEX", "value": index},
            ],
        }
    )


@lru_cache(maxsize=64)
def _company_network(facts: ClusterFacts) -> Shared | None:
    """Return proxy and certificates in one PodDefault: neither is of use without the other."""
    network = facts.platform.network
    if network.proxy is None and network.ca_bundle is None:
        return None
    variables = {**_proxy_variables(facts), **_certificate_variables(facts)}
    spec: dict[str, Tree] = {
        "desc": "Reach hosts through the company network",
        "selector": {"matchLabels": {"company-network": "true"}},
        "env": [{"name": name, "value": value} for name, value in variables.items()],
    }
    if network.ca_bundle is not None:
        spec["volumes"] = [{"name": _CA_BUNDLE, "configMap": {"name": _CA_BUNDLE}}]
        spec["volumeMounts"] = [{"name": _CA_BUNDLE, "mountPath": _CA_FOLDER, "readOnly": True}]
    return Shared(spec)


def _proxy_variables(facts: ClusterFacts) -> dict[str, str]:
    proxy = facts.platform.network.proxy
    if proxy is None:
        return {}
    exceptions = ["localhost", "127.0.0.1", ".svc", ".cluster.local", facts.cluster.domain]
    exceptions += [*facts.cluster.api_server.ranges, *proxy.exceptions]
    values = {
        "HTTP_PROXY": proxy.http,
        "HTTPS_PROXY": proxy.https,
        "NO_PROXY": ",".join(exceptions),
    }
    # Programs disagree on the case of these names; some read only one of them.
    return {**values, **{name.lower(): value for name, value in values.items()}}


def _certificate_variables(facts: ClusterFacts) -> dict[str, str]:
    if facts.platform.network.ca_bundle is None:
        return {}
    readers = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO")
    return dict.fromkeys(readers, f"{_CA_FOLDER}/{_CA_FILE}")


def _certificates(placement: Placement, facts: ClusterFacts) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(placement, _CA_BUNDLE),
        "data": _certificate_data(facts),
    }


@lru_cache(maxsize=64)
def _certificate_data(facts: ClusterFacts) -> Shared:
    return Shared({_CA_FILE: facts.platform.network.ca_bundle})


def _repository_credentials(placement: Placement) -> Manifest:
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": metadata(placement, _CREDENTIALS),
        "spec": {
            "refreshInterval": "1h",
            "secretStoreRef": {"kind": "SecretStore", "name": SECRET_STORE},
            "target": {"name": _CREDENTIALS},
            "data": [
                {
                    "secretKey": _CREDENTIALS_FILE,
                    "remoteRef": {
                        "key": f"{placement.namespace}-{_CREDENTIALS}",
                        # The API server's defaults. Argo CD compares a list of a custom resource
                        # as a whole: without them the object would be out of sync for ever.
                        "conversionStrategy": "Default",
                        "decodingStrategy": "None",
                        "metadataPolicy": "None",
                    },
                }
            ],
        },
    }
