from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    last_event_id_query: int | Unset = UNSET,
    of: str | Unset = UNSET,
    last_event_id_header: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(last_event_id_header, Unset):
        headers["Last-Event-ID"] = last_event_id_header

    params: dict[str, Any] = {}

    params["last_event_id"] = last_event_id_query

    params["of"] = of

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/stream",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | str | None:
    if response.status_code == 200:
        response_200 = response.text
        return response_200

    if response.status_code == 307:
        response_307 = cast(Any, None)
        return response_307

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem | str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    last_event_id_query: int | Unset = UNSET,
    of: str | Unset = UNSET,
    last_event_id_header: str | Unset = UNSET,
) -> Response[Any | Problem | str]:
    """Live changes of all services or of a board

     Server-Sent Events. `status` is the answer of the service's `/status`, at the beginning and whenever
    it changes; `incident` is an item of `/incidents`, after each change of an incident; `reset` says
    that events can't be replayed (`reason`: `too-old`, `unknown-id`, `history-renewed`): load the
    present state; `stale` says that nothing new can be read. A comment comes every 20 seconds.
    Reconnect with the last `id` to get each missed incident event once, in order.

    Args:
        last_event_id_query (int | Unset):
        of (str | Unset):
        last_event_id_header (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | str]
    """

    kwargs = _get_kwargs(
        last_event_id_query=last_event_id_query,
        of=of,
        last_event_id_header=last_event_id_header,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    last_event_id_query: int | Unset = UNSET,
    of: str | Unset = UNSET,
    last_event_id_header: str | Unset = UNSET,
) -> Any | Problem | str | None:
    """Live changes of all services or of a board

     Server-Sent Events. `status` is the answer of the service's `/status`, at the beginning and whenever
    it changes; `incident` is an item of `/incidents`, after each change of an incident; `reset` says
    that events can't be replayed (`reason`: `too-old`, `unknown-id`, `history-renewed`): load the
    present state; `stale` says that nothing new can be read. A comment comes every 20 seconds.
    Reconnect with the last `id` to get each missed incident event once, in order.

    Args:
        last_event_id_query (int | Unset):
        of (str | Unset):
        last_event_id_header (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | str
    """

    return sync_detailed(
        client=client,
        last_event_id_query=last_event_id_query,
        of=of,
        last_event_id_header=last_event_id_header,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    last_event_id_query: int | Unset = UNSET,
    of: str | Unset = UNSET,
    last_event_id_header: str | Unset = UNSET,
) -> Response[Any | Problem | str]:
    """Live changes of all services or of a board

     Server-Sent Events. `status` is the answer of the service's `/status`, at the beginning and whenever
    it changes; `incident` is an item of `/incidents`, after each change of an incident; `reset` says
    that events can't be replayed (`reason`: `too-old`, `unknown-id`, `history-renewed`): load the
    present state; `stale` says that nothing new can be read. A comment comes every 20 seconds.
    Reconnect with the last `id` to get each missed incident event once, in order.

    Args:
        last_event_id_query (int | Unset):
        of (str | Unset):
        last_event_id_header (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | str]
    """

    kwargs = _get_kwargs(
        last_event_id_query=last_event_id_query,
        of=of,
        last_event_id_header=last_event_id_header,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    last_event_id_query: int | Unset = UNSET,
    of: str | Unset = UNSET,
    last_event_id_header: str | Unset = UNSET,
) -> Any | Problem | str | None:
    """Live changes of all services or of a board

     Server-Sent Events. `status` is the answer of the service's `/status`, at the beginning and whenever
    it changes; `incident` is an item of `/incidents`, after each change of an incident; `reset` says
    that events can't be replayed (`reason`: `too-old`, `unknown-id`, `history-renewed`): load the
    present state; `stale` says that nothing new can be read. A comment comes every 20 seconds.
    Reconnect with the last `id` to get each missed incident event once, in order.

    Args:
        last_event_id_query (int | Unset):
        of (str | Unset):
        last_event_id_header (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | str
    """

    return (
        await asyncio_detailed(
            client=client,
            last_event_id_query=last_event_id_query,
            of=of,
            last_event_id_header=last_event_id_header,
        )
    ).parsed
