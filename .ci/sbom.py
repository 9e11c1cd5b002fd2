"""Write dist/duckrow.cdx.json: what an installation consists of, as CycloneDX, from the lock.

The same lock gives the same bytes, on any machine: no time, no path, no address.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LOCK = HERE / "requirements.lock"
SBOM = ROOT / "dist/duckrow.cdx.json"
US = "pyproject.toml"  # as the lock calls who asks for a package

Json = dict[str, Any]


def main() -> None:
    said = _read_by_cyclonedx()
    root = said["metadata"]["component"]
    for tool in said["metadata"]["tools"]["components"]:
        tool.pop("externalReferences", None)
    components = [_plain(one) for one in said["components"]]
    refs = {one["name"]: one["bom-ref"] for one in components} | {US: root["bom-ref"]}
    graph: dict[str, list[str]] = {ref: [] for ref in refs.values()}
    for name, user in _uses():
        graph[refs[user]].append(refs[name])
    whole = said | {
        "components": components,
        "dependencies": [{"ref": ref, "dependsOn": graph[ref]} for ref in sorted(graph)],
    }
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(json.dumps(whole, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    sys.stderr.write(f"{SBOM.relative_to(ROOT)}: {len(components)} packages\n")


def _read_by_cyclonedx() -> Json:
    command = [
        *(sys.executable, "-W", "ignore::UserWarning", "-m", "cyclonedx_py", "requirements"),
        *(str(LOCK), "--pyproject", str(ROOT / US), "--output-reproducible", "--of", "JSON"),
    ]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 -- our own command
    said: Json = json.loads(done.stdout)
    return said


def _plain(one: Json) -> Json:
    """Without the place in the lock, and with the files' hashes but not a registry's address."""
    hashes = [each for found in one["externalReferences"] for each in found.get("hashes", ())]
    kept = {name: one[name] for name in ("name", "purl", "type", "version")}
    return kept | {"bom-ref": one["purl"], "hashes": hashes}


def _uses() -> Iterator[tuple[str, str]]:
    """A package and who asks for it, for each of its `via`."""
    blocks = re.findall(
        r"^([\w.-]+)==.*?# via ([^\n]+)", LOCK.read_text(), re.DOTALL | re.MULTILINE
    )
    for name, users in blocks:
        for user in users.split(", "):
            yield name, user


if __name__ == "__main__":
    main()
