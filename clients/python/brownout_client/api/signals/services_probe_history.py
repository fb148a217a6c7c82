import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.probe_history import ProbeHistory
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    slug: str,
    probe: str,
    *,
    fields: str | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
    vantage: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["fields"] = fields

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    json_until: str | Unset = UNSET
    if not isinstance(until, Unset):
        json_until = until.isoformat()
    params["until"] = json_until

    params["vantage"] = vantage

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/services/{slug}/probes/{probe}/history".format(
            slug=quote(str(slug), safe=""),
            probe=quote(str(probe), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ProbeHistory | Problem | None:
    if response.status_code == 200:
        response_200 = ProbeHistory.from_dict(response.json())

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


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProbeHistory | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    slug: str,
    probe: str,
    *,
    client: AuthenticatedClient | Client,
    fields: str | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
    vantage: str | Unset = UNSET,
) -> Response[ProbeHistory | Problem]:
    """Results of a check by hour and vantage

     Single results are kept for two weeks; these sums stay. An hour without a row was not probed: a gap,
    not an outage. At most 92 days and 10,000 rows.

    Args:
        slug (str):
        probe (str):
        fields (str | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):
        vantage (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProbeHistory | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        probe=probe,
        fields=fields,
        since=since,
        until=until,
        vantage=vantage,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    slug: str,
    probe: str,
    *,
    client: AuthenticatedClient | Client,
    fields: str | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
    vantage: str | Unset = UNSET,
) -> ProbeHistory | Problem | None:
    """Results of a check by hour and vantage

     Single results are kept for two weeks; these sums stay. An hour without a row was not probed: a gap,
    not an outage. At most 92 days and 10,000 rows.

    Args:
        slug (str):
        probe (str):
        fields (str | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):
        vantage (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProbeHistory | Problem
    """

    return sync_detailed(
        slug=slug,
        probe=probe,
        client=client,
        fields=fields,
        since=since,
        until=until,
        vantage=vantage,
    ).parsed


async def asyncio_detailed(
    slug: str,
    probe: str,
    *,
    client: AuthenticatedClient | Client,
    fields: str | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
    vantage: str | Unset = UNSET,
) -> Response[ProbeHistory | Problem]:
    """Results of a check by hour and vantage

     Single results are kept for two weeks; these sums stay. An hour without a row was not probed: a gap,
    not an outage. At most 92 days and 10,000 rows.

    Args:
        slug (str):
        probe (str):
        fields (str | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):
        vantage (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProbeHistory | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        probe=probe,
        fields=fields,
        since=since,
        until=until,
        vantage=vantage,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    slug: str,
    probe: str,
    *,
    client: AuthenticatedClient | Client,
    fields: str | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
    vantage: str | Unset = UNSET,
) -> ProbeHistory | Problem | None:
    """Results of a check by hour and vantage

     Single results are kept for two weeks; these sums stay. An hour without a row was not probed: a gap,
    not an outage. At most 92 days and 10,000 rows.

    Args:
        slug (str):
        probe (str):
        fields (str | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):
        vantage (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProbeHistory | Problem
    """

    return (
        await asyncio_detailed(
            slug=slug,
            probe=probe,
            client=client,
            fields=fields,
            since=since,
            until=until,
            vantage=vantage,
        )
    ).parsed
