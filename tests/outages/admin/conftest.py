"""People who may sign in, and things for them to look at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client


@pytest.fixture
def signed_in(db: None) -> Callable[[str], Client]:
    """A client of somebody new in a group: `signed_in("moderator")`."""

    from django.contrib.auth.models import Group, User

    def made(group: str) -> Client:
        user = User.objects.create_user(f"a-{group}", password="a password of ours", is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        client = Client()
        client.force_login(user)
        return client

    return made
