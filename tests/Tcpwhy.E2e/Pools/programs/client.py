# A client that treats its pool well or badly: client.py MODE HOST PORT.
import http.client
import queue
import socket
import sys
import threading
import time

mode, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])


def connect():
    connection = http.client.HTTPConnection(host, port)
    connection.connect()
    return connection


def ask(connection):
    connection.request("GET", "/")
    connection.getresponse().read()


def forever(count, work):
    for number in range(count):
        threading.Thread(target=work, args=(number,), daemon=True).start()
    threading.Event().wait()


def pooled(callers, size, pause):
    pool = queue.LifoQueue()
    for _ in range(size):
        pool.put(connect())

    def work(number):
        time.sleep(number * pause / callers)
        while True:
            connection = pool.get()
            ask(connection)
            pool.put(connection)
            time.sleep(pause)

    forever(callers, work)


if mode == "healthy":
    pooled(callers=4, size=4, pause=0.1)
elif mode == "exhausted":
    pooled(callers=40, size=5, pause=0)
elif mode == "too-large":
    pooled(callers=2, size=40, pause=0.1)
elif mode == "no-reuse":
    def fresh(number):
        while True:
            connection = connect()
            ask(connection)
            connection.close()
            time.sleep(0.1)
    forever(3, fresh)
elif mode == "leak":
    kept = []
    while True:
        kept.append(connect())
        ask(kept[-1])
        time.sleep(0.15)
elif mode == "close-wait":
    kept = []
    while True:
        connection = socket.create_connection((host, port))
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.recv(1000)
        kept.append(connection)
        time.sleep(0.3)
elif mode == "warming":
    # Grows with its load, and uses what it opened.
    def one(number):
        time.sleep(number * 0.5)
        connection = connect()
        while True:
            ask(connection)
            time.sleep(0.2)
    forever(40, one)
elif mode == "stale":
    # Six connections, each idle for longer than the server waits; the pool finds them dead and opens anew.
    def sleeper(number):
        time.sleep(number * 0.3)
        while True:
            connection = connect()
            ask(connection)
            connection.sock.settimeout(None)
            if connection.sock.recv(1) == b"":
                connection.close()
            time.sleep(0.4)
    forever(6, sleeper)
elif mode == "subscribers":
    # Long-lived, and asked nothing: as for messages that may come.
    kept = [connect() for _ in range(8)]
    for connection in kept:
        ask(connection)
    threading.Event().wait()
else:
    sys.exit(f"no such mode: {mode}")
