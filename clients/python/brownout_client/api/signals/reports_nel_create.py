from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    key: UUID,
    *,
    body: Any,
    component: str | Unset = UNSET,
    service: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["component"] = component

    params["service"] = service

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/reports/nel/{key}".format(
            key=quote(str(key), safe=""),
        ),
        "params": params,
    }

    _kwargs["json"] = body

    headers["Content-Type"] = "application/reports+json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | None:
    if response.status_code == 204:
        response_204 = cast(Any, None)
        return response_204

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

    if response.status_code == 411:
        response_411 = Problem.from_dict(response.json())

        return response_411

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    key: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: Any,
    component: str | Unset = UNSET,
    service: str,
) -> Response[Any | Problem]:
    """Where browsers send Network Error Logging

     A site's owner names this address in `Report-To` and `NEL`. `key` is the id of a key that may write
    reports, not the key itself: the header is public. Only whether loads failed, and how, is counted,
    by component and country; no address, path or referrer is kept. A `success_fraction` tells how many
    went well.

    Args:
        key (UUID):
        component (str | Unset):
        service (str):
        body (Any):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        key=key,
        body=body,
        component=component,
        service=service,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    key: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: Any,
    component: str | Unset = UNSET,
    service: str,
) -> Any | Problem | None:
    """Where browsers send Network Error Logging

     A site's owner names this address in `Report-To` and `NEL`. `key` is the id of a key that may write
    reports, not the key itself: the header is public. Only whether loads failed, and how, is counted,
    by component and country; no address, path or referrer is kept. A `success_fraction` tells how many
    went well.

    Args:
        key (UUID):
        component (str | Unset):
        service (str):
        body (Any):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return sync_detailed(
        key=key,
        client=client,
        body=body,
        component=component,
        service=service,
    ).parsed


async def asyncio_detailed(
    key: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: Any,
    component: str | Unset = UNSET,
    service: str,
) -> Response[Any | Problem]:
    """Where browsers send Network Error Logging

     A site's owner names this address in `Report-To` and `NEL`. `key` is the id of a key that may write
    reports, not the key itself: the header is public. Only whether loads failed, and how, is counted,
    by component and country; no address, path or referrer is kept. A `success_fraction` tells how many
    went well.

    Args:
        key (UUID):
        component (str | Unset):
        service (str):
        body (Any):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        key=key,
        body=body,
        component=component,
        service=service,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    key: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: Any,
    component: str | Unset = UNSET,
    service: str,
) -> Any | Problem | None:
    """Where browsers send Network Error Logging

     A site's owner names this address in `Report-To` and `NEL`. `key` is the id of a key that may write
    reports, not the key itself: the header is public. Only whether loads failed, and how, is counted,
    by component and country; no address, path or referrer is kept. A `success_fraction` tells how many
    went well.

    Args:
        key (UUID):
        component (str | Unset):
        service (str):
        body (Any):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return (
        await asyncio_detailed(
            key=key,
            client=client,
            body=body,
            component=component,
            service=service,
        )
    ).parsed
