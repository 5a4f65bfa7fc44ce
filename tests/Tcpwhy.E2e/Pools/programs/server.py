# One HTTP/1.1 server on many ports: server.py PORT:DELAY:IDLE ... (seconds; idle 0 keeps for ever; idle -1 closes after each answer).
import asyncio
import sys


async def serve(reader, writer, delay, idle):
    try:
        while True:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), idle if idle > 0 else None)
            await asyncio.sleep(delay)
            close = idle < 0 or b"connection: close" in head.lower()
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + (b"Connection: close\r\n" if close else b"") + b"\r\nok"
            writer.write(answer)
            await writer.drain()
            if close:
                break
    except (asyncio.IncompleteReadError, asyncio.TimeoutError, ConnectionError):
        pass
    writer.close()


async def main():
    for word in sys.argv[1:]:
        port, delay, idle = word.split(":")
        await asyncio.start_server(lambda r, w, d=float(delay), i=float(idle): serve(r, w, d, i), "0.0.0.0", int(port), backlog=500)
    await asyncio.Event().wait()


asyncio.run(main())
