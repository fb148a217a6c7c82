"""The copy of the site as files: what is in it, that it is whole, and that it follows."""

import itertools
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import CommandError, call_command

from outages.management import mirror
from outages.models import DetectorState, LiveEntry
from reports.models import Service
from tests import factories

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)


@pytest.fixture
def copy(db, settings, tmp_path):
    cache.clear()
    settings.SITE_URL = "https://brownout.example"
    settings.ALLOWED_HOSTS = ["brownout.example"]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "a.css").write_text("a{}", encoding="ascii")
    factories.an_outage(factories.a_service(), NOW)
    with time_machine.travel(NOW, tick=False):
        yield mirror.Mirror(tmp_path / "copy", ["de"])


@pytest.mark.slow
def test_the_copy_holds_what_everybody_may_read_follows_what_changes_and_is_known_by_its_key(copy, tmp_path, capsys):
    copy.round(NOW)
    page = (copy.folder / "de/acme/index.html").read_text(encoding="utf-8")
    assert "Acme" in page
    assert 'data-kept="slow" data-kept-at="2026-03-02T12:00:20Z"' in page
    assert '<time datetime="2026-03-02T12:00:20Z">2026-03-02 12:00 UTC</time>' in page
    for name in ("de/index.html", "de/acme/map/index.html", "de/acme/incidents/1/index.html", "404.html",
                 "acme/map.svg", "de/acme/feeds/atom.xml", "de/embed/acme/index.html", "de/about/method/index.html",
                 "static/a.css",
                 "de/acme/errors/timeout/index.html", "acme/api/v2/summary.json"):  # fmt: skip
        assert (copy.folder / name).stat().st_size > 0, name
    status = json.loads((copy.folder / "api/v1/services/acme/status.json").read_bytes())
    assert status["verdict"] == "confirmed"
    assert not [name for name in copy.hashes if "report" in name or "admin" in name or "subscri" in name]

    assert copy.round(NOW) == 0, "nothing has changed"
    before = dict(copy.hashes)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        DetectorState.objects.create(service=Service.objects.get(), minute=NOW, recounted_until=NOW, state=b"")
        assert copy.round(NOW + timedelta(minutes=1)) > 0
    changed = {name for name, digest in copy.hashes.items() if before.get(name) != digest}
    assert "de/acme/index.html" in changed
    assert "de/about/index.html" not in changed

    there = tmp_path / "there"
    if shutil.which("rsync"):
        for command in mirror.rsync_commands(copy.folder, f"{there}/"):
            subprocess.run(command, check=True, timeout=60)
    else:
        shutil.copytree(copy.folder, there)
    key = mirror.public_key()
    call_command("export_site", str(there), "--verify", key)
    assert "files as they were made at 2026-03-02 12:0" in capsys.readouterr().out
    (there / "de/acme/index.html").write_text("Acme is fine", encoding="ascii")
    with pytest.raises(CommandError, match=r"de/acme/index\.html is not as it was made"):
        call_command("export_site", str(there), "--verify", key)
    with pytest.raises(CommandError, match="not signed by this key"):
        call_command("export_site", str(there), "--verify", "A" * 43 + "=")


@pytest.mark.slow
def test_a_round_that_has_no_time_for_all_makes_what_has_news_and_leaves_the_rest_to_the_next(copy, monkeypatch):
    quiet, loud = Service.objects.get(), factories.a_service("beta")
    for service in (quiet, loud):
        DetectorState.objects.create(service=service, minute=NOW, recounted_until=NOW, state=b"")
    copy.round(NOW, within_s=0.0)
    assert {"de/acme/index.html", "de/beta/index.html"} <= set(copy.hashes), "the first round makes all"

    later = NOW + timedelta(minutes=1)
    with time_machine.travel(later, tick=False):
        for state in DetectorState.objects.all():
            state.save()
        LiveEntry.objects.create(service=loud)
        before, pages = dict(copy.hashes), itertools.count()
        monkeypatch.setattr(mirror, "time", SimpleNamespace(monotonic=lambda: float(next(pages))))  # a second a page
        copy.round(later, within_s=1.0 + sum(target.slug in ("", "beta") for target in copy._made))
        assert copy.hashes["de/beta/index.html"] != before["de/beta/index.html"]
        assert copy.hashes["de/acme/index.html"] == before["de/acme/index.html"]
        copy.round(later, within_s=1000.0)
        assert copy.hashes["de/acme/index.html"] != before["de/acme/index.html"]


def test_a_language_that_there_is_not_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="There is no language xx"):
        call_command("export_site", str(tmp_path), "--languages", "xx")
