"""The rules of the house: directions of imports, short files, nothing foreign named, a sentence for every code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app import settings, words

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "jobs", "connectors", "media")
MOST_LINES = 400


@cache
def _ours(*suffixes: str) -> list[Path]:
    """Files under version control, and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    paths = [ROOT / name for name in listed if name]
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def _code(where: str = "") -> Iterator[tuple[str, ast.Module]]:
    for path in _ours(".py"):
        name = path.relative_to(ROOT).as_posix()
        if name.split("/")[0] in PACKAGES and name.startswith(where):
            yield name, _tree(path)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _imports(tree: ast.Module) -> set[str]:
    """Full names of what a module imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


#: A folder (or file) → what it must not know of.
FORBIDDEN = {
    "connectors/": ("app", "jobs", "media", "flask", "werkzeug", "sqlmodel", "sqlalchemy", "pydantic_settings"),
    "media/": ("app", "jobs", "connectors", "flask", "werkzeug", "sqlmodel", "sqlalchemy", "pydantic_settings"),
    "app/language/": (
        "app.models",
        "app.services",
        "app.queries",
        "app.views",
        "app.forms",
        "app.db",
        "jobs",
        "connectors",
        "media",
        "flask",
        "sqlmodel",
        "sqlalchemy",
    ),
    "app/awarding/": (
        "app.models",
        "app.services",
        "app.queries",
        "app.views",
        "app.forms",
        "app.db",
        "app.clock",
        "jobs",
        "connectors",
        "media",
        "flask",
        "sqlmodel",
        "sqlalchemy",
    ),
    "app/papers/": (
        "app.models",
        "app.services",
        "app.queries",
        "app.views",
        "app.forms",
        "app.db",
        "app.clock",
        "jobs",
        "connectors",
        "media",
        "flask",
        "sqlmodel",
        "sqlalchemy",
    ),
    "app/models/": ("app.services", "app.queries", "app.views", "app.forms", "jobs", "connectors", "media"),
    "app/services/": ("app.views", "app.forms", "app.commands", "app.security", "jobs", "flask", "werkzeug", "click"),
    "app/queries/": ("app.views", "app.forms", "app.commands", "jobs", "flask", "werkzeug", "click"),
    "app/forms/": ("app.views", "app.queries", "app.commands", "jobs"),
    "app/views/": ("app.commands", "jobs", "click"),
    "app/commands/": ("app.views", "app.forms", "flask"),
    "app/states.py": ("app.services", "app.queries", "app.models", "jobs", "connectors", "media", "flask"),
    "app/db.py": ("app.services", "app.models", "app.queries", "jobs", "connectors", "media", "flask"),
    "app/settings.py": ("app.services", "app.models", "jobs", "connectors", "media", "flask"),
    "jobs/": ("app.views", "app.forms", "app.commands", "click"),
}


@pytest.mark.parametrize("where", FORBIDDEN)
def test_directions_of_imports(where: str) -> None:
    looked_at, wrong = 0, []
    for name, tree in _code(where):
        looked_at += 1
        for imported in _imports(tree):
            for banned in FORBIDDEN[where]:
                if imported == banned or imported.startswith(banned + "."):
                    wrong.append(f"{name} imports {imported}")
    assert looked_at, "the rule looks at something"
    assert wrong == []


def test_only_the_clock_asks_the_time() -> None:
    """In app/ all times come from app/clock.py; nowhere is a time naive."""
    wrong = []
    for name, tree in _code():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            said = ast.unparse(node.func)
            naive = not node.args and not node.keywords
            if said.endswith(("utcnow", "utcfromtimestamp")) or (said.endswith("datetime.now") and naive):
                wrong.append(f"{name}:{node.lineno} {said}")
            if name.startswith("app/") and name != "app/clock.py" and said in ("datetime.now", "date.today"):
                wrong.append(f"{name}:{node.lineno} {said}")
    assert wrong == []


def test_files_are_short() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in _ours(".py", ".js", ".css", ".html")
        if (lines := path.read_text("utf-8").count("\n")) > MOST_LINES
    }
    assert long == {}


def test_no_rummage_drawers() -> None:
    assert [path.name for path in _ours(".py") if path.stem in ("util", "utils", "helper", "helpers", "misc")] == []


def test_the_top_level_is_as_designed() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in _ours()}
    allowed = {*PACKAGES, "templates", "tests", "pyproject.toml", "README.md", "Makefile", ".ci", ".gitignore"}
    assert found <= allowed | {"requirements.lock", "requirements-dev.lock", "LICENSE", "CHANGELOG.md"}


def test_no_registry_and_no_machine_is_named() -> None:
    hosts = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.", "conda" + ".anaconda", "proxy.golang" + ".org")
    machine = re.compile(r"(?<![\w/.])/(?:ho" + r"me|ro" + r"ot|wo" + r"rk|Use" + r"rs)/\w")
    wrong = []
    for path in _ours():
        if path.suffix in (".png", ".jpg", ".woff2", ".ico", ".sqlite3"):
            continue
        content = path.read_text("utf-8", errors="replace")
        wrong += [f"{path.name}: {host}" for host in hosts if host in content]
        wrong += [f"{path.name}: {found.group()}" for found in machine.finditer(content)]
    assert wrong == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_pin_every_package_with_hashes(name: str) -> None:
    content = (ROOT / name).read_text("utf-8")
    assert "://" not in content
    assert "--index-url" not in content
    blocks = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", content).replace("\\\n", " ").strip())
    assert len(blocks) > 20
    for block in blocks:
        assert re.match(r"[A-Za-z0-9_.\-\[\]]+==\S+", block), block[:80]
        assert "--hash=sha256:" in block, block[:80]


KINDS = (
    "Problem",
    "PhotoProblem",
    "Busy",
    "SignInAgain",
    "Refused",
    "Gone",
    "Unsure",
    "Unsupported",
    "Finding",
    "Unusable",
)


def test_every_code_has_its_sentence() -> None:
    raised: dict[str, str] = {}
    for name, tree in _code():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = ast.unparse(node.func).rsplit(".", 1)[-1]
            first = node.args[0]
            plain = isinstance(first, ast.Constant) and isinstance(first.value, str)
            if called in KINDS and plain and not (called == "Finding" and name.endswith("doctor.py")):
                raised[str(first.value)] = f"{name}:{node.lineno}"  # type: ignore[attr-defined]  # a Constant, see above
    assert len(raised) > 80
    missing = {code: at for code, at in raised.items() if not words.known(code)}
    assert missing == {}


def test_every_sentence_ends_and_keeps_standing_without_its_facts() -> None:
    from app.words_reasons import REASONS

    for code in {**words.PROBLEMS, **words.PHOTOS, **REASONS}:
        said = words.sentence(code)
        assert said.endswith((".", "!", "?", ").")), said
        assert "{" not in said
        assert "\n" not in said
    assert words.sentence("no_such_code") != words.sentence("other_code")
    assert words.photo("unreadable") != words.sentence("unreadable"), "a file is not a platform's answer"


def test_templates_carry_no_style_script_or_handler_inline() -> None:
    handler = re.compile(r"\son[a-z]+\s*=\s*[\"'{]", re.I)
    script = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", re.I)
    wrong = []
    for path in _ours(".html"):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith("templates/") or name.startswith("templates/mail/"):
            continue
        content = path.read_text("utf-8")
        wrong += [f"{name}: style" for _ in re.finditer(r"\sstyle\s*=|<style", content)]
        wrong += [f"{name}: handler" for _ in handler.finditer(content)]
        wrong += [f"{name}: script" for _ in script.finditer(content)]
    assert wrong == []


def test_readme_has_the_table_of_settings() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    inside = readme.split("<!-- settings -->")[1].split("<!-- /settings -->")[0]
    assert inside.strip() == settings.table(), "python -m app.settings prints it"
    for key in settings.Settings.model_fields:
        assert f"`{settings.PREFIX}{key.upper()}`" in inside


def test_every_suppression_says_why() -> None:
    wrong = []
    for path in _ours(".py"):
        for number, row in enumerate(path.read_text("utf-8").splitlines(), 1):
            found = re.search(r"#\s*(?:type: ignore\[[^\]]*\]|noqa: [A-Z0-9, ]+)(.*)$", row)
            if found and not re.search(r"\w{2,}", found.group(1)) and path.name != "test_house.py":
                wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert wrong == []


def test_connectors_load_without_the_heavy_library_the_app_or_flask() -> None:
    program = (
        "import sys, connectors\n"
        "assert len(connectors.load()) >= 3\n"
        "print([name for name in ('instagrapi', 'flask', 'app', 'sqlalchemy', 'media') if name in sys.modules])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "[]"
