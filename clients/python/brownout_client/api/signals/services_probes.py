import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.probe_list import ProbeList
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    slug: str,
    *,
    at: datetime.datetime | Unset = UNSET,
    fields: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_at: str | Unset = UNSET
    if not isinstance(at, Unset):
        json_at = at.isoformat()
    params["at"] = json_at

    params["fields"] = fields

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/services/{slug}/probes".format(
            slug=quote(str(slug), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ProbeList | Problem | None:
    if response.status_code == 200:
        response_200 = ProbeList.from_dict(response.json())

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

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[ProbeList | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    at: datetime.datetime | Unset = UNSET,
    fields: str | Unset = UNSET,
) -> Response[ProbeList | Problem]:
    """The last result of each check from each vantage

     The latest result of each probe from each vantage, at most 15 minutes old at that time.

    Args:
        slug (str):
        at (datetime.datetime | Unset):
        fields (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProbeList | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        at=at,
        fields=fields,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    at: datetime.datetime | Unset = UNSET,
    fields: str | Unset = UNSET,
) -> ProbeList | Problem | None:
    """The last result of each check from each vantage

     The latest result of each probe from each vantage, at most 15 minutes old at that time.

    Args:
        slug (str):
        at (datetime.datetime | Unset):
        fields (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProbeList | Problem
    """

    return sync_detailed(
        slug=slug,
        client=client,
        at=at,
        fields=fields,
    ).parsed


async def asyncio_detailed(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    at: datetime.datetime | Unset = UNSET,
    fields: str | Unset = UNSET,
) -> Response[ProbeList | Problem]:
    """The last result of each check from each vantage

     The latest result of each probe from each vantage, at most 15 minutes old at that time.

    Args:
        slug (str):
        at (datetime.datetime | Unset):
        fields (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProbeList | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        at=at,
        fields=fields,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    at: datetime.datetime | Unset = UNSET,
    fields: str | Unset = UNSET,
) -> ProbeList | Problem | None:
    """The last result of each check from each vantage

     The latest result of each probe from each vantage, at most 15 minutes old at that time.

    Args:
        slug (str):
        at (datetime.datetime | Unset):
        fields (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProbeList | Problem
    """

    return (
        await asyncio_detailed(
            slug=slug,
            client=client,
            at=at,
            fields=fields,
        )
    ).parsed
