import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.incident_page import IncidentPage
from ...models.problem import Problem
from ...models.services_incidents_state import ServicesIncidentsState
from ...types import UNSET, Response, Unset


def _get_kwargs(
    slug: str,
    *,
    at: datetime.datetime | Unset = UNSET,
    component: str | Unset = UNSET,
    country: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = 50,
    since: datetime.datetime | Unset = UNSET,
    state: ServicesIncidentsState | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_at: str | Unset = UNSET
    if not isinstance(at, Unset):
        json_at = at.isoformat()
    params["at"] = json_at

    params["component"] = component

    params["country"] = country

    params["cursor"] = cursor

    params["fields"] = fields

    params["limit"] = limit

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    json_state: str | Unset = UNSET
    if not isinstance(state, Unset):
        json_state = state.value

    params["state"] = json_state

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/services/{slug}/incidents".format(
            slug=quote(str(slug), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> IncidentPage | Problem | None:
    if response.status_code == 200:
        response_200 = IncidentPage.from_dict(response.json())

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
) -> Response[IncidentPage | Problem]:
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
    component: str | Unset = UNSET,
    country: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = 50,
    since: datetime.datetime | Unset = UNSET,
    state: ServicesIncidentsState | Unset = UNSET,
) -> Response[IncidentPage | Problem]:
    """The incidents of a service, newest first

     The incidents of a service.

    Args:
        slug (str):
        at (datetime.datetime | Unset):
        component (str | Unset):
        country (str | Unset):
        cursor (str | Unset):
        fields (str | Unset):
        limit (int | Unset):  Default: 50.
        since (datetime.datetime | Unset):
        state (ServicesIncidentsState | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[IncidentPage | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        at=at,
        component=component,
        country=country,
        cursor=cursor,
        fields=fields,
        limit=limit,
        since=since,
        state=state,
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
    component: str | Unset = UNSET,
    country: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = 50,
    since: datetime.datetime | Unset = UNSET,
    state: ServicesIncidentsState | Unset = UNSET,
) -> IncidentPage | Problem | None:
    """The incidents of a service, newest first

     The incidents of a service.

    Args:
        slug (str):
        at (datetime.datetime | Unset):
        component (str | Unset):
        country (str | Unset):
        cursor (str | Unset):
        fields (str | Unset):
        limit (int | Unset):  Default: 50.
        since (datetime.datetime | Unset):
        state (ServicesIncidentsState | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        IncidentPage | Problem
    """

    return sync_detailed(
        slug=slug,
        client=client,
        at=at,
        component=component,
        country=country,
        cursor=cursor,
        fields=fields,
        limit=limit,
        since=since,
        state=state,
    ).parsed


async def asyncio_detailed(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    at: datetime.datetime | Unset = UNSET,
    component: str | Unset = UNSET,
    country: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = 50,
    since: datetime.datetime | Unset = UNSET,
    state: ServicesIncidentsState | Unset = UNSET,
) -> Response[IncidentPage | Problem]:
    """The incidents of a service, newest first

     The incidents of a service.

    Args:
        slug (str):
        at (datetime.datetime | Unset):
        component (str | Unset):
        country (str | Unset):
        cursor (str | Unset):
        fields (str | Unset):
        limit (int | Unset):  Default: 50.
        since (datetime.datetime | Unset):
        state (ServicesIncidentsState | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[IncidentPage | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        at=at,
        component=component,
        country=country,
        cursor=cursor,
        fields=fields,
        limit=limit,
        since=since,
        state=state,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    at: datetime.datetime | Unset = UNSET,
    component: str | Unset = UNSET,
    country: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = 50,
    since: datetime.datetime | Unset = UNSET,
    state: ServicesIncidentsState | Unset = UNSET,
) -> IncidentPage | Problem | None:
    """The incidents of a service, newest first

     The incidents of a service.

    Args:
        slug (str):
        at (datetime.datetime | Unset):
        component (str | Unset):
        country (str | Unset):
        cursor (str | Unset):
        fields (str | Unset):
        limit (int | Unset):  Default: 50.
        since (datetime.datetime | Unset):
        state (ServicesIncidentsState | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        IncidentPage | Problem
    """

    return (
        await asyncio_detailed(
            slug=slug,
            client=client,
            at=at,
            component=component,
            country=country,
            cursor=cursor,
            fields=fields,
            limit=limit,
            since=since,
            state=state,
        )
    ).parsed
