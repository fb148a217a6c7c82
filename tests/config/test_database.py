"""The tests run on the real servers."""

import pytest
from django.core.cache import cache
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_postgresql_with_what_we_rely_on():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 160000
        cursor.execute(
            "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
        )
        assert cursor.fetchone()[1] == "UTF8"


def test_the_cache_is_a_real_server(servers):
    cache.set("tests", "seen", 5)
    assert cache.get("tests") == "seen"
