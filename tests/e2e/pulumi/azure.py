"""What the stand-in for azure-native knows: types from the Python SDK, plausible ids and outputs.

The SDK carries each property's name, type and values, and which are required. Azure's own limits
(lengths, regions, quotas, which settings go together) it does not carry: those are not checked.
"""

from __future__ import annotations

import base64
import importlib
import inspect
import json
import re
import typing
import uuid
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pulumi import _types
from tests.e2e.pulumi import wire
from tests.e2e.pulumi.stand_in import Kinds, StandIn

from tenantry.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.pulumi.stand_in import Fault
    from tests.e2e.pulumi.wire import Values

VERSION = "3.29.0"
SUBSCRIPTION = "aaaaaaaa-0000-0000-0000-000000000001"
TENANT = "11111111-2222-3333-4444-555555555555"

#: A kubeconfig holds a credential: the tests look for this one in the state.
CREDENTIAL = "a-credential-that-nobody-may-read"

_SCALARS: dict[type, tuple[type, ...]] = {
    str: (str,),
    bool: (bool,),
    int: (int, float),
    float: (int, float),
}
_WORDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


def stand_in() -> StandIn:
    """Return a stand-in for the provider azure-native."""
    kinds = Kinds(
        faults=lambda type_, inputs: list(faults(type_, inputs)),
        identify=identify,
        outputs=outputs,
        invoked=invoked,
        fixed=frozenset(("location", "resourceGroupName", *_NAMES)),
    )
    return StandIn("azure-native", VERSION, kinds)


#: The SDK holds one API version of each type; a token may name another.
_VERSION = re.compile(r"/v[0-9]{8}(preview)?(?=:)")


@lru_cache(maxsize=256)
def _arguments(type_: str) -> type | None:
    """Return the SDK's class of a resource's arguments, or None where there is no such type."""
    _, _, rest = _VERSION.sub("", type_).partition(":")
    module, _, name = rest.partition(":")
    try:
        resource = getattr(importlib.import_module(f"pulumi_azure_native.{module}"), name)
    except (ImportError, AttributeError):
        return None
    # Where another type took the name, it is <name>InitArgs; the module lists its own two alone.
    home = inspect.getmodule(resource)
    listed = next(each for each in getattr(home, "__all__", ()) if each.endswith("Args"))
    found: type = getattr(home, listed)
    return found


@lru_cache(maxsize=2048)
def _fields(arguments: type) -> dict[str, tuple[Any, bool]]:
    """Return type and whether it is required, by name as the provider knows it."""
    names = _types.input_type_py_to_pulumi_names(arguments)
    hints = _types.input_type_types(arguments)
    given = inspect.signature(arguments.__init__).parameters  # type: ignore[misc] # a class of the SDK's
    return {
        name: (hints[name], given[python].default is inspect.Parameter.empty)
        for python, name in names.items()
        if python in given
    }


def faults(type_: str, inputs: Values) -> Iterator[Fault]:
    """Yield what is wrong with the inputs of a type."""
    arguments = _arguments(type_)
    if arguments is None:
        yield "", f"{type_} is no type of this provider"
        return
    yield from _block(arguments, inputs, "")


def _block(arguments: type, values: Values, path: str) -> Iterator[Fault]:
    fields = _fields(arguments)
    for name, value in values.items():
        if name.startswith("__"):
            continue  # the SDK's own, such as __defaults
        if name not in fields:
            yield f"{path}{name}", f"is no property here ({nearest(name, list(fields))})"
        elif value is not None:
            yield from _value(fields[name][0], value, f"{path}{name}")
    for name, (_, required) in fields.items():
        if required and values.get(name) is None:
            yield f"{path}{name}", "is required and missing"


def _value(hint: Any, value: Any, path: str) -> Iterator[Fault]:  # noqa: ANN401 - a typing form
    if value == wire.UNKNOWN:
        return
    hint = _types.unwrap_type(hint)
    origin = typing.get_origin(hint)
    if origin is typing.Union:
        yield from _one_of(typing.get_args(hint), value, path)
    elif _types.is_input_type(hint):
        if isinstance(value, dict):
            yield from _block(hint, value, f"{path}.")
        else:
            yield path, f"is {_said(value)}, not a block"
    elif origin is not None and isinstance(origin, type):
        yield from _collection(hint, origin, value, path)
    elif isinstance(hint, type):
        yield from _scalar(hint, value, path)


def _one_of(hints: tuple[Any, ...], value: Any, path: str) -> Iterator[Fault]:  # noqa: ANN401 - as above
    """Hold a value against alternatives. Text beside an enumeration is only the SDK's leniency."""
    wanted = [hint for hint in hints if hint is not type(None)]
    values = [hint for hint in wanted if isinstance(hint, type) and issubclass(hint, Enum)]
    found = [list(_value(hint, value, path)) for hint in values or wanted]
    if all(found):
        yield from min(found, key=len)


def _collection(hint: Any, origin: type, value: Any, path: str) -> Iterator[Fault]:  # noqa: ANN401 - as above
    inner = typing.get_args(hint)
    if issubclass(origin, typing.get_origin(typing.Mapping[str, str])):  # type: ignore[arg-type] # abc.Mapping
        if not isinstance(value, dict):
            yield path, f"is {_said(value)}, not a mapping"
            return
        for key, each in value.items():
            yield from _value(inner[1], each, f"{path}.{key}")
        return
    if not isinstance(value, list):
        yield path, f"is {_said(value)}, not a list"
        return
    for number, each in enumerate(value):
        yield from _value(inner[0], each, f"{path}[{number}]")


def _scalar(hint: type, value: Any, path: str) -> Iterator[Fault]:  # noqa: ANN401 - as above
    if issubclass(hint, Enum):
        known = [str(member.value) for member in hint]
        if value not in [member.value for member in hint]:
            yield (
                path,
                f"is {_said(value)}, not a value of {hint.__name__} ({nearest(str(value), known)})",
            )
        return
    allowed = _SCALARS.get(hint)
    if allowed is None:
        return
    wrong = not isinstance(value, allowed) or (isinstance(value, bool) and hint is not bool)
    if wrong or (hint is int and value != int(value)):
        yield path, f"is {_said(value)}, not {_WORDS[hint]}"


def _said(value: object) -> str:
    if isinstance(value, (dict, list)):
        return "a block" if isinstance(value, dict) else "a list"
    return repr(value)


#: Properties that name a resource in its group or parent, most specific first.
_NAMES = (
    "federatedIdentityCredentialResourceName",
    "relativeRecordSetName",
    "roleAssignmentName",
    "containerName",
    "blobServicesName",
    "agentPoolName",
    "configName",
    "subnetName",
    "privateDnsZoneGroupName",
    "virtualNetworkLinkName",
    "privateEndpointName",
    "natGatewayName",
    "publicIpAddressName",
    "networkSecurityGroupName",
    "virtualNetworkName",
    "managementPolicyName",
    "accountName",
    "vaultName",
    "registryName",
    "workspaceName",
    "ruleName",
    "actionGroupName",
    "budgetName",
    "zoneName",
    "privateZoneName",
    "resourceName",
    "resourceGroupName",
)


def identify(type_: str, name: str, inputs: Values) -> str:
    """Return an id of Azure's form."""
    if type_.endswith(":ResourceGroup"):
        return _group(inputs, name)
    module, kind = _VERSION.sub("", type_).split(":")[1:]
    own = next((str(inputs[key]) for key in _NAMES[:-1] if inputs.get(key)), name)
    scope = str(inputs.get("scope") or _group(inputs, "none"))
    parent = "".join(
        f"/{inputs[key]}" for key in _NAMES[:-1] if inputs.get(key) and inputs[key] != own
    )
    return f"{scope}/providers/Microsoft.{module}/{kind}{parent}/{own}"


def _group(inputs: Values, name: str) -> str:
    group = inputs.get("resourceGroupName", name)
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}"


def _uuid(name: str, what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name}/{what}"))


def _cluster(name: str, inputs: Values) -> Values:
    issuer = (
        f"https://{inputs.get('location')}.oic.prod-aks.azure.com/{TENANT}/{_uuid(name, 'issuer')}/"
    )
    own = name.rsplit("/", 1)[-1]
    return {
        "oidcIssuerProfile": {"enabled": True, "issuerURL": issuer},
        "fqdn": f"{own}.hcp.{inputs.get('location')}.azmk8s.io",
        "privateFQDN": f"{own}.private.{inputs.get('location')}.azmk8s.io",
        "nodeResourceGroup": inputs.get("nodeResourceGroup", f"MC_{own}"),
        "identityProfile": {
            "kubeletidentity": {
                "clientId": _uuid(name, "kubelet-client"),
                "objectId": _uuid(name, "kubelet-object"),
                "resourceId": f"{name}-kubelet",
            }
        },
        "currentKubernetesVersion": f"{inputs.get('kubernetesVersion', '1.35')}.0",
    }


def _identity(name: str, _inputs: Values) -> Values:
    known = {what: _uuid(name, what) for what in ("clientId", "principalId")}
    return {**known, "tenantId": TENANT}


def _vault(name: str, inputs: Values) -> Values:
    uri = f"https://{name.rsplit('/', 1)[-1]}.vault.azure.net/"
    return {"properties": {**inputs.get("properties", {}), "vaultUri": uri}}


def _account(name: str, _inputs: Values) -> Values:
    own = name.rsplit("/", 1)[-1]
    places = {kind: f"https://{own}.{kind}.core.windows.net/" for kind in ("blob", "dfs", "file")}
    return {"primaryEndpoints": places}


_OUTPUTS: dict[str, Callable[[str, Values], Values]] = {
    "containerservice:ManagedCluster": _cluster,
    "managedidentity:UserAssignedIdentity": _identity,
    "keyvault:Vault": _vault,
    "storage:StorageAccount": _account,
    "containerregistry:Registry": lambda name, _: {
        "loginServer": f"{name.rsplit('/', 1)[-1]}.azurecr.io"
    },
    "operationalinsights:Workspace": lambda name, _: {"customerId": _uuid(name, "customer")},
    "network:PublicIPAddress": lambda name, _: {
        "ipAddress": f"20.50.0.{uuid.uuid5(uuid.NAMESPACE_URL, name).int % 254 + 1}"
    },
    "dns:Zone": lambda _name, _: {"nameServers": [f"ns{n}-01.azure-dns.example." for n in (1, 2)]},
}


def outputs(type_: str, name: str, inputs: Values) -> Values:
    """Return what Azure would add to the inputs of a resource."""
    own = _OUTPUTS.get(_VERSION.sub("", type_).partition(":")[2])
    basis: Values = {
        "name": name.rsplit("/", 1)[-1],
        "type": type_,
        "provisioningState": "Succeeded",
    }
    return {**basis, **_identities(inputs), **(own(name, inputs) if own else {})}


def _identities(inputs: Values) -> Values:
    """Return the identities of a resource: a list goes in, a mapping comes out."""
    identity = inputs.get("identity")
    if not isinstance(identity, dict) or not identity.get("userAssignedIdentities"):
        return {}
    users = {name: _identity(name, {}) for name in identity["userAssignedIdentities"]}
    return {"identity": {**identity, "userAssignedIdentities": users}}


def invoked(token: str, arguments: Values) -> Values:
    """Return the answer of a function: whatever is asked for exists."""
    _, module, function = token.split(":")
    if function == "getClientConfig":
        return {
            "clientId": _uuid("client", "id"),
            "objectId": _uuid("client", "object"),
            "subscriptionId": SUBSCRIPTION,
            "tenantId": TENANT,
        }
    if function.startswith("listManagedCluster"):
        text = json.dumps({"users": [{"name": "cluster", "user": {"token": CREDENTIAL}}]})
        value = base64.b64encode(text.encode()).decode()  # as Azure answers
        return {"kubeconfigs": [{"name": "cluster", "value": value}]}
    kind = f"{module}:{function.removeprefix('get')}"
    found = identify(f"azure-native:{kind}", "read", arguments)
    location = {"location": "westeurope"}
    return {
        "id": found,
        **location,
        **arguments,
        **outputs(f"azure-native:{kind}", found, location),
    }
