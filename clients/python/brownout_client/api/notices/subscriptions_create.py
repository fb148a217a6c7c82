from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.new_subscription import NewSubscription
from ...models.problem import Problem
from ...models.subscriptions_create_wanted import SubscriptionsCreateWanted
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: SubscriptionsCreateWanted,
    x_secret: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_secret, Unset):
        headers["X-Secret"] = x_secret

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/subscriptions",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> NewSubscription | Problem | None:
    if response.status_code == 201:
        response_201 = NewSubscription.from_dict(response.json())

        return response_201

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


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[NewSubscription | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: SubscriptionsCreateWanted,
    x_secret: str | Unset = UNSET,
) -> Response[NewSubscription | Problem]:
    """Subscribe to alerts about a service's incidents

     The target must confirm first: a webhook receives a `subscription.challenge` to return, email and
    chat a link, a browser a notification. Until then the subscription is `unconfirmed` and nothing is
    sent; after two days it is deleted. With the secret of an earlier subscription, that secret manages
    the new one too; with a key, it belongs to the key.

    Args:
        x_secret (str | Unset):
        body (SubscriptionsCreateWanted): A subscription as somebody asks for it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NewSubscription | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        x_secret=x_secret,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: SubscriptionsCreateWanted,
    x_secret: str | Unset = UNSET,
) -> NewSubscription | Problem | None:
    """Subscribe to alerts about a service's incidents

     The target must confirm first: a webhook receives a `subscription.challenge` to return, email and
    chat a link, a browser a notification. Until then the subscription is `unconfirmed` and nothing is
    sent; after two days it is deleted. With the secret of an earlier subscription, that secret manages
    the new one too; with a key, it belongs to the key.

    Args:
        x_secret (str | Unset):
        body (SubscriptionsCreateWanted): A subscription as somebody asks for it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NewSubscription | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        x_secret=x_secret,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: SubscriptionsCreateWanted,
    x_secret: str | Unset = UNSET,
) -> Response[NewSubscription | Problem]:
    """Subscribe to alerts about a service's incidents

     The target must confirm first: a webhook receives a `subscription.challenge` to return, email and
    chat a link, a browser a notification. Until then the subscription is `unconfirmed` and nothing is
    sent; after two days it is deleted. With the secret of an earlier subscription, that secret manages
    the new one too; with a key, it belongs to the key.

    Args:
        x_secret (str | Unset):
        body (SubscriptionsCreateWanted): A subscription as somebody asks for it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NewSubscription | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        x_secret=x_secret,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: SubscriptionsCreateWanted,
    x_secret: str | Unset = UNSET,
) -> NewSubscription | Problem | None:
    """Subscribe to alerts about a service's incidents

     The target must confirm first: a webhook receives a `subscription.challenge` to return, email and
    chat a link, a browser a notification. Until then the subscription is `unconfirmed` and nothing is
    sent; after two days it is deleted. With the secret of an earlier subscription, that secret manages
    the new one too; with a key, it belongs to the key.

    Args:
        x_secret (str | Unset):
        body (SubscriptionsCreateWanted): A subscription as somebody asks for it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NewSubscription | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            x_secret=x_secret,
        )
    ).parsed
