from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.batch import Batch
from ...models.problem import Problem
from ...models.reports_create_batch_submission import ReportsCreateBatchSubmission
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: list[ReportsCreateBatchSubmission],
    idempotency_key: str | Unset = UNSET,
    x_reporter: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    if not isinstance(x_reporter, Unset):
        headers["X-Reporter"] = x_reporter

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/reports/batch",
    }

    _kwargs["json"] = []
    for body_item_data in body:
        body_item = body_item_data.to_dict()
        _kwargs["json"].append(body_item)

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Batch | Problem | None:
    if response.status_code == 200:
        response_200 = Batch.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Batch | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: list[ReportsCreateBatchSubmission],
    idempotency_key: str | Unset = UNSET,
    x_reporter: str | Unset = UNSET,
) -> Response[Batch | Problem]:
    """Send up to 500 reports in one request

     For apps that were offline and for anyone who collects reports. Each report is checked as if it had
    been sent alone, and `results` lists the outcomes in the same order; an invalid report does not
    affect the others. Responds once all valid reports are safely on disk, in one transaction.
    `X-Reporter` and `Idempotency-Key` apply to the whole request.

    Args:
        idempotency_key (str | Unset):
        x_reporter (str | Unset):
        body (list[ReportsCreateBatchSubmission]):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Batch | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
        x_reporter=x_reporter,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: list[ReportsCreateBatchSubmission],
    idempotency_key: str | Unset = UNSET,
    x_reporter: str | Unset = UNSET,
) -> Batch | Problem | None:
    """Send up to 500 reports in one request

     For apps that were offline and for anyone who collects reports. Each report is checked as if it had
    been sent alone, and `results` lists the outcomes in the same order; an invalid report does not
    affect the others. Responds once all valid reports are safely on disk, in one transaction.
    `X-Reporter` and `Idempotency-Key` apply to the whole request.

    Args:
        idempotency_key (str | Unset):
        x_reporter (str | Unset):
        body (list[ReportsCreateBatchSubmission]):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Batch | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
        x_reporter=x_reporter,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: list[ReportsCreateBatchSubmission],
    idempotency_key: str | Unset = UNSET,
    x_reporter: str | Unset = UNSET,
) -> Response[Batch | Problem]:
    """Send up to 500 reports in one request

     For apps that were offline and for anyone who collects reports. Each report is checked as if it had
    been sent alone, and `results` lists the outcomes in the same order; an invalid report does not
    affect the others. Responds once all valid reports are safely on disk, in one transaction.
    `X-Reporter` and `Idempotency-Key` apply to the whole request.

    Args:
        idempotency_key (str | Unset):
        x_reporter (str | Unset):
        body (list[ReportsCreateBatchSubmission]):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Batch | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
        x_reporter=x_reporter,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: list[ReportsCreateBatchSubmission],
    idempotency_key: str | Unset = UNSET,
    x_reporter: str | Unset = UNSET,
) -> Batch | Problem | None:
    """Send up to 500 reports in one request

     For apps that were offline and for anyone who collects reports. Each report is checked as if it had
    been sent alone, and `results` lists the outcomes in the same order; an invalid report does not
    affect the others. Responds once all valid reports are safely on disk, in one transaction.
    `X-Reporter` and `Idempotency-Key` apply to the whole request.

    Args:
        idempotency_key (str | Unset):
        x_reporter (str | Unset):
        body (list[ReportsCreateBatchSubmission]):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Batch | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
            x_reporter=x_reporter,
        )
    ).parsed
