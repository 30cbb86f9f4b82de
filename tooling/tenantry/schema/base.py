"""What all models share: strictness, names, and the vocabulary of field types."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from tenantry.quantity import BYTES_PATTERN, CPU_PATTERN, Quantity, parse_bytes, parse_cpu


class Model(BaseModel):
    """A block of a file. Unknown fields are faults; values never change after reading.

    Models are built when first used: most commands use only some. What a field means stands in
    the string below it; `schema.descriptions` reads those for whoever needs them, since reading
    them costs more than all else that a model costs.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
        defer_build=True,
    )


@dataclass(frozen=True, slots=True)
class Cure:
    """What to type where a field's value is refused. Stands in the field's annotation."""

    text: str


@dataclass(frozen=True, slots=True)
class NamedIn:
    """Which block of the same file declares names that may stand in a field."""

    block: str


@dataclass(frozen=True, slots=True)
class FilledBy:
    """Who writes a fact, named when it is missing. Stands in the field's annotation."""

    whom: str


@dataclass(frozen=True, slots=True)
class Settles:
    """Which kinds of doubtful plain scalar (`reader.scalars`) the field's own type settles."""

    kinds: frozenset[str]


_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _text_of(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return value if isinstance(value, str) else repr(value)


def _read_cpu(value: object) -> Quantity:
    text = _text_of(value)
    quantity = parse_cpu(text) if text is not None else None
    if quantity is None:
        raise PydanticCustomError("quantity", "is not an amount of CPU that a pod can ask for")
    return quantity


def _read_bytes(value: object) -> Quantity:
    text = _text_of(value)
    quantity = parse_bytes(text) if text is not None else None
    if quantity is None:
        if text is not None and _NUMBER.fullmatch(text):
            raise PydanticCustomError("quantity", "has no unit")
        raise PydanticCustomError("quantity", "is not an amount that a pod can ask for")
    return quantity


def _read_date(value: object) -> date:
    # Later versions of `fromisoformat` take other forms too, such as 2026-W05-6.
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise PydanticCustomError("calendar_date", "is not a date of the form year-month-day")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("calendar_date", "is not a day of the calendar") from None


#: One DNS label: the rule for namespaces (RFC 1123).
LABEL_PATTERN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
HOST_PATTERN = r"^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
EMAIL_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._%+'-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
LABEL_VALUE_PATTERN = r"^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"

DnsLabel = Annotated[
    str,
    Field(pattern=LABEL_PATTERN, min_length=1, max_length=63),
    Cure("use lower-case letters, digits and hyphens; start and end with a letter or digit"),
]
Host = Annotated[
    str,
    Field(pattern=HOST_PATTERN, max_length=253),
    Cure(
        "write only the host's name, in small letters, such as api.github.com: no https://, port, "
        "path, * or IP address"
    ),
]
Email = Annotated[
    str,
    Field(pattern=EMAIL_PATTERN, max_length=254),
    Cure("write an e-mail address such as jane.doe@example.com"),
]
LabelValue = Annotated[
    str,
    Field(pattern=LABEL_VALUE_PATTERN, max_length=63),
    Cure("use up to 63 letters, digits, '-', '_' and '.'; start and end with a letter or digit"),
]
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
AddressRange = Annotated[
    str,
    Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/([0-9]|[12][0-9]|3[0-2])$"),
    Cure("write an IPv4 range such as 10.0.0.0/24"),
]
Address = Annotated[
    str,
    Field(pattern=rf"^({_OCTET}\.){{3}}{_OCTET}$"),
    Cure("write an IPv4 address such as 10.20.16.10"),
]
HttpsUrl = Annotated[
    str,
    Field(pattern=r"^https://[^\s/@?#]+(/[^\s@?#]*)?$", max_length=2048),
    Cure("write an address that starts with https:// and holds no user name, password or ?"),
]
Port = Annotated[
    StrictInt, Field(ge=1, le=65535), Cure("write a port number from 1 to 65535, without quotes")
]
Switch = Annotated[StrictBool, Cure("write true or false, without quotes")]
Count = Annotated[
    StrictInt,
    Field(ge=0, le=1_000_000),
    Cure("write a whole number from 0 to 1000000, without quotes"),
]
Cpu = Annotated[
    Quantity,
    BeforeValidator(_read_cpu),
    WithJsonSchema({"type": ["string", "number"], "pattern": CPU_PATTERN, "minimum": 0}),
    Cure("write cores such as 4 or 0.5, or thousandths of a core such as 500m"),
    Settles(frozenset({"decimal"})),
]
Bytes = Annotated[
    Quantity,
    BeforeValidator(_read_bytes),
    WithJsonSchema({"type": "string", "pattern": BYTES_PATTERN}),
    Cure("write a number and, without a space, Mi, Gi or Ti: such as 16Gi"),
]
CalendarDate = Annotated[
    date,
    BeforeValidator(_read_date),
    WithJsonSchema({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
    Cure("write a day as year-month-day, such as 2027-03-31"),
    Settles(frozenset({"date"})),
]
