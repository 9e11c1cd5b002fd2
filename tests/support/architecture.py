"""Reads a tree's source and says where it departs from the plan of the house."""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

BROAD = frozenset({"Exception", "BaseException"})
LONGEST_FILE = 300
LONGEST_FUNCTION = 40


@dataclass(frozen=True)
class May:
    """What a part may import beside itself and the standard library."""

    ours: frozenset[str]
    libraries: frozenset[str]


def may(ours: str = "", libraries: str = "") -> May:
    """Both lists as words."""
    return May(frozenset(ours.split()), frozenset(libraries.split()))


@dataclass(frozen=True)
class House:
    """A tree, the parts in it, and the packages that are ours."""

    root: Path
    table: Mapping[str, May]
    packages: tuple[str, ...]

    def modules(self) -> Iterator[tuple[str, Path]]:
        """Every module's dotted name and file."""
        for package in self.packages:
            for path in sorted((self.root / package).rglob("*.py")):
                parts = path.relative_to(self.root).with_suffix("").parts
                yield ".".join(parts).removesuffix(".__init__"), path

    def part(self, module: str) -> str | None:
        """The row of the table that a module falls under: the longest name that fits."""
        fitting = [row for row in self.table if f"{module}.".startswith(f"{row}.")]
        return max(fitting, key=len, default=None)

    def wrong_imports(self) -> list[str]:
        """`module imports other`, for each import that the table does not allow."""
        return [wrong for module, path in self.modules() for wrong in self._wrong_in(module, path)]

    def _wrong_in(self, module: str, path: Path) -> Iterator[str]:
        here = self.part(module)
        if here is None:
            if source(path).body:
                yield f"{module} stands in no row of the table"
            return
        for other in imports(module, path):
            if not self._allowed(here, other):
                yield f"{module} imports {other}"

    def _allowed(self, here: str, other: str) -> bool:
        top = other.partition(".")[0]
        if top in self.packages:
            there = self.part(other)
            return there is not None and (there == here or there in self.table[here].ours)
        return top in sys.stdlib_module_names or top in self.table[here].libraries

    def broad_excepts(self) -> list[str]:
        """The files that catch, or suppress, whatever comes."""
        return [
            str(path.relative_to(self.root))
            for _, path in self.modules()
            for node in ast.walk(source(path))
            if is_broad(node)
        ]

    def long_files(self) -> list[str]:
        """The files that should have been split."""
        sizes = {path: len(path.read_text().splitlines()) for _, path in self.modules()}
        return [
            f"{path.relative_to(self.root)}: {size} lines"
            for path, size in sizes.items()
            if size > LONGEST_FILE
        ]

    def long_functions(self) -> list[str]:
        """The functions that should have been split; migrations are history and stay."""
        return [
            f"{module}.{node.name}: {length} lines"
            for module, path in self.modules()
            if "migrations" not in path.parts
            for node in ast.walk(source(path))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
        ]


def source(path: Path) -> ast.Module:
    """The file's tree."""
    return ast.parse(path.read_text())


def imports(module: str, path: Path) -> set[str]:
    """The modules that a module imports, wherever in it, each by its full name."""
    found: set[str] = set()
    for node in ast.walk(source(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, path, node)
            found.update(f"{base}.{alias.name}".lstrip(".") for alias in node.names)
    return found


def _base(module: str, path: Path, node: ast.ImportFrom) -> str:
    """Where `from … import` looks; a name behind it may be a module, so both count as one path."""
    if not node.level:
        return node.module or ""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    above = package[: len(package) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def is_broad(node: ast.AST) -> bool:
    """`except:`, `except Exception`, in a tuple too, and `suppress(Exception)`."""
    if isinstance(node, ast.ExceptHandler):
        return node.type is None or _names(node.type) & BROAD != set()
    if isinstance(node, ast.Call) and "suppress" in _names(node.func):
        return any(_names(argument) & BROAD for argument in node.args)
    return False


def _names(node: ast.AST) -> set[str]:
    inner = ast.walk(node)
    return {each.id for each in inner if isinstance(each, ast.Name)} | {
        each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)
    }
