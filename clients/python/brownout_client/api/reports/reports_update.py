from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.own_report import OwnReport
from ...models.problem import Problem
from ...models.reports_update_correction import ReportsUpdateCorrection
from ...types import UNSET, Response, Unset


def _get_kwargs(
    report_id: UUID,
    *,
    body: ReportsUpdateCorrection,
    x_receipt: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_receipt, Unset):
        headers["X-Receipt"] = x_receipt

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/api/v1/reports/{report_id}".format(
            report_id=quote(str(report_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> OwnReport | Problem | None:
    if response.status_code == 200:
        response_200 = OwnReport.from_dict(response.json())

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

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 406:
        response_406 = Problem.from_dict(response.json())

        return response_406

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[OwnReport | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    report_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: ReportsUpdateCorrection,
    x_receipt: str | Unset = UNSET,
) -> Response[OwnReport | Problem]:
    """Edit your report

     Changes the fields you send; the others stay as they are, and so does the time.

    Args:
        report_id (UUID):
        x_receipt (str | Unset):
        body (ReportsUpdateCorrection): What a reporter changes of a report. A field that is
            absent stays; null or "" clears it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OwnReport | Problem]
    """

    kwargs = _get_kwargs(
        report_id=report_id,
        body=body,
        x_receipt=x_receipt,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    report_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: ReportsUpdateCorrection,
    x_receipt: str | Unset = UNSET,
) -> OwnReport | Problem | None:
    """Edit your report

     Changes the fields you send; the others stay as they are, and so does the time.

    Args:
        report_id (UUID):
        x_receipt (str | Unset):
        body (ReportsUpdateCorrection): What a reporter changes of a report. A field that is
            absent stays; null or "" clears it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OwnReport | Problem
    """

    return sync_detailed(
        report_id=report_id,
        client=client,
        body=body,
        x_receipt=x_receipt,
    ).parsed


async def asyncio_detailed(
    report_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: ReportsUpdateCorrection,
    x_receipt: str | Unset = UNSET,
) -> Response[OwnReport | Problem]:
    """Edit your report

     Changes the fields you send; the others stay as they are, and so does the time.

    Args:
        report_id (UUID):
        x_receipt (str | Unset):
        body (ReportsUpdateCorrection): What a reporter changes of a report. A field that is
            absent stays; null or "" clears it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OwnReport | Problem]
    """

    kwargs = _get_kwargs(
        report_id=report_id,
        body=body,
        x_receipt=x_receipt,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    report_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: ReportsUpdateCorrection,
    x_receipt: str | Unset = UNSET,
) -> OwnReport | Problem | None:
    """Edit your report

     Changes the fields you send; the others stay as they are, and so does the time.

    Args:
        report_id (UUID):
        x_receipt (str | Unset):
        body (ReportsUpdateCorrection): What a reporter changes of a report. A field that is
            absent stays; null or "" clears it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OwnReport | Problem
    """

    return (
        await asyncio_detailed(
            report_id=report_id,
            client=client,
            body=body,
            x_receipt=x_receipt,
        )
    ).parsed
