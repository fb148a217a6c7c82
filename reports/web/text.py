"""What becomes of a report, and why one is refused, in the words of the pages. The API's own words stay English."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# Refusals that the pages show as they are: marked here, said by `refused`.
SAID = (
    gettext_noop("At most 40 letters, digits, spaces and . _ : / # -, such as 503 or app:540."),
    gettext_noop("This service doesn’t accept new reports."),
    gettext_noop("There’s no such report, or it has been deleted."),
    gettext_noop("This link belongs to another report."),
    gettext_noop("This report was deleted. Send a new one."),
    gettext_noop("This Idempotency-Key was sent with another body. Use a new key for a new report."),
    gettext_noop("This isn’t an email address."),
    gettext_noop("Only email can be sent once a day."),
    gettext_noop("We don’t know this address. Choose the service that it’s from."),
    gettext_noop("This isn’t a valid address."),
    gettext_noop("This service shows a recording, so there are no alerts."),
    gettext_noop("Too many unconfirmed subscriptions from your network. Try again in an hour."),
    gettext_noop("We’ve already sent several messages there today. Look for an earlier one, or try again tomorrow."),
)


def refused(message: str) -> str:
    """A refusal in the language of the page; one that no page expects stays in English."""
    return _(message) if message in SAID else message


def rule(name: str) -> str:
    """What a rule of `trust` made of a report; the rule's name where it has no words here."""
    words = {
        "trap_field": _("A field hidden from people was filled in: not counted."),
        "duplicate_tap": _("You reported the same thing a moment ago; it counts once."),
        "reporter_burst": _("Many reports within a few minutes: this one isn’t counted."),
        "backdated_burst": _("Several reports about earlier times: waiting for review."),
        "note_with_contact": _("Counted. The note looks private and isn’t shown."),
        "note_with_link": _("Counted. The note contains a link and isn’t shown."),
        "blocked_network": _("Reports from this network are waiting for review today."),
        "accepted_by_moderator": _("Reviewed by a moderator, then counted."),
        "dropped_by_moderator": _("A moderator decided that this report is not counted."),
        "held_by_moderator": _("A moderator is reviewing this report."),
        "note_hidden_by_moderator": _("Counted. A moderator has hidden the note."),
    }
    return words.get(name, name)
