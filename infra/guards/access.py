"""Guards of who may do what in Azure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from infra.guards.resource import LATER, Guard, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.guards.resource import Made

#: Roles that may do everything, or make themselves able to.
_BROAD = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
}
#: The role that gives roles: only with a condition that says which.
_GIVES_ROLES = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
_ROLE = re.compile(
    r"(/subscriptions/[^/]+)?/providers/Microsoft\.Authorization/roleDefinitions/[^/]+"
)
_WIDE_SCOPE = re.compile(
    r"/|/subscriptions/[^/]+/?|/providers/Microsoft\.Management/managementGroups/[^/]+/?",
    re.IGNORECASE,
)
#: An action that says of which service and of what in it. Azure does not mind large and small
#: letters, and takes a star anywhere.
_NAMED = re.compile(r"[a-z]+(\.[a-z]+)+/[a-z0-9]+/.+", re.IGNORECASE)
_GIVING = re.compile(r"microsoft\.authorization/", re.IGNORECASE)
_AUDIENCE = "api://AzureADTokenExchange"
_SUBJECT = re.compile(r"system:serviceaccount:[a-z0-9-]+:[a-z0-9.-]+")


def _narrow(made: Made) -> Iterator[str]:
    role, scope = made.get("role_definition_id"), made.get("scope")
    if not isinstance(role, str) or not _ROLE.fullmatch(role):
        yield f"role_definition_id {shown(role)}, and must be a role's id, written out"
    known = str(role).rpartition("/")[2].lower()
    if known in _BROAD:
        yield f"it gives the role {_BROAD[known]}"
    if known == _GIVES_ROLES and not made.get("condition"):
        yield "it lets somebody give any role: a condition must say which"
    if scope is not LATER and _WIDE_SCOPE.fullmatch(str(scope)):
        yield "it holds for the whole subscription, or more"


def _custom(made: Made) -> Iterator[str]:
    permissions = made.get("permissions")
    if not isinstance(permissions, list):
        yield f"permissions {shown(permissions)}, and must be written out"
        return
    for permission in permissions:
        for kind in ("actions", "data_actions"):
            yield from _actions(permission.get(kind) if isinstance(permission, dict) else LATER)


def _actions(actions: object) -> Iterator[str]:
    for action in actions if isinstance(actions, list) else [actions] if actions else []:
        if not isinstance(action, str):
            yield f"an action {shown(action)}, and must be written out"
        elif _GIVING.match(action) or not _NAMED.fullmatch(action):
            yield f"it allows {action}: name what it is for"


def _trust(made: Made) -> Iterator[str]:
    subject, audiences = made.get("subject"), made.get("audiences")
    if not _SUBJECT.fullmatch(str(subject)):
        yield f"subject {shown(subject)}, and must be one service account"
    if audiences != [_AUDIENCE]:
        yield f"audiences {shown(audiences)}, and must be [{_AUDIENCE!r}]"


GUARDS = (
    Guard(
        "roles-narrow",
        ("authorization:RoleAssignment",),
        "No role that may do everything, none on the whole subscription or above, and none that "
        "gives roles without saying which.",
        "Whoever takes over one pod would have the company.",
        _narrow,
    ),
    Guard(
        "custom-roles-narrow",
        ("authorization:RoleDefinition",),
        "A role of our own names what it is for, and cannot give roles.",
        "A star grows with every service that Azure adds.",
        _custom,
    ),
    Guard(
        "trust-narrow",
        ("managedidentity:FederatedIdentityCredential",),
        "Azure takes one service account of one namespace for an identity.",
        "A wider trust is a password that every pod has.",
        _trust,
    ),
)
