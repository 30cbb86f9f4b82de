"""Values that a message must not repeat."""

import pytest
from tests.factories import profile

from tenantry.reader import read_document
from tenantry.schema.check import check
from tenantry.schema.redaction import describe, looks_secret
from tenantry.schema.tenant import TenantFile

# None of these is real: each has the form alone. Joined here so that no scanner takes them.
SECRETS = [
    "https://jane:hunter2@github.com/example/churn",
    "https://ghtoken@github.com/example/churn",
    "https://x.blob.core.windows.net/c?sv=2024-11-04&ss=b&sig=abc",
    "https://x.blob.core.windows.net/c?restype=container&sig=abc",
    "sig=abc",
    "https://hooks.slack.com/services/T0/B0/xyz",
    "https://example.webhook.office.com/webhookb2/1-2-3",
    "gh" + "p_0123456789abcdefghij",
    "github" + "_pat_0123456789abcdefghij",
    "xox" + "b-0123456789-abcdefgh",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "hf" + "_abcdefghijklmnop",
    "dapi" + "0123456789abcdef",
    "eyJ" + "hbGciOiJIUzI1NiJ9.e30.x",
    "Bearer abc",
    "AccountKey=abc;EndpointSuffix=core.windows.net",
    "-----BEGIN RSA PRIVATE KEY-----",
    "0123456789abcdef0123456789abcdef",
    "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==",
    "q7w8e9r0t1y2u3i4o5p6a7s8",
    "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY",
]

PLAIN = [
    "",
    "churn",
    "jane.doe@example.com",
    "https://github.com/example/churn",
    "https://example.slack.com/archives/C0123ABCD",
    "https://churndata.blob.core.windows.net/monitoring",
    "https://example.com/search?page=2",
    "a-rather-long-project-name-that-somebody-thought-of",
    "customer_lifetime_value_prediction",
    "CustomerLifetimeValuePrediction",
    "00000000-0000-0000-0000-000000000000",
    "registry.example.com/team/image:1.2.3",
    ">=1.2.0, <2.0.0",
    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz1A",
    "<mailto:jane.doe@example.com|jane.doe@example.com>",
]


def test_a_run_of_few_different_characters_is_no_key() -> None:
    assert not looks_secret("abcdEFG1" * 3 + "2")
    assert looks_secret("abcdEFG1" * 3 + "23")


@pytest.mark.parametrize("text", SECRETS)
def test_what_looks_like_a_secret_is_not_repeated(text: str) -> None:
    assert looks_secret(text)
    assert text not in describe(text)


@pytest.mark.parametrize("text", PLAIN)
def test_what_looks_plain_is_shown(text: str) -> None:
    assert not looks_secret(text)
    assert describe(text) == f'"{text}"'


@pytest.mark.parametrize(
    ("fields", "secret"),
    [
        ("monitoring: {storage: 'https://x.blob.core.windows.net/c?sv=1&sig=SECRET'}", "SECRET"),
        ("monitoring: {slack: 'https://hooks.slack.com/services/T0/B0/SECRET'}", "SECRET"),
        ("repository: {url: 'https://jane:SECRET@github.com/a/b', revision: main}", "SECRET"),
    ],
)
def test_the_models_findings_name_the_field_and_keep_the_secret(fields: str, secret: str) -> None:
    _, findings = check(TenantFile, read_document("a", profile(fields).encode()))
    (finding,) = findings
    assert finding.rule == "invalid-value"
    assert secret not in finding.message + finding.cure
