"""``python closing_app.py SECONDS``: a server with a stream that stands open, and a slow answer."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from rag.server.running import run

app = FastAPI()


async def _beats() -> AsyncIterator[str]:
    while True:
        yield "data: ALIVE\n\n"
        await asyncio.sleep(60)


@app.get("/beats")
async def beats() -> StreamingResponse:
    return StreamingResponse(_beats(), media_type="text/event-stream")


@app.post("/answer/{seconds}")
async def answer(seconds: float) -> StreamingResponse:
    async def told() -> AsyncIterator[str]:
        yield "data: begun\n\n"
        await asyncio.sleep(seconds)
        yield "data: done\n\n"

    return StreamingResponse(told(), media_type="text/event-stream")


if __name__ == "__main__":
    run(app, "127.0.0.1", 0, last_seconds=float(sys.argv[1]))
