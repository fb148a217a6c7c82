"""The tool that runs the checks: all of them, and it fails when one does."""

import os
import sys

import pytest

from tools import checks
from tools.checks import Check


def says(words, code=0):
    return (sys.executable, "-c", f"import os; print({words!r}, os.environ['OUTBOUND']); raise SystemExit({code})")


@pytest.mark.parametrize("outbound", ["on", "loopback", ""])
def test_every_check_runs_with_outbound_off_even_after_a_failure(monkeypatch, capfd, outbound):
    monkeypatch.setenv("OUTBOUND", outbound)
    first, beside = Check("first", says("one", 1)), Check("types", says("aside", 1), is_beside=True)
    monkeypatch.setattr(checks, "CHECKS", (beside, first, Check("later", says("x"), only_all=True)))
    monkeypatch.setattr(checks, "FAST_TESTS", Check("tests", says("two")))
    monkeypatch.setattr(sys, "argv", ["checks.py", "fast"])
    assert checks.main() == 1
    shown = capfd.readouterr().out
    assert "one off" in shown
    assert "two off" in shown
    assert "aside off" in shown
    assert "types          FAILED" in shown
    assert "x off" not in shown
    assert "first          FAILED" in shown


def test_it_passes_when_all_pass_and_leaves_no_folder_behind(monkeypatch, capfd):
    code = "import os; print('folder=' + os.environ['DATA_DIR'])"
    monkeypatch.setattr(checks, "CHECKS", ())
    monkeypatch.setattr(checks, "FAST_TESTS", Check("tests", (sys.executable, "-c", code)))
    monkeypatch.setattr(sys, "argv", ["checks.py", "fast"])
    assert checks.main() == 0
    folder = next(line for line in capfd.readouterr().out.splitlines() if line.startswith("folder="))
    assert not os.path.exists(folder.removeprefix("folder="))
