from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.subscription import Subscription
from ...models.subscriptions_update_changes import SubscriptionsUpdateChanges
from ...types import UNSET, Response, Unset


def _get_kwargs(
    subscription_id: UUID,
    *,
    body: SubscriptionsUpdateChanges,
    x_secret: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_secret, Unset):
        headers["X-Secret"] = x_secret

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/api/v1/subscriptions/{subscription_id}".format(
            subscription_id=quote(str(subscription_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | Subscription | None:
    if response.status_code == 200:
        response_200 = Subscription.from_dict(response.json())

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
) -> Response[Problem | Subscription]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    subscription_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: SubscriptionsUpdateChanges,
    x_secret: str | Unset = UNSET,
) -> Response[Problem | Subscription]:
    """Change a subscription

     Changes the given fields, for alerts from now on. A new target needs a new subscription.

    Args:
        subscription_id (UUID):
        x_secret (str | Unset):
        body (SubscriptionsUpdateChanges): What somebody changes of a subscription. A field that
            is absent stays; null or "" stands for all of them.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Subscription]
    """

    kwargs = _get_kwargs(
        subscription_id=subscription_id,
        body=body,
        x_secret=x_secret,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    subscription_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: SubscriptionsUpdateChanges,
    x_secret: str | Unset = UNSET,
) -> Problem | Subscription | None:
    """Change a subscription

     Changes the given fields, for alerts from now on. A new target needs a new subscription.

    Args:
        subscription_id (UUID):
        x_secret (str | Unset):
        body (SubscriptionsUpdateChanges): What somebody changes of a subscription. A field that
            is absent stays; null or "" stands for all of them.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Subscription
    """

    return sync_detailed(
        subscription_id=subscription_id,
        client=client,
        body=body,
        x_secret=x_secret,
    ).parsed


async def asyncio_detailed(
    subscription_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: SubscriptionsUpdateChanges,
    x_secret: str | Unset = UNSET,
) -> Response[Problem | Subscription]:
    """Change a subscription

     Changes the given fields, for alerts from now on. A new target needs a new subscription.

    Args:
        subscription_id (UUID):
        x_secret (str | Unset):
        body (SubscriptionsUpdateChanges): What somebody changes of a subscription. A field that
            is absent stays; null or "" stands for all of them.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Subscription]
    """

    kwargs = _get_kwargs(
        subscription_id=subscription_id,
        body=body,
        x_secret=x_secret,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    subscription_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: SubscriptionsUpdateChanges,
    x_secret: str | Unset = UNSET,
) -> Problem | Subscription | None:
    """Change a subscription

     Changes the given fields, for alerts from now on. A new target needs a new subscription.

    Args:
        subscription_id (UUID):
        x_secret (str | Unset):
        body (SubscriptionsUpdateChanges): What somebody changes of a subscription. A field that
            is absent stays; null or "" stands for all of them.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Subscription
    """

    return (
        await asyncio_detailed(
            subscription_id=subscription_id,
            client=client,
            body=body,
            x_secret=x_secret,
        )
    ).parsed
