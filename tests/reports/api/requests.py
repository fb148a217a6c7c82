"""Requests to the reports' doors, through the real views, and what their answers must be."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from reports.models import Report

URL = "/api/v1/reports"


def post(body: Any, client: Client | None = None, **headers: str) -> Any:
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    return (client or Client()).generic("POST", URL, content, headers=headers, CONTENT_TYPE="application/json")


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The answer is a problem document of this kind, and nothing was stored."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(response.content)
    assert problem["type"] == f"/api/problems/{code}"
    assert problem["status"] == status
    assert problem["detail"]
    assert Report.objects.count() == 0
    return problem
