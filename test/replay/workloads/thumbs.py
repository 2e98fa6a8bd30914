"""A FastAPI service that answers at once and works later: what is uploaded waits in memory for one slow worker. usage: uvicorn thumbs:app

$KB is the size of a picture, $WORK how many pictures are done in a second.
"""
import asyncio
import os
import random

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()
kb, work = int(os.environ.get("KB", "300")), float(os.environ.get("WORK", "4"))
one_at_a_time = asyncio.Lock()


async def shrink(picture):
    async with one_at_a_time:
        await asyncio.sleep(random.expovariate(work))
        return len(picture) // 4


@app.get("/")
async def upload(tasks: BackgroundTasks):
    tasks.add_task(shrink, random.randbytes(int(kb * 1024 * random.uniform(0.2, 1.8))))
    return {"accepted": True}
