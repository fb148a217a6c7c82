"""Celery: queues, limits and the schedule. The broker carries hints; PostgreSQL holds the truth."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import (
    beat_init,
    import_modules,
    task_failure,
    task_postrun,
    task_prerun,
    worker_init,
    worker_process_init,
)
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

from config import memory
from config.database.deadlines import deadlines
from config.traces import Tasks, process_traces


def broker_url(redis_url: str) -> str:
    """Celery's name for a Redis address; a unix socket is spelled differently there."""
    if redis_url.startswith("unix://"):
        return "redis+socket://" + redis_url.removeprefix("unix://")
    return redis_url


VISIBILITY_TIMEOUT_S = 120
BROKER_DEADLINE_S = 5.0
TASK_TIME_LIMIT_S = 90  # below the visibility timeout, or a long task would run twice

app = Celery("brownout")
app.conf.update(
    broker_url=broker_url(settings.REDIS_URL),
    result_backend=None,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=TASK_TIME_LIMIT_S,
    task_soft_time_limit=TASK_TIME_LIMIT_S - 10,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_TIMEOUT_S,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "queue_order_strategy": "priority",
        "socket_timeout": BROKER_DEADLINE_S,  # a worker's own wait for tasks is shorter
        "socket_connect_timeout": BROKER_DEADLINE_S,
        "socket_keepalive": True,
        "retry_on_timeout": False,
    },
    task_default_queue="default",
    task_queues=[
        Queue("scan"),
        Queue("default"),
        Queue("announcements"),
        Queue("notices"),
        Queue(f"probes.{settings.VANTAGE}"),
    ],
    timezone="UTC",
    worker_hijack_root_logger=False,
    beat_schedule_filename=str(settings.DATA_DIR / "celerybeat-schedule"),
    task_routes={"outages.tasks.scan*": {"queue": "scan"}},
    beat_schedule={
        "scan": {"task": "outages.tasks.scan_services", "schedule": crontab()},
        "looks": {"task": "outages.tasks.scan_running_minutes", "schedule": 5.0, "options": {"expires": 5}},
        "tidy-reports": {"task": "reports.tasks.tidy", "schedule": crontab(minute="7")},
        "probes": {
            "task": "outages.signals.probes.tasks.dispatch_probes",
            "schedule": 5.0,
            "options": {"expires": 5},
        },
        "sources": {"task": "outages.signals.announcements.tasks.dispatch_sources", "schedule": crontab()},
        "probes-by-hour": {"task": "outages.signals.probes.tasks.roll_up_probes", "schedule": crontab(minute="*/10")},
        "notices": {"task": "outages.notifications.tasks.sweep_notices", "schedule": crontab()},
        "deliveries": {
            "task": "outages.notifications.tasks.deliver_notices",
            "schedule": crontab(),
            "options": {"queue": "notices", "expires": 55},
        },
        "dispute-origins": {"task": "outages.tasks.forget_dispute_origins", "schedule": crontab(minute="17")},
        "tidy-notices": {"task": "outages.notifications.tasks.tidy_notices", "schedule": crontab(minute="13")},
        "observations": {
            "task": "outages.signals.observations.tasks.judge_observations",
            "schedule": crontab(),
            "options": {"expires": 55},
        },
        "key-usage": {"task": "reports.tasks.store_key_usage", "schedule": crontab()},
        "key-links": {"task": "outages.notifications.tasks.send_key_links", "schedule": crontab()},
        "probes-house": {"task": "outages.signals.probes.tasks.keep_probe_house", "schedule": crontab(minute=7)},
    },
)


def bound_database(**_: object) -> None:
    """Gives this process's statements their deadline."""
    deadlines.set(settings.TASK_DATABASE_DEADLINE_S)


def tidied(**_: object) -> None:
    """Has a worker's forked process tidied; not the worker itself: what a thread has locked is not to be forked."""
    memory.keep_tidy()


if process_traces.is_on:
    tasks = Tasks()
    task_prerun.connect(tasks.begin, weak=False)
    task_postrun.connect(tasks.end, weak=False)
    task_failure.connect(tasks.fail, weak=False)

worker_init.connect(bound_database, weak=False)
worker_process_init.connect(bound_database, weak=False)
worker_process_init.connect(tidied, weak=False)
beat_init.connect(bound_database, weak=False)

app.autodiscover_tasks()
app.autodiscover_tasks(
    ["outages.signals.probes", "outages.signals.announcements", "outages.signals.observations", "outages.notifications"]
)

FORMER_TASK_MODULES = {  # messages that wait in the broker during an upgrade from 0.1; to be dropped after 0.2
    "outages.notices.tasks": "outages.notifications.tasks",
    "outages.probes.tasks": "outages.signals.probes.tasks",
    "outages.announcements.tasks": "outages.signals.announcements.tasks",
}


@import_modules.connect(sender=app, weak=False)
def register_former_names(**_signal: object) -> None:
    """Registers moved tasks under the names that they had, too, so that a waiting message still finds its task."""
    for former, module in FORMER_TASK_MODULES.items():
        for name in [name for name in app.tasks if name.startswith(f"{module}.")]:
            app.tasks[former + name.removeprefix(module)] = app.tasks[name]
