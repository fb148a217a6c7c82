"""The front on real sockets, before a web server that does as it is told."""

import asyncio

import pytest

from config.front.allowance import Allowance
from config.front.clients import Client
from config.front.refusals import Refusals
from config.front.renders import Snapshots
from config.front.server import Bounds, Front
from config.front.snapshot_files import SnapshotFiles
from tests.config.front.servers import BOUNDS, EchoWeb, PageWeb


@pytest.fixture
def fronted(tmp_path):
    """Runs a test's coroutine with a web server, the front and the front's port."""

    def run(test, **changed):
        async def whole():
            web = EchoWeb(str(tmp_path / "web.sock"))
            await web.start()
            front = Front(Bounds(**{**BOUNDS, **changed}), web.path, [], Refusals({"de": b"<p>Gleich wieder</p>"}))
            server = await asyncio.get_running_loop().create_server(lambda: Client(front), "127.0.0.1", 0)
            sweeping = asyncio.create_task(front.sweep())
            try:
                await test(web, front, server.sockets[0].getsockname()[1])
            finally:
                sweeping.cancel()
                server.close()
                web.server.close()

        asyncio.run(asyncio.wait_for(whole(), 20))

    return run


@pytest.fixture
def kept(tmp_path):
    """Runs a test's coroutine with a web server, a front with snapshots, and its port."""

    def run(test, **changed):
        async def whole():
            web = PageWeb(str(tmp_path / "web.sock"))
            await web.start()
            front = Front(Bounds(**{**BOUNDS, "workers": 8, **changed}), web.path, [], Refusals({}))
            front.snapshots = Snapshots(front, SnapshotFiles(tmp_path / "kept"), Allowance(1000, []), 1e6)
            front.snapshots.load()
            server = await asyncio.get_running_loop().create_server(lambda: Client(front), "127.0.0.1", 0)
            sweeping = asyncio.create_task(front.sweep())
            try:
                await test(web, front, server.sockets[0].getsockname()[1])
            finally:
                sweeping.cancel()
                server.close()
                web.stop()
                front.snapshots._beside.shutdown()

        asyncio.run(asyncio.wait_for(whole(), 20))

    return run
