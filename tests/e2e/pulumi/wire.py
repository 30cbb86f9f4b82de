"""Values as Pulumi's engine sends them to a provider: secrets wrapped, some not known yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What stands for a value that only the update itself will bring (sdk/go/common/resource/plugin).
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of a secret, not one

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value too large to look at, such as the schema in a definition, as it was sent."""

    content: bytes


#: Bytes from which a property is not looked at: Python takes seconds for some definitions.
_LARGE = 1 << 16


def read(struct: Struct) -> Values:
    """Return what a message holds, secrets still wrapped."""
    return {key: _read(value) for key, value in struct.fields.items()}


def _read(value: Value) -> Any:  # noqa: ANN401 - whatever JSON holds
    if value.ByteSize() > _LARGE:
        return Opaque(value.SerializeToString(deterministic=True))
    return MessageToDict(value)


def write(values: Mapping[str, Any]) -> Struct:
    """Return values as a message."""
    struct = Struct()
    struct.update({key: value for key, value in values.items() if not isinstance(value, Opaque)})
    for key, value in values.items():
        if isinstance(value, Opaque):
            struct.fields[key].ParseFromString(value.content)
    return struct


def secret(value: object) -> Values:
    """Wrap a value, so that the engine encrypts it in the state."""
    return {_SIGNATURE: _SECRET, "value": value}


def bare(value: Any) -> Any:  # noqa: ANN401 - whatever a resource may hold
    """Return a value with all secrets in it unwrapped."""
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            return bare(value["value"])
        return {key: bare(each) for key, each in value.items()}
    if isinstance(value, list):
        return [bare(each) for each in value]
    return value


def foreseen(inputs: Any, outputs: Any) -> Any:  # noqa: ANN401 - as above
    """Return outputs as a preview knows them: what was given, and marks for what was not."""
    if inputs == outputs:
        return outputs
    if isinstance(inputs, dict) and isinstance(outputs, dict):
        return {key: foreseen(inputs.get(key), value) for key, value in outputs.items()}
    return UNKNOWN
