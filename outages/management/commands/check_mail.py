"""manage.py check_mail ADDRESS: hands one message to the mail server and says what came of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils import timezone

from outages.notifications.channels import mail
from outages.notifications.errors import DeliveryError


class Command(BaseCommand):
    help = "Send a test message through EMAIL_URL and print the mail server's response."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="recipient of the test message")

    def handle(self, *args: Any, **options: Any) -> None:
        address: str = options["address"]
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError(f"{address!r} is no mail address.") from error
        if reason := mail.unready():
            raise CommandError(f"Mail cannot be sent: {reason}.")
        security = "TLS" if settings.EMAIL_USE_SSL else "STARTTLS" if settings.EMAIL_USE_TLS else "no encryption"
        login = f"as {settings.EMAIL_HOST_USER}" if settings.EMAIL_HOST_USER else "without signing in"
        self.stdout.write(f"Trying {settings.EMAIL_HOST}:{settings.EMAIL_PORT} with {security}, {login} …")
        message = EmailMultiAlternatives(
            subject="Brownout: mail works",
            body=f"Brownout at {settings.SITE_URL} can send mail. This is a test that its operator asked for.\n",
            from_email=settings.MAIL_FROM,
            to=[address],
            headers={"Date": mail.date_of(timezone.now()), "Auto-Submitted": "auto-generated"},
        )
        try:
            mail.hand_over(message)
        except DeliveryError as error:
            raise CommandError(f"Not taken: {error}.") from error
        self.stdout.write(f"Taken, from {settings.MAIL_FROM} to {address}. If it does not arrive, look at its sender.")
