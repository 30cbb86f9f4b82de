"""What a namespace's pods need to be somebody in Azure, without a stored secret.

The managed identity itself is a fact from infrastructure; here it trusts the namespace's service
accounts. `default-editor` belongs to Kubeflow's controller and is never rendered, so its pods get
the token and the client id from a PodDefault and a ConfigMap instead of annotations.

Sources: Azure/azure-workload-identity pkg/webhook/consts.go; crossplane-contrib/
provider-upjet-azure managedidentity.azure.m.upbound.io/v1beta1; external-secrets
apis/externalsecrets/v1/secretstore_azurekv_types.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.manifest import Shared
from tenantry.naming import EDITOR
from tenantry.render.metadata import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.manifest import Manifest, Tree
    from tenantry.placement import Placement
    from tenantry.schema.cluster import Azure

#: ConfigMap, PodDefault and volume of a pod's Azure identity.
WORKLOAD_IDENTITY = "azure-workload-identity"

#: SecretStore of the team's secrets.
SECRET_STORE = "key-vault"  # noqa: S105 - a name

_SECRETS_ACCOUNT = "external-secrets"
_AUDIENCE = "api://AzureADTokenExchange"
_TOKEN_FOLDER = "/var/run/secrets/azure/tokens"  # noqa: S105 - a path
_TOKEN_FILE = "azure-identity-token"  # noqa: S105 - a path

_POD_DEFAULT = Shared(
    {
        "desc": "Use the project's Azure identity",
        "selector": {"matchLabels": {WORKLOAD_IDENTITY: "true"}},
        "envFrom": [{"configMapRef": {"name": WORKLOAD_IDENTITY}}],
        "volumes": [
            {
                "name": WORKLOAD_IDENTITY,
                "projected": {
                    "sources": [
                        {
                            "serviceAccountToken": {
                                "audience": _AUDIENCE,
                                "expirationSeconds": 3600,
                                "path": _TOKEN_FILE,
                            }
                        }
                    ]
                },
            }
        ],
        "volumeMounts": [{"name": WORKLOAD_IDENTITY, "mountPath": _TOKEN_FOLDER, "readOnly": True}],
    }
)


def client_id(placement: Placement) -> str | None:
    """Return the client id of the namespace's identity, or None while nobody knows it."""
    return placement.facts.outputs.identities.get(placement.namespace)


def has_secret_store(placement: Placement) -> bool:
    """Whether the namespace gets a SecretStore."""
    outputs = placement.facts.outputs
    known = outputs.azure is not None and outputs.key_vault is not None
    return known and client_id(placement) is not None


def render(placement: Placement) -> Iterator[Manifest]:
    """Yield trust, ConfigMap, PodDefault and SecretStore, as far as the facts are known."""
    azure, client = placement.facts.outputs.azure, client_id(placement)
    if azure is None or client is None:
        return  # a rule warns that the facts are missing
    yield _federation(placement, azure, EDITOR)
    yield _configuration(placement, azure, client)
    yield {
        "apiVersion": "kubeflow.org/v1alpha1",
        "kind": "PodDefault",
        "metadata": metadata(placement, WORKLOAD_IDENTITY),
        "spec": _POD_DEFAULT,
    }
    vault = placement.facts.outputs.key_vault
    if vault is not None:
        yield _federation(placement, azure, _SECRETS_ACCOUNT)
        yield from _secret_store(placement, azure, vault, client)


def _federation(placement: Placement, azure: Azure, account: str) -> Manifest:
    namespace = placement.namespace
    parent = (
        f"/subscriptions/{azure.subscription_id}/resourceGroups/{azure.resource_group}"
        f"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{namespace}"
    )
    return {
        "apiVersion": "managedidentity.azure.m.upbound.io/v1beta1",
        "kind": "FederatedIdentityCredential",
        # Azure keys it by this name within the identity, which two clusters may share.
        "metadata": metadata(placement, f"{placement.facts.name}-{account}"),
        "spec": {
            "forProvider": {
                "audience": [_AUDIENCE],
                "issuer": azure.oidc_issuer,
                "parentId": parent,
                "resourceGroupName": azure.resource_group,
                "subject": f"system:serviceaccount:{namespace}:{account}",
            },
            "providerConfigRef": {"kind": "ClusterProviderConfig", "name": "default"},
        },
    }


def _configuration(placement: Placement, azure: Azure, client: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(placement, WORKLOAD_IDENTITY),
        "data": {
            "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
            "AZURE_CLIENT_ID": client,
            "AZURE_FEDERATED_TOKEN_FILE": f"{_TOKEN_FOLDER}/{_TOKEN_FILE}",
            "AZURE_TENANT_ID": azure.tenant_id,
        },
    }


def _secret_store(
    placement: Placement, azure: Azure, vault: str, client: str
) -> Iterator[Manifest]:
    # The client id must stand on an account, and default-editor is not ours to annotate.
    annotations: dict[str, Tree] = {"azure.workload.identity/client-id": client}
    yield {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(placement, _SECRETS_ACCOUNT, annotations),
        "automountServiceAccountToken": False,
    }
    yield {
        "apiVersion": "external-secrets.io/v1",
        "kind": "SecretStore",
        "metadata": metadata(placement, SECRET_STORE),
        "spec": {
            "provider": {
                "azurekv": {
                    "authType": "WorkloadIdentity",
                    "serviceAccountRef": {"name": _SECRETS_ACCOUNT},
                    "tenantId": azure.tenant_id,
                    "vaultUrl": vault,
                }
            }
        },
    }
