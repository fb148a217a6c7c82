"""What becomes of a report, and why one is refused, in the words of the pages. The API's own words stay English."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# Refusals that the pages show as they are: marked here, said by `refused`.
SAID = (
    gettext_noop("At most 40 letters, digits, spaces and . _ : / # -, such as 503 or app:540."),
    gettext_noop("This service takes no new reports."),
    gettext_noop("There is no such report, or it is no longer kept."),
    gettext_noop("This receipt belongs to another report."),
    gettext_noop("This report was withdrawn. Send a new one."),
    gettext_noop("This Idempotency-Key was sent with another body. Use a new key for a new report."),
    gettext_noop("This is no mail address."),
    gettext_noop("Only mail comes once a day."),
    gettext_noop("We don’t know this address. Choose the service that it’s from."),
    gettext_noop("This is no address."),
    gettext_noop("This service shows a recording; nobody is told of it."),
    gettext_noop("Too many subscriptions were asked for from your network and not confirmed. Try again in an hour."),
    gettext_noop(
        "This target was asked often enough today. Look for our earlier message there, or try again tomorrow."
    ),
)


def refused(message: str) -> str:
    """A refusal in the language of the page; one that no page expects stays in English."""
    return _(message) if message in SAID else message


def rule(name: str) -> str:
    """What a rule of `trust` made of a report; the rule's name where it has no words here."""
    words = {
        "trap_field": _("A field that people do not see was filled in: not counted."),
        "duplicate_tap": _("You said the same a moment ago: it counts once."),
        "reporter_burst": _("Many reports in few minutes: this one is not counted."),
        "backdated_burst": _("Several reports of earlier times: held for a look."),
        "note_with_contact": _("Counted. The note looks private and is not shown."),
        "note_with_link": _("Counted. The note holds a link and is not shown."),
        "blocked_network": _("Today reports from this network are held for a look."),
        "accepted_by_moderator": _("Held for a look, then counted by a moderator."),
        "dropped_by_moderator": _("A moderator decided that this report is not counted."),
        "held_by_moderator": _("A moderator holds this report for a look."),
        "note_hidden_by_moderator": _("Counted. A moderator has hidden the note."),
    }
    return words.get(name, name)
