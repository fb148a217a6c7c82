from enum import StrEnum


class SubscriptionNoticeType(StrEnum):
    SUBSCRIPTION_CHALLENGE = "subscription.challenge"
    SUBSCRIPTION_TEST = "subscription.test"

    def __str__(self) -> str:
        return str(self.value)
