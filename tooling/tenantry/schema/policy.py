"""The cases of a policy, `policies/<policy>/cases.yaml`: what the API server accepts and refuses.

Owns the fields and their forms. Who asks them is the end-to-end tests' business.
"""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from tenantry.schema.base import Cure, Model

Sentence = Annotated[
    str,
    Field(min_length=1, max_length=200),
    Cure("say in a sentence who does what"),
]


class Case(Model):
    """A request that must be accepted."""

    says: Sentence
    """What happens, in a sentence. No two cases of a policy say the same."""
    by: Annotated[
        str,
        Field(min_length=1, max_length=300),
        Cure("write admin, contributor, default-editor, administrator or a full user name"),
    ]
    """Who asks: `admin` and `contributor` of the namespace, its service account `default-editor`,
    `argo-cd`, the cluster's `administrator`, or a user name such as
    `system:serviceaccount:kubeflow:katib-controller`."""
    where: Annotated[
        Literal["development", "production", "platform"],
        Cure("write development, production or platform"),
    ] = "development"
    """In whose namespace: a team's in development or production, or one of the platform."""
    verb: Annotated[
        Literal["create", "update", "delete", "deletecollection"],
        Cure("write create, update, delete or deletecollection"),
    ]
    """What is done."""
    subresource: Annotated[
        str | None,
        Field(pattern=r"^[a-z]+$", max_length=50),
        Cure("write the name of a subresource, such as finalize"),
    ] = None
    """Which part of the object is written, where it is not the object itself."""
    before: Annotated[dict[str, JsonValue] | None, Cure("write a Kubernetes object")] = None
    """An object that is there already, made for this case. Rendered ones need not be named."""
    object: Annotated[
        dict[str, JsonValue],
        Field(min_length=1),
        Cure("write a Kubernetes object; of one that is updated, only what changes"),
    ]
    """The object; of an update, what changes in it (null removes a field); of a deletion, its
    name."""


class RefusedCase(Case):
    """A request that must be refused."""

    unlike: Sentence
    """Which accepted case shows that nothing else was in its way."""


class Refusal(Model):
    """What one validation of the policy must refuse."""

    message: Annotated[
        str,
        Field(min_length=1, max_length=500),
        Cure("copy the message of the validation that refuses"),
    ]
    """The message of the validation."""
    cases: Annotated[
        tuple[RefusedCase, ...],
        Field(min_length=1),
        Cure("write at least one request that the validation must refuse"),
    ]
    """Requests that it must refuse."""


class Cases(Model):
    """What a policy must accept and refuse."""

    accepted: Annotated[
        tuple[Case, ...],
        Field(min_length=1),
        Cure("write at least one request that must be accepted"),
    ]
    """Requests that must be accepted."""
    refused: Annotated[
        tuple[Refusal, ...],
        Field(min_length=1),
        Cure("write what each validation must refuse"),
    ]
    """Requests that must be refused, by the validation that does it."""
