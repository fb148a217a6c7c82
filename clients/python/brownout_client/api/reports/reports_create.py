from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.receipt import Receipt
from ...models.reports_create_submission import ReportsCreateSubmission
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: ReportsCreateSubmission,
    idempotency_key: str | Unset = UNSET,
    x_reporter: str | Unset = UNSET,
    x_standing: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    if not isinstance(x_reporter, Unset):
        headers["X-Reporter"] = x_reporter

    if not isinstance(x_standing, Unset):
        headers["X-Standing"] = x_standing

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/reports",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | Receipt | None:
    if response.status_code == 200:
        response_200 = Receipt.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = Receipt.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 411:
        response_411 = Problem.from_dict(response.json())

        return response_411

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | Receipt]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: ReportsCreateSubmission,
    idempotency_key: str | Unset = UNSET,
    x_reporter: str | Unset = UNSET,
    x_standing: str | Unset = UNSET,
) -> Response[Problem | Receipt]:
    """Report a problem, or that it works

     Stores one report and responds once it is safely on disk. The same report from the same `X-Reporter`
    within two minutes is not stored again; the response is 200 with the earlier ID.

    Args:
        idempotency_key (str | Unset):
        x_reporter (str | Unset):
        x_standing (str | Unset):
        body (ReportsCreateSubmission): One report, as it was sent. "" means the same as null.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Receipt]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
        x_reporter=x_reporter,
        x_standing=x_standing,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: ReportsCreateSubmission,
    idempotency_key: str | Unset = UNSET,
    x_reporter: str | Unset = UNSET,
    x_standing: str | Unset = UNSET,
) -> Problem | Receipt | None:
    """Report a problem, or that it works

     Stores one report and responds once it is safely on disk. The same report from the same `X-Reporter`
    within two minutes is not stored again; the response is 200 with the earlier ID.

    Args:
        idempotency_key (str | Unset):
        x_reporter (str | Unset):
        x_standing (str | Unset):
        body (ReportsCreateSubmission): One report, as it was sent. "" means the same as null.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Receipt
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
        x_reporter=x_reporter,
        x_standing=x_standing,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: ReportsCreateSubmission,
    idempotency_key: str | Unset = UNSET,
    x_reporter: str | Unset = UNSET,
    x_standing: str | Unset = UNSET,
) -> Response[Problem | Receipt]:
    """Report a problem, or that it works

     Stores one report and responds once it is safely on disk. The same report from the same `X-Reporter`
    within two minutes is not stored again; the response is 200 with the earlier ID.

    Args:
        idempotency_key (str | Unset):
        x_reporter (str | Unset):
        x_standing (str | Unset):
        body (ReportsCreateSubmission): One report, as it was sent. "" means the same as null.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Receipt]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
        x_reporter=x_reporter,
        x_standing=x_standing,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: ReportsCreateSubmission,
    idempotency_key: str | Unset = UNSET,
    x_reporter: str | Unset = UNSET,
    x_standing: str | Unset = UNSET,
) -> Problem | Receipt | None:
    """Report a problem, or that it works

     Stores one report and responds once it is safely on disk. The same report from the same `X-Reporter`
    within two minutes is not stored again; the response is 200 with the earlier ID.

    Args:
        idempotency_key (str | Unset):
        x_reporter (str | Unset):
        x_standing (str | Unset):
        body (ReportsCreateSubmission): One report, as it was sent. "" means the same as null.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Receipt
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
            x_reporter=x_reporter,
            x_standing=x_standing,
        )
    ).parsed
