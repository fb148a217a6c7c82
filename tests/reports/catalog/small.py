"""The least catalogue that is fine, as text, and its parts to make others of."""

from __future__ import annotations

HEAD = """
slug = "mail"
name = "Mail"
default_component = "web"
"""
PARTS = """
[[components]]
slug = "web"
name = "Web mail"

[[components]]
slug = "sync"
name = "Synchronisation"

[[symptoms]]
slug = "timeout"
name = "Times out"
"""
GOOD = HEAD + PARTS
PROBE = GOOD + '[[probes]]\nslug = "front"\n'
HTTP = PROBE + 'kind = "http"\ncomponent = "web"\n'
