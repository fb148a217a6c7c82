"""Takes reports in. The only writer of Report; every door comes through here."""

from reports.intake.batches import Batch, take_many
from reports.intake.correcting import correct, find, said_of, withdraw
from reports.intake.moderating import accept, block_network, drop, hide_notes, hold, lift_block, show_notes
from reports.intake.recording import Recorded, Recording, forget_recorded, take_recorded
from reports.intake.rows import Door
from reports.intake.taking import Receipt, take

__all__ = [
    "Batch",
    "Door",
    "Receipt",
    "Recorded",
    "Recording",
    "accept",
    "block_network",
    "correct",
    "drop",
    "find",
    "forget_recorded",
    "hide_notes",
    "hold",
    "lift_block",
    "said_of",
    "show_notes",
    "take",
    "take_many",
    "take_recorded",
    "withdraw",
]
