"""What the front gives of charts while it is pressed, and once it is no longer."""

import asyncio

from config.front.pressure import Step
from tests.config.front.servers import ask, get


def test_figures_are_not_made_while_charts_are_plain_and_all_is_made_anew_once_they_are_whole_again(kept):
    async def test(web, front, port):
        look, now_s = front._look_at_pressure, 100.0
        front._look_at_pressure = lambda *_: None  # the sweep's own looks have no say here
        kept_one, never_made = "/tesla/map/figure.json", "/other/map/figure.json"
        for path in ("/tesla/", kept_one):
            assert (await ask(port, get(path)))[1].endswith(b"one")
        front.pressure.step = Step.CHARTS_PLAIN
        web.asked.clear()
        web.page = b"two"
        assert (await ask(port, get(kept_one)))[1].endswith(b"one"), "what is kept is given"
        status, data = await ask(port, get(never_made))
        assert (status, b"Retry-After: " in data) == (503, True)
        assert not [path for path, _ in web.asked if path.endswith("figure.json")], "no worker is asked"
        assert (await ask(port, get("/other/")))[1].endswith(b"two"), "pages are"
        assert b"x-brownout-step: 1\r\n" in next(head for path, head in web.asked if path == "/other/")
        web.asked.clear()
        web.page = b"three"
        while front.pressure.step is not Step.NOTHING:
            now_s += 0.5
            look(now_s, 0.0)
        while not (await ask(port, get("/other/")))[1].endswith(b"three"):
            await asyncio.sleep(0.02)  # the fixture has a deadline
        made = [(path, b"x-brownout-step" in head) for path, head in web.asked if path == "/other/"]
        assert made == [("/other/", False)]
        assert (await ask(port, get(never_made)))[0] == 200

    kept(test)
