"""Rules of the house that no linter knows: who writes which table, that pure modules look at no clock, short files."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("config", "reports", "outages")
HAND_WRITTEN = (*PACKAGES, "tests", "tools", "bench", "docs", "deploy", "manage.py")
LONGEST_FILE = 400  # lines: what a reader keeps in mind; generated code and migrations aside
WRITES = {
    "create",
    "bulk_create",
    "get_or_create",
    "update_or_create",
    "update",
    "bulk_update",
    "delete",
    "_raw_delete",
}
CLOCK_CALLS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime"}
CLOCK_OWNERS = {"datetime", "date", "time", "timezone"}

# model: (its table, the modules that may write it)
WRITERS = {
    "Report": ("reports_report", {"reports/intake"}),
    "Incident": ("outages_incident", {"outages/pipeline/incidents.py"}),
    "IncidentEvent": ("outages_incidentevent", {"outages/pipeline/incidents.py"}),
    "IncidentOverride": (
        "outages_incidentoverride",
        {"outages/pipeline/decisions.py", "outages/pipeline/incidents.py", "outages/pipeline/reset.py"},
    ),
    "ReportDecision": ("reports_reportdecision", {"reports/intake"}),
    "NetworkBlock": ("reports_networkblock", {"reports/intake"}),
    "Delivery": ("outages_delivery", {"outages/notifications"}),
    "Subscription": ("outages_subscription", {"outages/notifications"}),
}
PURE = (
    "outages/detection",
    "outages/evaluation/simulation",
    "outages/evaluation/backtest",
    "reports/places",
    "reports/intake/rules.py",
)


def sources(*paths):
    for path in paths:
        folder = PROJECT / path
        for file in [folder] if folder.is_file() else sorted(folder.rglob("*.py")):
            if "migrations" not in file.parts:
                yield file, file.read_text(encoding="utf-8")


def model_written(call):
    """The model whose manager a call writes to, as in `Report.objects.filter(…).delete()`; None for other calls."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return None
    node = call.func.value
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute) and node.attr == "objects" and isinstance(node.value, ast.Name):
            return node.value.id
        node = node.func if isinstance(node, ast.Call) else node.value
    return None


@cache
def model_writes(text):
    """The lines of a module that write by a manager, each with its model."""
    if ".objects" not in text:  # parsing takes long
        return []
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return [(call.lineno, model) for call in calls if (model := model_written(call)) is not None]


def writes_of(model, table, text):
    """The lines of a module that write the model's table, by its manager or by SQL."""
    lines = {line for line, written in model_writes(text) if written == model}
    statement = re.compile(
        rf"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|COPY|TRUNCATE(?:\s+TABLE)?)\s+\"?{table}\b", re.IGNORECASE
    )
    return lines | {text.count("\n", 0, found.start()) + 1 for found in statement.finditer(text)}


@pytest.mark.parametrize("model", WRITERS)
def test_a_table_has_the_writers_that_it_should_have(model):
    table, allowed = WRITERS[model]
    elsewhere = {
        f"{name}:{line}"
        for file, text in sources(*PACKAGES)
        if not any((name := file.relative_to(PROJECT).as_posix()).startswith(writer) for writer in allowed)
        for line in writes_of(model, table, text)
    }
    assert elsewhere == set()


@pytest.mark.parametrize("model", WRITERS)
def test_the_writer_does_write(model):
    """Else the rule above would hold for a table that nobody knows any more."""
    table, allowed = WRITERS[model]
    assert any(writes_of(model, table, text) for _, text in sources(*allowed))


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("Report.objects.filter(a=1).delete()", True),
        ("Report.objects.create(a=1)", True),
        ("Report.objects.filter(a=1).order_by('b')[0]", False),
        ("Other.objects.create(a=1)", False),
        ("cursor.execute('INSERT INTO reports_report VALUES (1)')", True),
        ("cursor.execute('DELETE FROM reports_reportx')", False),
        ("cursor.execute('SELECT 1 FROM reports_report')", False),
    ],
)
def test_a_write_is_recognised(line, written):
    assert bool(writes_of("Report", "reports_report", line)) is written


def clock_calls(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS:
            owner = node.func.value
            if (owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")) in CLOCK_OWNERS:
                yield node.lineno


def test_pure_modules_look_at_no_clock():
    looks = [f"{file.relative_to(PROJECT)}:{line}" for file, text in sources(*PURE) for line in clock_calls(text)]
    assert looks == []


@pytest.mark.parametrize("line", ["datetime.now(tz=UTC)", "time.time()", "timezone.now()", "datetime.date.today()"])
def test_a_look_at_the_clock_is_recognised(line):
    assert list(clock_calls(line)) == [1]


def test_no_file_is_too_long_to_be_read_at_once():
    long = {
        str(file.relative_to(PROJECT)): lines
        for file, text in sources(*HAND_WRITTEN)
        if (lines := len(text.splitlines())) > LONGEST_FILE
    }
    assert long == {}


def caches_of_their_own(text):
    """The names of a module's empty dicts, sets and the like: they would be filled while the process runs."""
    if not re.search(r"^\w.*=.*(?:\{\s*\}|(?:dict|set|Dict|deque)\()", text, re.MULTILINE):  # parsing takes long
        return []
    names = []
    for node in ast.parse(text).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        called = node.value.func if isinstance(node.value, ast.Call) else None
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        is_empty = isinstance(node.value, ast.Dict) and not node.value.keys
        if (
            is_empty
            or name in {"OrderedDict", "defaultdict", "deque"}
            or (name in {"dict", "set"} and not node.value.args)
        ):
            names.append(ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target))
    return names


def test_what_a_process_keeps_is_in_the_process_cache():
    own = {
        str(file.relative_to(PROJECT)): names
        for file, text in sources(*PACKAGES)
        if (names := caches_of_their_own(text))
    }
    assert own == {}


@pytest.mark.parametrize("line", ["_cached: dict[str, int] = {}", "seen = set()", "kept = collections.OrderedDict()"])
def test_a_cache_of_its_own_is_recognised(line):
    assert len(caches_of_their_own(line)) == 1


@pytest.mark.parametrize(
    "line", ["NAMES = {1: 2}", "SLUGS = set(NAMES)", "empty: dict[str, int]", "LIST = list(NAMES)"]
)
def test_a_table_is_no_cache(line):
    assert caches_of_their_own(line) == []


def test_no_service_can_have_the_slug_of_an_address_of_the_site_s_own():
    from django.urls import URLPattern, URLResolver

    from config.urls import urlpatterns
    from reports.catalog.validation import RESERVED
    from reports.languages import LANGUAGES

    def first_words(patterns, before=""):
        for entry in patterns:
            text = before + str(entry.pattern).removeprefix("^")
            if isinstance(entry, URLResolver) and "/" not in text.strip("/") and not text.endswith("/"):
                yield from first_words(entry.url_patterns, text)
            elif isinstance(entry, URLPattern | URLResolver):
                yield text.partition("/")[0].partition(".")[0]

    words = {word for word in first_words(urlpatterns) if re.fullmatch(r"[a-z0-9-]+", word)}
    assert {"admin", "api", "about", "feeds", "metrics", "open311"} <= words
    assert words - RESERVED - set(LANGUAGES) == set()
    assert {"static", "livez"} <= RESERVED
