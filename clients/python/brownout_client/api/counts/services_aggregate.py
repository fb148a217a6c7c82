import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.aggregate import Aggregate
from ...models.problem import Problem
from ...models.services_aggregate_axis_x import ServicesAggregateAxisX
from ...models.services_aggregate_axis_y import ServicesAggregateAxisY
from ...models.services_aggregate_format import ServicesAggregateFormat
from ...models.services_aggregate_grain import ServicesAggregateGrain
from ...types import UNSET, Response, Unset


def _get_kwargs(
    slug: str,
    *,
    axis_x: ServicesAggregateAxisX | Unset = UNSET,
    axis_y: ServicesAggregateAxisY | Unset = UNSET,
    component: str | Unset = UNSET,
    country: str | Unset = UNSET,
    format_: ServicesAggregateFormat | Unset = UNSET,
    grain: ServicesAggregateGrain | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_axis_x: str | Unset = UNSET
    if not isinstance(axis_x, Unset):
        json_axis_x = axis_x.value

    params["axis_x"] = json_axis_x

    json_axis_y: str | Unset = UNSET
    if not isinstance(axis_y, Unset):
        json_axis_y = axis_y.value

    params["axis_y"] = json_axis_y

    params["component"] = component

    params["country"] = country

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

    json_grain: str | Unset = UNSET
    if not isinstance(grain, Unset):
        json_grain = grain.value

    params["grain"] = json_grain

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    json_until: str | Unset = UNSET
    if not isinstance(until, Unset):
        json_until = until.isoformat()
    params["until"] = json_until

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/services/{slug}/aggregate".format(
            slug=quote(str(slug), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Aggregate | Problem | None:
    if response.status_code == 200:
        response_200 = Aggregate.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Aggregate | Problem]:
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
    axis_x: ServicesAggregateAxisX | Unset = UNSET,
    axis_y: ServicesAggregateAxisY | Unset = UNSET,
    component: str | Unset = UNSET,
    country: str | Unset = UNSET,
    format_: ServicesAggregateFormat | Unset = UNSET,
    grain: ServicesAggregateGrain | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> Response[Aggregate | Problem]:
    """Reports summed by one or two of time, component, symptom, country and region

     Only cells with reports are listed. Bins in which the service wasn't monitored are not in `times`: a
    cell that is missing there says nothing. Where fewer than three networks reported a problem, `few`
    is true and there is no number; networks are not counted by symptom, there the same holds for fewer
    than three reports. But for the service as a whole, numbers are perturbed and rounded to multiples
    of five, the same in every answer; they are given by hour and day, and a cell with few is not listed
    each time. Symptoms are counted without places, and platforms are not counted at all: such axes are
    refused. At most 10,000 cells.

    Args:
        slug (str):
        axis_x (ServicesAggregateAxisX | Unset):
        axis_y (ServicesAggregateAxisY | Unset):
        component (str | Unset):
        country (str | Unset):
        format_ (ServicesAggregateFormat | Unset):
        grain (ServicesAggregateGrain | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Aggregate | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        axis_x=axis_x,
        axis_y=axis_y,
        component=component,
        country=country,
        format_=format_,
        grain=grain,
        since=since,
        until=until,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    axis_x: ServicesAggregateAxisX | Unset = UNSET,
    axis_y: ServicesAggregateAxisY | Unset = UNSET,
    component: str | Unset = UNSET,
    country: str | Unset = UNSET,
    format_: ServicesAggregateFormat | Unset = UNSET,
    grain: ServicesAggregateGrain | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> Aggregate | Problem | None:
    """Reports summed by one or two of time, component, symptom, country and region

     Only cells with reports are listed. Bins in which the service wasn't monitored are not in `times`: a
    cell that is missing there says nothing. Where fewer than three networks reported a problem, `few`
    is true and there is no number; networks are not counted by symptom, there the same holds for fewer
    than three reports. But for the service as a whole, numbers are perturbed and rounded to multiples
    of five, the same in every answer; they are given by hour and day, and a cell with few is not listed
    each time. Symptoms are counted without places, and platforms are not counted at all: such axes are
    refused. At most 10,000 cells.

    Args:
        slug (str):
        axis_x (ServicesAggregateAxisX | Unset):
        axis_y (ServicesAggregateAxisY | Unset):
        component (str | Unset):
        country (str | Unset):
        format_ (ServicesAggregateFormat | Unset):
        grain (ServicesAggregateGrain | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Aggregate | Problem
    """

    return sync_detailed(
        slug=slug,
        client=client,
        axis_x=axis_x,
        axis_y=axis_y,
        component=component,
        country=country,
        format_=format_,
        grain=grain,
        since=since,
        until=until,
    ).parsed


async def asyncio_detailed(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    axis_x: ServicesAggregateAxisX | Unset = UNSET,
    axis_y: ServicesAggregateAxisY | Unset = UNSET,
    component: str | Unset = UNSET,
    country: str | Unset = UNSET,
    format_: ServicesAggregateFormat | Unset = UNSET,
    grain: ServicesAggregateGrain | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> Response[Aggregate | Problem]:
    """Reports summed by one or two of time, component, symptom, country and region

     Only cells with reports are listed. Bins in which the service wasn't monitored are not in `times`: a
    cell that is missing there says nothing. Where fewer than three networks reported a problem, `few`
    is true and there is no number; networks are not counted by symptom, there the same holds for fewer
    than three reports. But for the service as a whole, numbers are perturbed and rounded to multiples
    of five, the same in every answer; they are given by hour and day, and a cell with few is not listed
    each time. Symptoms are counted without places, and platforms are not counted at all: such axes are
    refused. At most 10,000 cells.

    Args:
        slug (str):
        axis_x (ServicesAggregateAxisX | Unset):
        axis_y (ServicesAggregateAxisY | Unset):
        component (str | Unset):
        country (str | Unset):
        format_ (ServicesAggregateFormat | Unset):
        grain (ServicesAggregateGrain | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Aggregate | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        axis_x=axis_x,
        axis_y=axis_y,
        component=component,
        country=country,
        format_=format_,
        grain=grain,
        since=since,
        until=until,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    axis_x: ServicesAggregateAxisX | Unset = UNSET,
    axis_y: ServicesAggregateAxisY | Unset = UNSET,
    component: str | Unset = UNSET,
    country: str | Unset = UNSET,
    format_: ServicesAggregateFormat | Unset = UNSET,
    grain: ServicesAggregateGrain | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> Aggregate | Problem | None:
    """Reports summed by one or two of time, component, symptom, country and region

     Only cells with reports are listed. Bins in which the service wasn't monitored are not in `times`: a
    cell that is missing there says nothing. Where fewer than three networks reported a problem, `few`
    is true and there is no number; networks are not counted by symptom, there the same holds for fewer
    than three reports. But for the service as a whole, numbers are perturbed and rounded to multiples
    of five, the same in every answer; they are given by hour and day, and a cell with few is not listed
    each time. Symptoms are counted without places, and platforms are not counted at all: such axes are
    refused. At most 10,000 cells.

    Args:
        slug (str):
        axis_x (ServicesAggregateAxisX | Unset):
        axis_y (ServicesAggregateAxisY | Unset):
        component (str | Unset):
        country (str | Unset):
        format_ (ServicesAggregateFormat | Unset):
        grain (ServicesAggregateGrain | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Aggregate | Problem
    """

    return (
        await asyncio_detailed(
            slug=slug,
            client=client,
            axis_x=axis_x,
            axis_y=axis_y,
            component=component,
            country=country,
            format_=format_,
            grain=grain,
            since=since,
            until=until,
        )
    ).parsed
