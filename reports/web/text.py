"""What becomes of a report, and why one is refused, in the words of the pages. The API's own words stay English."""

from __future__ import annotations

import re
from functools import cache

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
    gettext_noop("We’ve already sent several messages there today. Look for an earlier one, or try again tomorrow."),
    gettext_noop("This site can’t send email because no mail server is set up."),
    gettext_noop(
        "Teams has retired this kind of address. In the channel choose Workflows, and there the template for "
        "webhook requests."
    ),
    gettext_noop("Give the integration key (Events API v2): 32 letters and digits."),
    gettext_noop("The bot’s token is missing: it looks like 123456789:AbC… and follows /bot."),
    gettext_noop("The chat is missing: add ?chat_id= and the chat's number, or @ and the channel's name."),
    gettext_noop("The room is missing: its internal ID begins with ! (see the room’s settings, Advanced)."),
    gettext_noop("The access token is missing: add ?access_token= and the posting account's token."),
    gettext_noop("This starts a Slack workflow. Give the address of an incoming webhook instead."),
    gettext_noop("The topic is missing: the address ends with it, as in https://ntfy.sh/my-topic"),
    gettext_noop("The address is incomplete: it ends with key=… and token=…"),
    gettext_noop("The JSON must be an object: it begins with {."),
    gettext_noop("The address must begin with https:// or http://."),
    gettext_noop("Addresses that contain a user name or password aren’t allowed."),
    gettext_noop("We never call this address."),
    gettext_noop("We only call ports 80 and 443."),
    gettext_noop("You can send up to ten tests an hour."),
    gettext_noop("Your last key has since been revoked, and your address deleted with it. Request a new link."),
)
# The same with something of the visitor's in them.
SAID_WITH = (
    gettext_noop("This isn’t valid JSON (line %(line)s, column %(column)s). Placeholders go inside quotation marks."),
    gettext_noop("There’s no placeholder %(name)s. Available: %(names)s."),
)


def refused(message: str) -> str:
    """A refusal in the language of the page; one that no page expects stays in English."""
    if message in SAID:
        return _(message)
    for english in SAID_WITH:
        if found := _pattern(english).fullmatch(message):
            return _(english) % found.groupdict()
    return message


@cache
def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+?)", re.escape(english)), re.DOTALL)


def rule(name: str) -> str:
    """What a rule of `trust` made of a report; the rule's name where it has no words here."""
    words = {
        "trap_field": _("A field hidden from people was filled in: not counted."),
        "duplicate_tap": _("You reported the same thing a moment ago; it counts once."),
        "repeat_in_surge": _(
            "You already reported this in the last ten minutes, and that report counts. "
            "Very many people are reporting, so this one wasn’t saved."
        ),
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
