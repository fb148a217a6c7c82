import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.counts import Counts
from ...models.problem import Problem
from ...models.services_reports_by import ServicesReportsBy
from ...types import UNSET, Response, Unset


def _get_kwargs(
    slug: str,
    *,
    by: ServicesReportsBy | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_by: str | Unset = UNSET
    if not isinstance(by, Unset):
        json_by = by.value

    params["by"] = json_by

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
        "url": "/api/v1/services/{slug}/reports".format(
            slug=quote(str(slug), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Counts | Problem | None:
    if response.status_code == 200:
        response_200 = Counts.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Counts | Problem]:
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
    by: ServicesReportsBy | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> Response[Counts | Problem]:
    """Reports summed by component, symptom, country or region

     Individual reports are never returned. If fewer than three networks reported from a place or about a
    component, or a symptom has fewer than three reports, `few` is true and there is no number; such
    rows are not always listed. `total` is exact; all other numbers are perturbed and rounded to
    multiples of five, the same in every response. Reports from a place with few are counted once their
    hour has ended.

    Args:
        slug (str):
        by (ServicesReportsBy | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Counts | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        by=by,
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
    by: ServicesReportsBy | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> Counts | Problem | None:
    """Reports summed by component, symptom, country or region

     Individual reports are never returned. If fewer than three networks reported from a place or about a
    component, or a symptom has fewer than three reports, `few` is true and there is no number; such
    rows are not always listed. `total` is exact; all other numbers are perturbed and rounded to
    multiples of five, the same in every response. Reports from a place with few are counted once their
    hour has ended.

    Args:
        slug (str):
        by (ServicesReportsBy | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Counts | Problem
    """

    return sync_detailed(
        slug=slug,
        client=client,
        by=by,
        since=since,
        until=until,
    ).parsed


async def asyncio_detailed(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    by: ServicesReportsBy | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> Response[Counts | Problem]:
    """Reports summed by component, symptom, country or region

     Individual reports are never returned. If fewer than three networks reported from a place or about a
    component, or a symptom has fewer than three reports, `few` is true and there is no number; such
    rows are not always listed. `total` is exact; all other numbers are perturbed and rounded to
    multiples of five, the same in every response. Reports from a place with few are counted once their
    hour has ended.

    Args:
        slug (str):
        by (ServicesReportsBy | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Counts | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        by=by,
        since=since,
        until=until,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    by: ServicesReportsBy | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> Counts | Problem | None:
    """Reports summed by component, symptom, country or region

     Individual reports are never returned. If fewer than three networks reported from a place or about a
    component, or a symptom has fewer than three reports, `few` is true and there is no number; such
    rows are not always listed. `total` is exact; all other numbers are perturbed and rounded to
    multiples of five, the same in every response. Reports from a place with few are counted once their
    hour has ended.

    Args:
        slug (str):
        by (ServicesReportsBy | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Counts | Problem
    """

    return (
        await asyncio_detailed(
            slug=slug,
            client=client,
            by=by,
            since=since,
            until=until,
        )
    ).parsed
