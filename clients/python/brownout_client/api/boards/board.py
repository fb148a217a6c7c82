import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.board import Board
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    at: datetime.datetime | Unset = UNSET,
    of: str,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_at: str | Unset = UNSET
    if not isinstance(at, Unset):
        json_at = at.isoformat()
    params["at"] = json_at

    params["of"] = of

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/board",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Board | Problem | None:
    if response.status_code == 200:
        response_200 = Board.from_dict(response.json())

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

    if response.status_code == 406:
        response_406 = Problem.from_dict(response.json())

        return response_406

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Board | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    at: datetime.datetime | Unset = UNSET,
    of: str,
) -> Response[Board | Problem]:
    """Several services and components at once

     `links` has the same board as a page, stream, feeds, calendar, badges and in Statuspage format;
    `POST /subscriptions` accepts `of` too.

    Args:
        at (datetime.datetime | Unset):
        of (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Board | Problem]
    """

    kwargs = _get_kwargs(
        at=at,
        of=of,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    at: datetime.datetime | Unset = UNSET,
    of: str,
) -> Board | Problem | None:
    """Several services and components at once

     `links` has the same board as a page, stream, feeds, calendar, badges and in Statuspage format;
    `POST /subscriptions` accepts `of` too.

    Args:
        at (datetime.datetime | Unset):
        of (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Board | Problem
    """

    return sync_detailed(
        client=client,
        at=at,
        of=of,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    at: datetime.datetime | Unset = UNSET,
    of: str,
) -> Response[Board | Problem]:
    """Several services and components at once

     `links` has the same board as a page, stream, feeds, calendar, badges and in Statuspage format;
    `POST /subscriptions` accepts `of` too.

    Args:
        at (datetime.datetime | Unset):
        of (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Board | Problem]
    """

    kwargs = _get_kwargs(
        at=at,
        of=of,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    at: datetime.datetime | Unset = UNSET,
    of: str,
) -> Board | Problem | None:
    """Several services and components at once

     `links` has the same board as a page, stream, feeds, calendar, badges and in Statuspage format;
    `POST /subscriptions` accepts `of` too.

    Args:
        at (datetime.datetime | Unset):
        of (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Board | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            at=at,
            of=of,
        )
    ).parsed
