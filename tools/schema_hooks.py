"""For tools/schema_run.py: most requests ask for what is there, the others for anything."""

from __future__ import annotations

import json
import os
from typing import Any

import schemathesis

REAL: dict[str, Any] = json.loads(os.environ.get("SCHEMA_RUN_REAL", "{}"))


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Real names in three of four addresses."""
    for name, value in list((path_parameters or {}).items()):
        if name in REAL and len(str(value)) % 4:
            path_parameters[name] = REAL[name]  # type: ignore[index]
    return path_parameters


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """The real service in half of the bodies that name one."""
    for said in body if isinstance(body, list) else [body]:
        if isinstance(said, dict) and isinstance(said.get("service"), str) and len(said["service"]) % 2:
            said["service"] = REAL["slug"]
    return body
