"""An aiohttp server of news: who subscribes gets a queue, and every event is put into all of them.

usage: feed.py PORT EVENTS_A_SECOND MOST    a queue holds MOST events and goes when it is full; 0: queues of those who left stay
"""
import asyncio
import random
import sys

from aiohttp import web

port, events, most = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
queues = set()


async def subscribe(request):
    # The visitor reads the first event and goes; nobody takes the queue away.
    queue = asyncio.Queue()
    queues.add(queue)
    return web.json_response(await queue.get())


async def publish():
    number = 0
    while True:
        number += 1
        for queue in list(queues):
            if most and queue.qsize() >= most:
                queues.discard(queue)
            else:
                queue.put_nowait({"number": number, "text": f"event {number} " * random.randint(4, 30)})
        await asyncio.sleep(1 / events)


async def main():
    app = web.Application()
    app.router.add_get("/", subscribe)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await publish()


asyncio.run(main())
