"""Guards of what people need later: whose a resource is, and which of Azure's APIs made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.azure.versions import API_VERSIONS, UNTAGGED
from infra.guards.resource import Guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.guards.resource import Made

#: What every resource says of itself.
TAGS = ("cluster", "cost-center", "managed-by", "owner")


def _tags(made: Made) -> Iterator[str]:
    if made.kind in UNTAGGED:
        return
    tags = made.get("tags")
    missing = [each for each in TAGS if not isinstance(tags, dict) or not tags.get(each)]
    if missing:
        yield f"it has no tag {', '.join(missing)}"


def _version(made: Made) -> Iterator[str]:
    if made.type.removeprefix("azure-native:") not in API_VERSIONS:
        yield (
            "infra/azure/versions.py does not say which version of Azure's API makes it (the SDK's "
            "own documentation of the class names it)"
        )


GUARDS = (
    Guard(
        "tags",
        (),
        f"Every resource that can carry tags has {', '.join(f'`{each}`' for each in TAGS)}.",
        "Else nobody knows whose it is and who pays.",
        _tags,
    ),
    Guard(
        "api-version-known",
        (),
        "The version of Azure's API is known for every type of resource.",
        "The SDK moves it with its own version; a move must show in review.",
        _version,
    ),
)
