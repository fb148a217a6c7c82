"""What the site leaves out while very much is asked of it, for readers. Steps are those of `config.front.pressure`."""

from __future__ import annotations

from django.utils.translation import gettext as _


def sentences(step: int) -> list[str]:
    """Return a sentence for each thing that is left out at a step of the front's pressure; none at 0."""
    every = (
        _("Charts are simpler, and long tables are cut short."),
        _("Pages update less often."),
        _("Downloads are switched off."),
        _("The API only gives saved answers."),
        _("Notes in new reports may not be saved."),
        _(
            "Networks that send far more reports than others have to solve a puzzle first; "
            "your browser does it for you."
        ),
        _("If you report the same thing again, it isn’t saved a second time."),
        _("Some reports can’t be accepted right away. If so, please try again in a few seconds."),
    )
    return list(every[: max(step, 0)])
