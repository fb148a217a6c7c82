"""Tasks keep their promises across an upgrade."""

import pytest

from config.celery import FORMER_TASK_MODULES, app


@pytest.mark.parametrize("former", FORMER_TASK_MODULES)
def test_a_message_with_a_tasks_former_name_still_finds_the_task(former):
    app.loader.import_default_modules()
    module = FORMER_TASK_MODULES[former]
    names = [name for name in app.tasks if name.startswith(f"{module}.")]
    assert names
    for name in names:
        assert app.tasks[former + name.removeprefix(module)] is app.tasks[name]


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
