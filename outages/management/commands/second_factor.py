"""manage.py second_factor NAME: gives an account a second factor, or takes it away from one who has lost it."""

from __future__ import annotations

import io
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Set up two-factor sign-in for an account at /admin/, or remove it (--remove) if someone lost theirs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="user name of the account")
        parser.add_argument("--remove", action="store_true", help="remove the second factor")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SIGN_IN_TOTP == "off":
            raise CommandError("Nobody is asked for a second factor here: SIGN_IN_TOTP is off.")
        from outages.admin import second_factor  # its tables are there only where it is on

        try:
            user = User.objects.get(username=options["name"])
        except User.DoesNotExist:
            raise CommandError(f"There is no account {options['name']!r}.") from None
        if options["remove"]:
            count = second_factor.remove(user)
            self.stdout.write(f"{count // 2} taken away." if count else f"{user} has none.")
            return
        address, codes = second_factor.set_up(user)
        self.stdout.write(f"Let {user} scan this with an authenticator app, or type its secret into one:")
        picture = io.StringIO()
        segno.make(address).terminal(out=picture, compact=True)
        self.stdout.write(picture.getvalue())
        self.stdout.write(address)
        self.stdout.write("For when the app is gone, each good once:")
        self.stdout.write("  " + "  ".join(codes))
