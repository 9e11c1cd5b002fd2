"""What is installed is known, file by file, and is told as CycloneDX."""

import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / ".ci/requirements.lock").read_text()


@pytest.fixture(scope="module")
def sbom(tmp_path_factory):
    """What `make sbom` writes, from copies of what it reads."""
    copy = tmp_path_factory.mktemp("sbom")
    for name in (".ci/sbom.py", ".ci/requirements.lock", "pyproject.toml"):
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_bytes((ROOT / name).read_bytes())

    def write():
        subprocess.run([sys.executable, copy / ".ci/sbom.py"], check=True, capture_output=True)
        return (copy / "dist/duckrow.cdx.json").read_text()

    first = write()
    assert write() == first
    assert str(copy) not in first
    return json.loads(first)


def test_every_locked_package_is_in_the_sbom_with_all_its_hashes(sbom):
    told = {(one["name"], one["version"]): one for one in sbom["components"]}
    pins = re.findall(r"^([\w.-]+)==([^\s;\\]+)", LOCK, re.MULTILINE)
    assert set(pins) == set(told)
    hashes = [each["content"] for one in sbom["components"] for each in one["hashes"]]
    assert sorted(hashes) == sorted(re.findall("sha256:([0-9a-f]{64})", LOCK))


def test_the_sbom_says_who_asks_for_what(sbom):
    refs = {one["bom-ref"]: one["name"] for one in sbom["components"]}
    asked = {
        refs.get(each["ref"], "duckrow"): {refs[one] for one in each["dependsOn"]}
        for each in sbom["dependencies"]
    }
    assert {"slack-bolt", "psycopg", "obstore"} <= asked["duckrow"]
    assert "mako" in asked["alembic"]
    assert set().union(*asked.values()) == set(map(canonicalize_name, refs.values()))


def test_the_sbom_is_valid_and_names_no_place(sbom):
    text = json.dumps(sbom)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    addresses = re.findall(r"[a-z]+://[^\"]+", text)
    assert addresses == [sbom["$schema"]]


def test_every_installation_of_packages_asks_for_their_hashes():
    installs = [
        line
        for name in ("Makefile", ".ci/run")
        for line in (ROOT / name).read_text().splitlines()
        if re.search(r"(PIP\)|\bpip) .*\binstall\b|\$\(PIP\) install", line)
    ]
    assert len(installs) > 2
    for line in installs:
        is_ours = "--no-deps --no-build-isolation -e ." in line
        is_the_locks_own_tool = "pip-tools" in line  # it writes the hashes
        assert "--require-hashes" in line or is_ours or is_the_locks_own_tool, line


def test_every_installation_that_the_documents_tell_of_asks_for_hashes():
    """Our own wheel has no packages in it: it comes after the lock, without any."""
    told = [
        line
        for path in (ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md"))
        for line in re.findall(r"\bpip3? (?:install|wheel)\b[^`\n]*", path.read_text())
    ]
    assert len([line for line in told if "-r " in line]) > 1
    for line in told:
        ours = re.search(r"--no-deps .*(?:\./duckrow-[\w.-]+\.whl| \.)$", line)
        assert "--require-hashes" in line or ours, line
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        assert "-m build" not in path.read_text(), f"{path.name}: it brings what no lock names"


def test_the_source_distribution_brings_the_lock_that_it_is_installed_from(tmp_path):
    build = [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", tmp_path, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
    assert {".ci/requirements.lock", "pyproject.toml", "Makefile", "README.md"} <= names
