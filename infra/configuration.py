"""The selected stack's configuration as a model: all that is wrong with it at once, then nothing.

Pulumi hands over text for plain values and JSON for blocks; here each becomes what its field wants.
Which fields there are is the programs' business.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

import pulumi
from pulumi.runtime.config import CONFIG, is_config_secret
from pydantic import Field, StrictInt

from infra.refusal import refused
from tenantry.findings import Finding
from tenantry.reader.document import Document
from tenantry.schema.base import Cure, Model
from tenantry.schema.check import check
from tenantry.schema.introspection import field_names
from tenantry.spelling import nearest
from tenantry.wording import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

M = TypeVar("M", bound=Model)

#: Namespaces of configuration that the engine and the providers read themselves.
_OTHERS = ("pulumi", "azure-native", "kubernetes")


class Project(Model):
    """What Pulumi.yaml configures for all stacks."""

    shards: Annotated[
        StrictInt,
        Field(ge=1, le=100),
        Cure("write a whole number from 1 to 100"),
    ]
    """How many stacks share the tenants of a cluster: 25 tenants each are previewed in time."""


class Nothing(Model):
    """The configuration of a stack that takes none of its own."""


def read_project() -> Project:
    """Return what is configured for all stacks. Raises RefusedError."""
    given = {key: text for key, text in _given() if key in field_names(Project)}
    return _checked(Project, given, "Pulumi.yaml", [])


def read(model: type[M]) -> M:
    """Return the stack's own configuration. Raises RefusedError, which names every fault of it."""
    path = f"Pulumi.{pulumi.get_stack()}.yaml"
    given = {key: text for key, text in _given() if key not in field_names(Project)}
    return _checked(model, given, path, [*_strangers(model, path), *_secrets(given, path)])


def _given() -> Iterator[tuple[str, str]]:
    """Yield key and text of all that is configured in the project's own namespace."""
    for name, text in CONFIG.get().items():
        namespace, _, key = name.partition(":")
        if namespace == pulumi.get_project():
            yield key, text


def _checked(model: type[M], given: dict[str, str], path: str, findings: list[Finding]) -> M:
    data = {key: _value(model, key, text) for key, text in given.items()}
    value, faults = check(model, Document(path, data))
    findings += [_of_configuration(fault) for fault in faults]
    if value is None or findings:
        raise refused(findings, f"{path} does not configure this stack; nothing was registered:")
    return value


def _value(model: type[BaseModel], key: str, text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a value as YAML meant it, which Pulumi hands over as text."""
    infos = (info for name, info in model.model_fields.items() if key in (name, info.alias))
    info = next(infos, None)
    if info is None or _takes_text(info.annotation):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _takes_text(annotation: Any) -> bool:  # noqa: ANN401 - a typing form
    """Whether a field takes one text. A list or block of texts comes as JSON."""
    if isinstance(annotation, type):
        return issubclass(annotation, str)
    origin = getattr(annotation, "__origin__", None)
    return origin not in (list, tuple, dict) and any(map(_takes_text, get_args(annotation)))


def _strangers(model: type[BaseModel], path: str) -> Iterator[Finding]:
    """Yield a finding for each key of a namespace that nobody reads."""
    own = pulumi.get_project()
    known = [f"{own}:{name}" for name in field_names(model)]
    for name in CONFIG.get():
        if name.partition(":")[0] not in (own, *_OTHERS):
            yield Finding(
                path, "unknown-field", f"nothing reads {excerpt(name)}", nearest(name, known)
            )


def _secrets(given: dict[str, str], path: str) -> Iterator[Finding]:
    """Yield a finding for each secret: what we read, we might write into the state in plain."""
    for key in given:
        name = f"{pulumi.get_project()}:{key}"
        if is_config_secret(name):
            yield Finding(
                path,
                "secret",
                f"{key} is a secret, and no program here takes one",
                f"run: pulumi config rm {key}; keep secrets in the key vault",
            )


def _of_configuration(fault: Finding) -> Finding:
    """Return a finding in the words of Pulumi's configuration, which knows no lines."""
    message = fault.message.replace("the file has no ", "the stack's configuration has no ", 1)
    return Finding(
        fault.path, fault.rule, message, _cure(fault), fault.field, severity=fault.severity
    )


def _cure(fault: Finding) -> str:
    if fault.rule != "missing-field" or len(fault.field) != 1:
        return fault.cure
    return f'add "{pulumi.get_project()}:{fault.field[0]}:" below "config:"'
