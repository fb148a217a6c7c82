"""Takes reports in. The only writer of Report; every door comes through here."""

from reports.intake.batches import Batch, take_many
from reports.intake.correcting import correct, find, said_of, withdraw
from reports.intake.recording import Recorded, Recording, forget_recorded, take_recorded
from reports.intake.rows import Door
from reports.intake.taking import Receipt, take

__all__ = [
    "Batch",
    "Door",
    "Receipt",
    "Recorded",
    "Recording",
    "correct",
    "find",
    "forget_recorded",
    "said_of",
    "take",
    "take_many",
    "take_recorded",
    "withdraw",
]
