"""How hard the front is pressed, and what is left out for that, one thing after the other. Pure: clocks are handed in.

What the queue cannot take is refused at once, whatever the step: the steps make room before it comes to that. Scans,
incidents, notifications and the pages of an incident that has just changed are never among what is left out.
"""

from __future__ import annotations

from enum import IntEnum

HIGH, LOW = 0.6, 0.2  # of what can be borne
UP_S, DOWN_S = 1.0, 2.0  # so long it must last to go one step on, or back
LAG_S = 1.0  # an event loop that is so late can bear no more
FIGURES = (b"/map/figure.json", b"/map/frames.json")
PANELS = b"/dashboards/"
EXPORTS = (b".csv", b".zip", b".pdf")
EXPORT_QUERY = b"format=csv"
FOR_MACHINES = (b"/api/", b"/open311/", b"/gatus/", b"/kuma/")


class Step(IntEnum):
    """What is left out; each step leaves out what the ones before it do."""

    NOTHING = 0
    CHARTS_PLAIN = 1
    SNAPSHOTS_SELDOM = 2
    EXPORTS_OFF = 3
    READS_OFF = 4
    NOTES_DROPPED = 5
    WORK_ASKED = 6
    REPEATS_COUNTED = 7
    WRITES_REFUSED = 8


WORDS = {
    Step.NOTHING: "everything is done again",
    Step.CHARTS_PLAIN: "charts are plain: no figures to explore, no playback, no long tables",
    Step.SNAPSHOTS_SELDOM: "pages are made anew more seldom, but for incidents",
    Step.EXPORTS_OFF: "exports are refused",
    Step.READS_OFF: "reads of the API are answered out of what is kept, else refused",
    Step.NOTES_DROPPED: "notes of reports are not kept",
    Step.WORK_ASKED: "networks that send far more reports than others are asked for a proof of work",
    Step.REPEATS_COUNTED: "what a reporter says again is not stored",
    Step.WRITES_REFUSED: "changes are refused that would not be answered soon",
}


class Pressure:
    """The step that the front is at. It goes on at a high pressure, back at a low one, and stays in between."""

    def __init__(self) -> None:
        self.step = Step.NOTHING
        self._high_since_s: float | None = None
        self._low_since_s: float | None = None

    def look(self, pressure: float, changes: float, now_s: float) -> bool:
        """Take in how hard the front is pressed now, 1 for all that it can bear. Return whether the step changed.

        `changes` is what part of the places for reports and other changes is taken: only where that is much, something
        of reports is left out. While workers are away few wait for long, and lose nothing; readers cost no report.
        """
        last = Step.WRITES_REFUSED if changes >= HIGH else Step.READS_OFF
        if pressure < HIGH:
            self._high_since_s = None
        elif self._high_since_s is None:
            self._high_since_s = now_s
        if pressure > LOW:
            self._low_since_s = None
        elif self._low_since_s is None:
            self._low_since_s = now_s
        before = self.step
        if self._high_since_s is not None and now_s - self._high_since_s >= UP_S and before < last:
            self.step, self._high_since_s = Step(before + 1), now_s
        if self._low_since_s is not None and now_s - self._low_since_s >= DOWN_S and before > Step.NOTHING:
            self.step, self._low_since_s = Step(before - 1), now_s
        return self.step is not before

    def leaves_out(self, method: bytes, target: bytes) -> bool:
        """Return whether a request is one of those that no worker is asked for at this step."""
        if self.step < Step.CHARTS_PLAIN or method not in (b"GET", b"HEAD"):
            return False
        path, _, query = target.partition(b"?")
        if path.endswith(FIGURES) or (PANELS in path and path.endswith(b".json")):
            return True
        if self.step >= Step.EXPORTS_OFF and (path.endswith(EXPORTS) or EXPORT_QUERY in query):
            return True
        return self.step >= Step.READS_OFF and path.startswith(FOR_MACHINES)


def pressure(waited: float, filled: float, lag_s: float) -> float:
    """Return how hard the front is pressed: by those that wait, as parts of what may, or by its own delay."""
    return max(waited, filled, lag_s / LAG_S)
