"""Rules about a team's application repository."""

import pytest
from tests.factories import ids, judge, judge_together, lines, profile

PRODUCTION = "tier: ml-product\nproduction: true\n"
URL = "https://github.com/example/churn"


def repository(revision: str, url: str = URL, more: str = PRODUCTION) -> str:
    """Return a file of one project with a repository."""
    return profile(f'{more}repository:\n  url: {url}\n  revision: "{revision}"')


def test_a_repository_needs_production() -> None:
    assert lines(judge(repository("main", more=""))) == [
        (
            "5:5: repository-needs-production: churn has a repository to deploy and no production "
            'namespace (add "production: true" to churn)'
        )
    ]


@pytest.mark.parametrize(
    "revision",
    [
        "main",
        "production",
        "release/1.0",
        "release-1.0",
        "refs/tags/v1.2.3",
        "v1.2.3",
        "1.2.3",
        "v1.2.3-rc.1",
        "0123456789abcdef0123456789abcdef01234567",
        "*",
        "v*",
        "1.*",
        "v1.*",
        "v1.2.*",
        "1.x",
        "1.x || 2.x",
        "~1.2",
        "~v1.2.0",
        "^1.2",
        "^v1",
        "=1.2.3",
        ">1",
        ">=1.2.0 <2.0.0",
        ">=1.2.0, <2.0.0",
        "1.2 - 1.4",
        "^1.2.3-0",
        "*-0",
    ],
)
def test_what_argo_cd_can_find_is_taken(revision: str) -> None:
    assert ids(repository(revision)) == []


@pytest.mark.parametrize(
    "revision",
    [
        "release/*",
        "app-*",
        "prod-v*",
        "v1.*.foo",
        ">=",
        "1.2.3 ||",
        "main, production",
        "main production",
        "~main",
        "1.2.3.*",
        "a..b",
        "main/",
        "main.",
        "a//b",
        "a.lock",
        "a/.b",
    ],
)
def test_what_argo_cd_cannot_find_is_refused(revision: str) -> None:
    assert ids(repository(revision)) == ["unresolvable-revision"]


def test_a_glob_of_branches_gets_an_explanation() -> None:
    assert lines(judge(repository("release/*"))) == [
        (
            '8:15: unresolvable-revision: "release/*" is not a pattern of versions, and Argo CD '
            "knows "
            "no others (write a tag pattern such as v1.*, a tag such as v1.4.0, or a branch "
            "such as "
            "production)"
        )
    ]


def test_head_is_refused() -> None:
    assert ids(repository("HEAD")) == ["head-revision"]
    assert ids(repository("HEADLINE")) == []


@pytest.mark.parametrize("revision", ["v1", "v1.2", "1", "1.2", "latest"])
def test_what_only_looks_like_a_pattern_warns(revision: str) -> None:
    (finding,) = judge(repository(revision))
    assert finding.rule == "exact-revision"
    assert not finding.is_error


def test_the_cure_for_a_bare_version_is_a_pattern() -> None:
    (finding,) = judge(repository("v1"))
    assert finding.cure == "write v1.* for the newest v1, or keep it if that one is meant"


@pytest.mark.parametrize(
    "url", ["https://github.com/example/platform", "https://GitHub.com/Example/platform.git"]
)
def test_the_platforms_own_repository_is_refused(url: str) -> None:
    assert ids(repository("main", url)) == ["platform-repository"]
    assert ids(repository("main", url.replace("platform", "platforms"))) == []


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "0x7f.1", "localhost:8443", "git.churn.svc", "git.churn.svc.cluster.local"]
)
def test_a_repository_on_no_git_server_is_refused(host: str) -> None:
    assert ids(repository("main", f"https://{host}/a/b")) == ["repository-host"]


def test_a_git_server_of_the_company_is_taken() -> None:
    assert ids(repository("main", "https://git.intranet:8443/a/b")) == []


def test_the_usual_port_does_not_hide_the_platforms_own_repository() -> None:
    url = "https://github.com:443/example/platform"
    assert ids(repository("main", url)) == ["platform-repository"]


@pytest.mark.parametrize("port", ["443", "0443"])
def test_no_spelling_hides_the_platforms_own_repository(port: str) -> None:
    url = f"https://www.github.com:{port}/example/platform.git"
    assert ids(repository("main", url)) == ["platform-repository"]


@pytest.mark.parametrize("host", ["10.0.0.1.nip.io", "git.10-0-0-1.sslip.io"])
def test_a_name_that_stands_for_any_address_is_refused(host: str) -> None:
    assert ids(repository("main", f"https://{host}/a/b")) == ["repository-host"]


@pytest.mark.parametrize(
    "host", ["gitea", "argocd-server", "ml-pipeline.kubeflow", "10-0-0-1.churn.pod"]
)
def test_a_service_of_the_cluster_is_no_git_server(host: str) -> None:
    """Argo CD looks names up where the Services are."""
    assert ids(repository("main", f"https://{host}/a/b")) == ["repository-host"]


def test_a_repository_belongs_to_one_team() -> None:
    """Argo CD reads it with the platform's credential, whoever names it."""
    ours, theirs = (
        repository("v1.*", url)
        for url in ("https://github.com/example/churn", "https://www.github.com/Example/churn.git")
    )
    other = theirs.replace("name: churn", "name: sales")
    found = judge_together({"growth": ours, "vision": other})
    taken = [finding for finding in found if finding.rule == "repository-taken"]
    assert [finding.path for finding in taken] == [
        "tenants/growth/profiles.yaml",
        "tenants/vision/profiles.yaml",
    ]
    assert "by the team vision as well" in taken[0].message


def test_each_team_is_told_of_another_at_its_own_project() -> None:
    """The first by name; who has no repository, or one alone, hears nothing."""

    def file(number: int, *names: str) -> str:
        projects = "".join(
            f"  - name: {name}-{number}\n    admins: [jane.doe@example.com]\n"
            + f"    repository: {{url: https://github.com/example/{name}, revision: v1.*}}\n"
            * (name != "none")
            for name in names
        )
        return f"profiles:\n{projects}"

    teams = {
        "ads": file(1, "none"),
        "growth": file(2, "own", "none", "churn"),
        "retail": file(3, "churn"),
        "vision": file(4, "none", "churn"),
    }
    found = [f for f in judge_together(teams) if f.rule == "repository-taken"]
    assert [(f.path, f.field[1], f.message.rpartition("team ")[2]) for f in found] == [
        ("tenants/growth/profiles.yaml", 2, "retail as well"),
        ("tenants/retail/profiles.yaml", 0, "growth as well"),
        ("tenants/vision/profiles.yaml", 1, "growth as well"),
    ]


def test_one_team_may_deploy_a_repository_twice() -> None:
    text = repository("v1.*", "https://github.com/example/churn")
    assert "repository-taken" not in [f.rule for f in judge_together({"growth": text})]


@pytest.mark.parametrize(
    ("page", "meant"),
    [
        (f"{URL}/tree/main", f"write url: {URL}, revision: main"),
        (f"{URL}/tree/v1/a/b", f"write url: {URL}, path: a/b, revision: v1"),
        (f"{URL}/blob/main/app.yaml", f"write url: {URL}, revision: main"),
        (f"{URL}/blob/main/a/app.yaml", f"write url: {URL}, path: a, revision: main"),
        (f"{URL}/pull/12", f"write url: {URL}"),
        (f"{URL}/commits/main", f"write url: {URL}"),
        (f"{URL}/src/branch/main/a", f"write url: {URL}, path: a, revision: main"),
        (f"{URL}/-/tree/main/a", f"write url: {URL}, path: a, revision: main"),
        (f"{URL}/deeper/still/-/issues", f"write url: {URL}/deeper/still"),
    ],
)
def test_the_page_of_a_repository_is_not_its_address(page: str, meant: str) -> None:
    (line,) = lines(judge(repository("main", page)))
    assert "repository-page" in line
    assert line.endswith(f"({meant})")


@pytest.mark.parametrize("url", [f"{URL}/tree", "https://github.com/tree/blob", f"{URL}/pull.git"])
def test_a_repository_may_be_called_like_a_page(url: str) -> None:
    assert ids(repository("main", url)) == []


def test_a_page_is_named_at_the_project_that_has_it() -> None:
    text = "profiles:\n" + "".join(
        f"  - name: {name}\n    admins: [jane.doe@example.com]\n    tier: ml-product\n"
        f"    production: true\n    repository: {{url: {url}, revision: main}}\n"
        for name, url in (("ads", URL), ("churn", f"{URL}/tree/main"))
    )
    assert [(f.rule, f.field, f.line) for f in judge(text)] == [
        ("repository-page", ("profiles", 1, "repository", "url"), 11)
    ]
