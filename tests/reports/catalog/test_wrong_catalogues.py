"""Wrong catalogues, and what is said of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.catalog.errors import CatalogError
from reports.catalog.loader import parse
from tests.reports.catalog.small import GOOD, HEAD, HTTP, PARTS, PROBE

SOURCE = HEAD + 'entities = ["Mail"]\n' + PARTS + '[[sources]]\nslug = "news"\n'
GUIDE = GOOD + '[symptoms.guide]\nmeaning = "It is slow."\n'
NO_ACCOUNT = "expected an address without a name or password in it"

WRONG = {
    # the file as a whole
    "no TOML": ("slug = ", "is not valid TOML: Invalid value (at end of document)"),
    "a key twice": (GOOD + 'slug = "x"\nslug = "x"\n', "is not valid TOML: Cannot overwrite a value"),
    "brackets within brackets": ("a = " + "[" * 9000, "is nested too deeply"),
    "tables within tables": ("a" + ".a" * 9000 + " = 1", "expected at most 8 levels of tables and lists"),
    "a key that is a sentence": ('"Hello, world" = 1', "expected keys of at most 60 letters, digits, - and _"),
    "a key that plays at being a message": ('"a` - at `$.name" = 1', "expected keys of at most 60 letters"),
    "nothing": ("", "slug: is missing; expected lower-case letters and digits, joined by single hyphens"),
    "a language's name": (GOOD.replace('"mail"', '"de"'), "slug: expected a word that is no language of the site"),
    # the schema
    "no name": ('slug = "a"', "name: is missing; expected text, or a table of languages"),
    "a number for a name": (GOOD.replace('"Mail"', "3"), "name: expected text, or a table of languages; found 3"),
    "a date for a name": (GOOD.replace('"Mail"', "2026-01-01"), "name: expected text, or a table of languages; found"),
    "a number for a translation": (GOOD.replace('"Mail"', "{ en = 3 }"), "name: expected text under each of en"),
    "a slug with a space": (GOOD.replace('"mail"', '"my mail"'), "slug: expected lower-case letters and digits"),
    "a slug that ends a line": (GOOD.replace('"mail"', '"mail\\n"'), 'found "mail\\n"'),
    "a long slug": (GOOD.replace('"mail"', f'"{"a" * 41}"'), "slug: expected lower-case letters and digits"),
    "a key that is nearly right": (
        HEAD + 'homepag = ""\n' + PARTS,
        'homepag: is not a key that is known here; did you mean "homepage"?',
    ),
    "a key that is unlike any": (
        HEAD + "zzz = 1\n" + PARTS,
        "zzz: is not a key that is known here; expected one of accepts_reports, advice",
    ),
    "a key in the wrong table": (GOOD + "position = 1\n", "symptoms[0].position: is not a key that is known here"),
    "an unknown clock": (HEAD + 'clock = "slow"\n' + PARTS, 'clock: expected one of "live", "recorded"; found "slow"'),
    "an unknown category": (
        HEAD + 'category = "boats"\n' + PARTS,
        'category: expected one of "ai", "carriers"',
    ),
    "a word for a truth": (
        HEAD + 'accepts_reports = "yes"\n' + PARTS,
        'accepts_reports: expected true or false; found "yes"',
    ),
    "a position below zero": (
        HEAD + "position = -1\n" + PARTS,
        "position: expected a whole number from 0 to 32767; found -1",
    ),
    "a position beyond all numbers": (
        HEAD + f"position = 0x{'f' * 5000}\n" + PARTS,
        "found a number of more than 64 bits",
    ),
    "no components": (
        HEAD + 'components = []\n[[symptoms]]\nslug = "x"\nname = "X"\n',
        "components: expected a list with at least one entry, each a table with slug and name; found an empty list",
    ),
    "one component instead of a list": (
        HEAD + '[components]\nslug = "x"\nname = "X"\n',
        "components: expected a list with at least one entry, each a table with slug and name; found a table",
    ),
    "a component without a name": (GOOD + '[[components]]\nslug = "x"\n', "components[2].name: is missing"),
    "an unknown cause": (
        GUIDE + '[symptoms.guide.causes]\nmoon = "Full."\n',
        'symptoms[0].guide.causes: expected keys that are one of "configuration"',
    ),
    "an unknown platform": (
        GUIDE + '[symptoms.guide.platforms]\nfax = "Send again."\n',
        "symptoms[0].guide.platforms: expected keys that are one of",
    ),
    "a number for a cause": (
        GUIDE + "[symptoms.guide.causes]\noverload = 3\n",
        "symptoms[0].guide.causes: expected text, or a table of languages under each of overload",
    ),
    "a guide without a meaning": (GOOD + "[symptoms.guide]\nsteps = []\n", "symptoms[0].guide.meaning: is missing"),
    "an interval that is too short": (
        HTTP + "interval_s = 5\n",
        "probes[0].interval_s: expected a whole number from 10 to 86400; found 5",
    ),
    "a patience without end": (
        HTTP + "timeout_s = inf\n",
        "probes[0].timeout_s: expected a number above 0, at most 60; found inf",
    ),
    "a budget without end": (
        SOURCE + 'kind = "x"\nbudget_usd_a_day = inf\n',
        "sources[0].budget_usd_a_day: expected a number from 0 to 1000; found inf",
    ),
    "a status that is none": (
        HTTP + "expect = [42]\n",
        "probes[0].expect[0]: expected a whole number from 100 to 599; found 42",
    ),
    "a country in small letters": (
        HEAD + 'places = ["de"]\n' + PARTS,
        'places[0]: expected an ISO 3166-1 country code of two capitals, such as "DE"; found "de"',
    ),
    "a NUL in a text": (
        GOOD.replace('"Mail"', '"Ma\\u0000il"'),
        "name: expected text without control characters; found '\\x00'",
    ),
    "a text without end": (
        GOOD.replace('"Mail"', f'"{"a" * 5001}"'),
        "name: expected at most 5,000 characters; found 5,001",
    ),
    # what belongs together
    "an empty name": (GOOD.replace('"Mail"', '" "'), "name: expected words; found none"),
    "a long name": (
        GOOD.replace('"Mail"', f'"{"a" * 81}"'),
        "name: expected one line of at most 80 characters; found 81",
    ),
    "no English": (
        GOOD.replace('"Mail"', '{ de = "Post" }'),
        "name: expected at least English in a table of languages",
    ),
    "a language that is none": (
        GOOD.replace('"Mail"', '{ en = "Mail", german = "Post" }'),
        'name.german: expected a language tag such as "de"',
    ),
    "an unknown default": (
        GOOD.replace('default_component = "web"', 'default_component = "app"'),
        'default_component: expected a component of this catalogue; "app" is none of web, sync',
    ),
    "a recording of unknown origin": (HEAD + 'clock = "recorded"\n' + PARTS, "provenance: is missing"),
    "a component twice": (
        GOOD + '[[components]]\nslug = "web"\nname = "Again"\n',
        'components[2].slug: expected a slug of its own; "web" is that of components[0]',
    ),
    "a symptom twice": (
        GOOD + '[[symptoms]]\nslug = "timeout"\nname = "Again"\n',
        "symptoms[1].slug: expected a slug of its own",
    ),
    "a need of something unknown": (
        GOOD + '[[components]]\nslug = "x"\nname = "X"\ndepends_on = ["y"]\n',
        'components[2].depends_on: expected a component of this catalogue; "y" is none of',
    ),
    "a need of itself": (
        GOOD + '[[components]]\nslug = "x"\nname = "X"\ndepends_on = ["x"]\n',
        "components: expected depends_on without a circle; found x → x",
    ),
    "a circle": (
        GOOD
        + '[[components]]\nslug = "a"\nname = "A"\ndepends_on = ["b"]\n'
        + '[[components]]\nslug = "b"\nname = "B"\ndepends_on = ["a"]\n',
        "components: expected depends_on without a circle",
    ),
    "a symptom of something unknown": (
        GOOD + 'component = "x"\n',
        'symptoms[0].component: expected a component of this catalogue; "x"',
    ),
    "a symptom offered for something unknown": (
        GOOD + 'components = ["web", "x"]\n',
        "symptoms[0].components: expected a component of this catalogue",
    ),
    "a symptom outside its own parts": (
        GOOD + 'component = "web"\ncomponents = ["sync"]\n',
        "symptoms[0].component: expected one of its own components: sync",
    ),
    "an icon that is a path": (
        GOOD + 'icon = "../x.svg"\n',
        'symptoms[0].icon: expected a simple name such as "hourglass"',
    ),
    "an empty step": (GUIDE + 'steps = ["Wait.", ""]\n', "symptoms[0].guide.steps[1]: expected words; found none"),
    "advice on an unknown symptom": (
        GOOD + '[[advice]]\ntext = "Wait."\nsymptoms = ["x"]\n',
        "advice[0].symptoms: expected a symptom of this catalogue",
    ),
    "advice on an unknown component": (
        GOOD + '[[advice]]\ntext = "Wait."\ncomponents = ["x"]\n',
        "advice[0].components: expected a component",
    ),
    "what works unless something unknown": (
        GOOD + '[[still_works]]\ntext = "Post"\nunless = ["x"]\n',
        "still_works[0].unless: expected a component",
    ),
    "a probe without a component": (
        PROBE + 'kind = "http"\nurl = "https://example.org/"\n',
        "probes[0].component: is missing",
    ),
    "a probe of an unknown component": (
        PROBE + 'kind = "http"\ncomponent = "x"\nurl = "https://example.org/"\n',
        "probes[0].component: expected a component",
    ),
    "a control target that is part of the service": (
        HTTP + 'url = "https://example.org/"\ncontrol = true\n',
        "probes[0].component: expected none",
    ),
    "an http probe without a url": (HTTP, "probes[0].url: is missing; a probe of kind http wants one"),
    "an http probe with a host": (
        HTTP + 'url = "https://example.org/"\nhost = "example.org"\n',
        "probes[0].host: expected none",
    ),
    "a url that is none": (
        HTTP + 'url = "example.org"\n',
        "probes[0].url: expected an address such as https://example.org/; found 'example.org'",
    ),
    "a url of a file": (HTTP + 'url = "file:///etc/passwd"\n', "probes[0].url: expected an address such as"),
    "a url with half an address": (HTTP + 'url = "http://[::1"\n', "probes[0].url: expected an address such as"),
    "a url with a password": (HTTP + 'url = "https://me:secret@example.org/"\n', f"probes[0].url: {NO_ACCOUNT}"),
    "a url with a space": (
        HTTP + 'url = "https://example.org/a b"\n',
        "probes[0].url: expected an address in ASCII, without spaces",
    ),
    "an unusual port": (
        HTTP + 'url = "https://example.org:8443/"\n',
        "expected port 80 or 443; to ask 8443 all the same, say port = 8443 beside the url",
    ),
    "two ports": (HTTP + 'url = "https://example.org:8443/"\nport = 9443\n', "probes[0].url: expected"),
    "a healthy answer that is none": (
        HTTP + 'url = "https://example.org/"\nexpect = []\n',
        "probes[0].expect: expected at least one status",
    ),
    "a fault called reachable": (
        HTTP + 'url = "https://example.org/"\nreachable = [503]\n',
        "probes[0].reachable: expected statuses below 500",
    ),
    "a header of two lines": (
        HTTP + 'url = "https://example.org/"\nheaders = { Accept = "a\\nb" }\n',
        "probes[0].headers.Accept: expected a header of one line",
    ),
    "a patience longer than the interval": (
        HTTP + 'url = "https://example.org/"\ninterval_s = 10\ntimeout_s = 10\n',
        "probes[0].timeout_s: expected less than interval_s (10)",
    ),
    "a tcp probe without a port": (
        PROBE + 'kind = "tcp"\ncomponent = "web"\nhost = "example.org"\n',
        "probes[0].port: is missing",
    ),
    "a dns probe without a host": (PROBE + 'kind = "dns"\ncomponent = "web"\n', "probes[0].host: is missing"),
    "a host that is none": (
        PROBE + 'kind = "dns"\ncomponent = "web"\nhost = "a_b"\n',
        "probes[0].host: expected a host name",
    ),
    "a dns probe with headers": (
        PROBE + 'kind = "dns"\ncomponent = "web"\nhost = "example.org"\nheaders = { A = "b" }\n',
        "probes[0].headers: expected none",
    ),
    "a country that does not exist": (
        HEAD + 'places = ["XQ"]\n' + PARTS,
        'places: expected ISO 3166-1 country codes; "XQ" is none',
    ),
    "a probe of a country that does not exist": (
        HTTP + 'url = "https://example.org/"\ncountries = ["XQ"]\n',
        'probes[0].countries: expected ISO 3166-1 country codes; "XQ" is none',
    ),
    "sources but no names to look for": (
        GOOD + '[[sources]]\nslug = "news"\nkind = "manual"\n',
        "entities: is missing",
    ),
    "an official source without authors": (
        SOURCE + 'kind = "feed"\nurl = "https://example.org/"\ntier = "official"\n',
        "sources[0].authors: is missing; expected whose posts",
    ),
    "a cloud that speaks for the service": (
        SOURCE
        + 'kind = "feed"\nurl = "https://example.org/"\ntier = "official"\nauthors = ["A"]\nupstream = "Cloud"\n',
        "sources[0].tier: expected press or community: Cloud is not this service",
    ),
    "parts of nothing": (
        SOURCE + 'kind = "feed"\nurl = "https://example.org/"\nneeds = ["eu-west"]\n',
        "sources[0].upstream: is missing",
    ),
    "a feed without a url": (SOURCE + 'kind = "feed"\n', "sources[0].url: is missing"),
    "accounts to read that are not named": (
        SOURCE + 'kind = "x"\n',
        "sources[0].authors: is missing; expected the accounts",
    ),
    "JSON without a mapping": (
        SOURCE + 'kind = "json"\nurl = "https://example.org/"\n',
        "sources[0].mapping.id: is missing; expected where in the JSON a post's id is",
    ),
    "a mapping of something that no post has": (
        SOURCE + 'kind = "json"\nurl = "https://example.org/"\nmapping = { id = "a", text = "b", mood = "c" }\n',
        "sources[0].mapping.mood: expected one of author, id, items, posted_at, stage, text, thread, title, url",
    ),
    "a mapping without JSON": (
        SOURCE + 'kind = "feed"\nurl = "https://example.org/"\nmapping = { text = "a" }\n',
        "sources[0].mapping: expected none",
    ),
    "a source that is read every minute": (
        SOURCE + 'kind = "manual"\ninterval_minutes = 1\n',
        "sources[0].interval_minutes: expected a whole number from 5 to 10080; found 1",
    ),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_catalogue_says_where_and_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(CatalogError) as raised:
        parse(text, Path("mail.toml"))
    said = str(raised.value)
    assert message in said
    assert all(line.startswith("mail.toml: ") for line in said.splitlines())
