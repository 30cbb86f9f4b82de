"""What may be wrong with files and folders before anything in them is judged, in words.

Owns the wording. Who looks is `sources` and `tenants`.
"""

from __future__ import annotations

import os

from tenantry import layout
from tenantry.findings import Finding
from tenantry.spelling import close_name, nearest


def unreadable_file(path: str, error: OSError) -> Finding:
    """Return the finding of a file that is there and cannot be read."""
    if os.path.islink(path) or error.errno in (40, 62):  # noqa: PTH114 - ELOOP on Linux, macOS
        return link(path)
    return Finding(
        path,
        "unreadable-file",
        f"the file cannot be read: {error.strerror or error}",
        "make it a regular file that you may read",
    )


def missing_file(path: str, who: str) -> Finding:
    """Return the finding of a file that must be there and is not; `who` writes it."""
    return Finding(path, "missing-file", "the file is missing", f"to be written by {who}")


def unread_file(path: str, known: list[str]) -> Finding:
    """Return the finding of a file that stands where only the `known` ones are read."""
    folder, _, name = path.rpartition("/")
    return Finding(
        path,
        "unexpected-file",
        f"nothing reads this file: of {folder}/ only {', '.join(known)} are read",
        nearest(name, known) if close_name(name, known) else "move it elsewhere, or delete it",
    )


def link(path: str) -> Finding:
    """Return the finding of a symbolic link."""
    return Finding(
        path,
        "link",
        "this is a symbolic link, and links are not followed",
        "replace it with the file itself",
    )


def unusable_folder_name(path: str) -> Finding:
    """Return the finding of a cluster's or app's folder whose name nothing can have."""
    return Finding(
        path,
        "folder-name",
        "the folder's name cannot name anything on a cluster",
        "rename it: lower-case letters, digits and hyphens, at most 63 characters; start and end "
        "with a letter or digit",
    )


def no_upstream(path: str) -> Finding:
    """Return the finding of a generated file about an app that is not as it was generated."""
    app = path.split("/")[1]
    return Finding(
        path,
        "malformed-upstream",
        f"the file does not say what {app}'s source holds in the form that is generated now",
        f"run: tenantry inspect {app}",
    )


def no_object(path: str) -> Finding:
    """Return the finding of a manifest that is no object."""
    return Finding(
        path,
        "no-object",
        "the file holds no Kubernetes object",
        "write one object a file, with apiVersion, kind and metadata.name, each of them text",
    )


def no_claim_kind(path: str, error: Exception) -> Finding:
    """Return the finding of an XRD that offers no claim kind."""
    reason = str(error).strip("'") or type(error).__name__
    return Finding(
        path,
        "no-claim-kind",
        f"the XRD offers no claim kind: {reason} is missing or of the wrong form",
        f'write it as {layout.APPS_PAGE} says under "A new kind of claim"',
    )


def duplicate_claim_kind(path: str, kind: str, other: str) -> Finding:
    """Return the finding of an XRD that offers the kind of another."""
    return Finding(
        path,
        "duplicate-claim-kind",
        f"the kind {kind} is offered by {other} as well",
        "give it a kind of its own: claims name no group",
        ("spec", "names", "kind"),
    )
