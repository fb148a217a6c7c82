"""The scripts of a page share one space for their names: the last one of a name wins, without a word."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections import defaultdict
from pathlib import Path

from django.conf import settings
from django.core.files.base import File

from config.front.proof_of_work import Challenges
from config.static import StaticFilesStorage, lean
from tests.outages.dialects.clients import node

SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
ON_EVERY_PAGE = set(re.findall(r"js/([\w-]+\.js)", (TEMPLATES / "base.html").read_text(encoding="utf-8")))
_NAMED = re.compile(r"^(?:async )?function (\w+)|^(?:const|let|var) (?:(\w+)|\{([^}]*)\})", re.MULTILINE)


def names(script: str) -> set[str]:
    """The names that a script gives at its top level."""
    text = (SCRIPTS / script).read_text(encoding="utf-8")
    found = set()
    for function, one, several in _NAMED.findall(text):
        found |= {function or one} if function or one else {name.split(":")[-1].strip() for name in several.split(",")}
    return found - {""}


def pages() -> dict[str, set[str]]:
    """The scripts of each template, with those of every page."""
    found = {}
    for template in TEMPLATES.rglob("*.html"):
        own = set(
            re.findall(
                r"(?:<script src|data-playback)=\"{% static 'js/([\w-]+\.js)' %}\"",
                template.read_text(encoding="utf-8"),
            )
        )
        if own and "admin" not in template.parts and "swagger" not in template.name:
            found[str(template.relative_to(TEMPLATES))] = own | ON_EVERY_PAGE
    return found


def test_no_two_scripts_of_a_page_share_a_name() -> None:
    assert "page.js" in ON_EVERY_PAGE
    twice = {}
    for template, scripts in pages().items():
        owners: dict[str, list[str]] = defaultdict(list)
        for script in sorted(scripts):
            for name in names(script):
                owners[name].append(script)
        twice |= {f"{template}: {name}": scripts for name, scripts in owners.items() if len(scripts) > 1}
    assert twice == {}


def test_a_shared_name_would_be_noticed() -> None:
    assert {"place", "ask", "fill"} <= names("report.js")
    assert "reports/form.html" in pages()


_SOLVES = """
const [script, puzzle] = JSON.parse(require("fs").readFileSync(0, "utf8"));
const headers = { "Content-Type": "application/problem+json" };
const solved = new Function(script + ";return solved")();
const asked = (body, status) => solved(new Response(JSON.stringify(body), { status, headers }));
(async () => {
  const type = "/api/problems/proof-of-work";
  const none = [await asked({ type: "/api/problems/throttled" }, 429), await asked({ type, challenge: puzzle }, 503),
    await asked({ type, challenge: { ...puzzle, maxnumber: 1e9 } }, 429), await asked({ type }, 429)];
  console.log(JSON.stringify([await asked({ type, challenge: puzzle }, 429), none]));
  process.exit(0);
})();
"""


def test_the_queue_solves_the_puzzle_that_a_surge_asks_for() -> None:
    challenges = Challenges(b"a key")
    given = json.dumps([(SCRIPTS / "queue.js").read_text(encoding="utf-8"), challenges.new(time.time())])
    done = subprocess.run([node(), "-e", _SOLVES], input=given, capture_output=True, text=True, timeout=100, check=True)
    solution, none = json.loads(done.stdout)
    assert none == [None] * 4, "nothing else is taken for a puzzle"
    assert challenges.redeem(solution.encode(), time.time())


def test_what_is_served_lacks_comments_and_indents_and_nothing_else() -> None:
    for script in SCRIPTS.glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert not [line for line in text.splitlines() if line.count("`") % 2], f"{script.name}: a text over lines"
        kept = lean(script.name, text)
        assert kept.split() == re.sub(r"(?m)^\s*//.*$", "", text).split(), script.name
    style = (SCRIPTS.parent / "css" / "brownout.css").read_text(encoding="utf-8")
    kept = lean("css/brownout.css", style)
    assert "/*" not in kept
    assert (kept.count("{"), kept.count("}")) == (style.count("{"), style.count("}"))
    assert len(kept) < 0.9 * len(style)


def test_each_file_of_ours_is_stored_lean_under_both_of_its_names(tmp_path: Path) -> None:
    storage = StaticFilesStorage(location=str(tmp_path), base_url="/static/")
    for name in ("js/net.js", "css/brownout.css"):
        source = SCRIPTS.parent / name
        with source.open("rb") as file:
            storage.save(name, File(file))
        list(storage.post_process({name: (storage, name)}))
        wanted = lean(name, source.read_text(encoding="utf-8"))
        stored = [path.read_text(encoding="utf-8") for path in (tmp_path / name).parent.glob(f"*{source.suffix}")]
        assert stored == [wanted, wanted], name
