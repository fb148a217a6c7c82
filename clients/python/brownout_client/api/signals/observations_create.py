from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.observations_create_observations import ObservationsCreateObservations
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    *,
    body: ObservationsCreateObservations,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/observations",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | None:
    if response.status_code == 202:
        response_202 = cast(Any, None)
        return response_202

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: ObservationsCreateObservations,
) -> Response[Any | Problem]:
    """Report how many calls failed

     For programs that call a service anyway, such as a car's logger or a home server. Needs a key that
    may write reports. At most 100 counts at once; the same minute again takes the place of the former.
    Several observers of different people and networks must agree before it counts, and it alone never
    confirms an outage.

    Args:
        body (ObservationsCreateObservations): A program's counts of its calls to a service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: ObservationsCreateObservations,
) -> Any | Problem | None:
    """Report how many calls failed

     For programs that call a service anyway, such as a car's logger or a home server. Needs a key that
    may write reports. At most 100 counts at once; the same minute again takes the place of the former.
    Several observers of different people and networks must agree before it counts, and it alone never
    confirms an outage.

    Args:
        body (ObservationsCreateObservations): A program's counts of its calls to a service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: ObservationsCreateObservations,
) -> Response[Any | Problem]:
    """Report how many calls failed

     For programs that call a service anyway, such as a car's logger or a home server. Needs a key that
    may write reports. At most 100 counts at once; the same minute again takes the place of the former.
    Several observers of different people and networks must agree before it counts, and it alone never
    confirms an outage.

    Args:
        body (ObservationsCreateObservations): A program's counts of its calls to a service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: ObservationsCreateObservations,
) -> Any | Problem | None:
    """Report how many calls failed

     For programs that call a service anyway, such as a car's logger or a home server. Needs a key that
    may write reports. At most 100 counts at once; the same minute again takes the place of the former.
    Several observers of different people and networks must agree before it counts, and it alone never
    confirms an outage.

    Args:
        body (ObservationsCreateObservations): A program's counts of its calls to a service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
