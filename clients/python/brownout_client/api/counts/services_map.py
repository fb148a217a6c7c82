import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.map_ import Map
from ...models.problem import Problem
from ...models.services_map_format import ServicesMapFormat
from ...models.services_map_level import ServicesMapLevel
from ...models.services_map_metric import ServicesMapMetric
from ...models.services_map_window import ServicesMapWindow
from ...types import UNSET, Response, Unset


def _get_kwargs(
    slug: str,
    *,
    at: datetime.datetime | Unset = UNSET,
    component: str | Unset = UNSET,
    country: str | Unset = UNSET,
    format_: ServicesMapFormat | Unset = UNSET,
    level: ServicesMapLevel | Unset = UNSET,
    metric: ServicesMapMetric | Unset = UNSET,
    shapes: bool | Unset = UNSET,
    window: ServicesMapWindow | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_at: str | Unset = UNSET
    if not isinstance(at, Unset):
        json_at = at.isoformat()
    params["at"] = json_at

    params["component"] = component

    params["country"] = country

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

    json_level: str | Unset = UNSET
    if not isinstance(level, Unset):
        json_level = level.value

    params["level"] = json_level

    json_metric: str | Unset = UNSET
    if not isinstance(metric, Unset):
        json_metric = metric.value

    params["metric"] = json_metric

    params["shapes"] = shapes

    json_window: str | Unset = UNSET
    if not isinstance(window, Unset):
        json_window = window.value

    params["window"] = json_window

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/services/{slug}/map".format(
            slug=quote(str(slug), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Map | Problem | None:
    if response.status_code == 200:
        response_200 = Map.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Map | Problem]:
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
    format_: ServicesMapFormat | Unset = UNSET,
    level: ServicesMapLevel | Unset = UNSET,
    metric: ServicesMapMetric | Unset = UNSET,
    shapes: bool | Unset = UNSET,
    window: ServicesMapWindow | Unset = UNSET,
) -> Response[Map | Problem]:
    """Where people report problems, as GeoJSON or TopoJSON

     Places with reports in a window that ends at `at`. In GeoJSON, outer rings run counter-clockwise, as
    RFC 7946 requires. TopoJSON stores shared borders once; by region it covers one country, so name
    one. If fewer than three networks reported, `few` is true and there is no number.

    Args:
        slug (str):
        at (datetime.datetime | Unset):
        component (str | Unset):
        country (str | Unset):
        format_ (ServicesMapFormat | Unset):
        level (ServicesMapLevel | Unset):
        metric (ServicesMapMetric | Unset):
        shapes (bool | Unset):
        window (ServicesMapWindow | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Map | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        at=at,
        component=component,
        country=country,
        format_=format_,
        level=level,
        metric=metric,
        shapes=shapes,
        window=window,
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
    format_: ServicesMapFormat | Unset = UNSET,
    level: ServicesMapLevel | Unset = UNSET,
    metric: ServicesMapMetric | Unset = UNSET,
    shapes: bool | Unset = UNSET,
    window: ServicesMapWindow | Unset = UNSET,
) -> Map | Problem | None:
    """Where people report problems, as GeoJSON or TopoJSON

     Places with reports in a window that ends at `at`. In GeoJSON, outer rings run counter-clockwise, as
    RFC 7946 requires. TopoJSON stores shared borders once; by region it covers one country, so name
    one. If fewer than three networks reported, `few` is true and there is no number.

    Args:
        slug (str):
        at (datetime.datetime | Unset):
        component (str | Unset):
        country (str | Unset):
        format_ (ServicesMapFormat | Unset):
        level (ServicesMapLevel | Unset):
        metric (ServicesMapMetric | Unset):
        shapes (bool | Unset):
        window (ServicesMapWindow | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Map | Problem
    """

    return sync_detailed(
        slug=slug,
        client=client,
        at=at,
        component=component,
        country=country,
        format_=format_,
        level=level,
        metric=metric,
        shapes=shapes,
        window=window,
    ).parsed


async def asyncio_detailed(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    at: datetime.datetime | Unset = UNSET,
    component: str | Unset = UNSET,
    country: str | Unset = UNSET,
    format_: ServicesMapFormat | Unset = UNSET,
    level: ServicesMapLevel | Unset = UNSET,
    metric: ServicesMapMetric | Unset = UNSET,
    shapes: bool | Unset = UNSET,
    window: ServicesMapWindow | Unset = UNSET,
) -> Response[Map | Problem]:
    """Where people report problems, as GeoJSON or TopoJSON

     Places with reports in a window that ends at `at`. In GeoJSON, outer rings run counter-clockwise, as
    RFC 7946 requires. TopoJSON stores shared borders once; by region it covers one country, so name
    one. If fewer than three networks reported, `few` is true and there is no number.

    Args:
        slug (str):
        at (datetime.datetime | Unset):
        component (str | Unset):
        country (str | Unset):
        format_ (ServicesMapFormat | Unset):
        level (ServicesMapLevel | Unset):
        metric (ServicesMapMetric | Unset):
        shapes (bool | Unset):
        window (ServicesMapWindow | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Map | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        at=at,
        component=component,
        country=country,
        format_=format_,
        level=level,
        metric=metric,
        shapes=shapes,
        window=window,
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
    format_: ServicesMapFormat | Unset = UNSET,
    level: ServicesMapLevel | Unset = UNSET,
    metric: ServicesMapMetric | Unset = UNSET,
    shapes: bool | Unset = UNSET,
    window: ServicesMapWindow | Unset = UNSET,
) -> Map | Problem | None:
    """Where people report problems, as GeoJSON or TopoJSON

     Places with reports in a window that ends at `at`. In GeoJSON, outer rings run counter-clockwise, as
    RFC 7946 requires. TopoJSON stores shared borders once; by region it covers one country, so name
    one. If fewer than three networks reported, `few` is true and there is no number.

    Args:
        slug (str):
        at (datetime.datetime | Unset):
        component (str | Unset):
        country (str | Unset):
        format_ (ServicesMapFormat | Unset):
        level (ServicesMapLevel | Unset):
        metric (ServicesMapMetric | Unset):
        shapes (bool | Unset):
        window (ServicesMapWindow | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Map | Problem
    """

    return (
        await asyncio_detailed(
            slug=slug,
            client=client,
            at=at,
            component=component,
            country=country,
            format_=format_,
            level=level,
            metric=metric,
            shapes=shapes,
            window=window,
        )
    ).parsed
