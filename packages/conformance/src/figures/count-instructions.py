"""count-instructions.py PID TID PORT COUNT < REQUEST: how many instructions a thread runs in user mode for each of COUNT requests.

Sends the request's bytes to a port of 127.0.0.1, one after the other on one connection, while it steps the thread instruction by
instruction (ptrace(2)); a request ends when it is answered with 200 and the thread waits. The process's main thread is held meanwhile, for
its timers give the others work. Prints a JSON list; the first number has the connection's opening in it.
"""

import ctypes
import json
import os
import re
import signal
import socket
import sys
import threading
import time

SEIZE, INTERRUPT, CONT, SINGLESTEP, DETACH = 0x4206, 0x4207, 7, 9, 17
WALL = 0x40000000
QUIET = 0.02  # s without a step: the thread waits

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def ptrace(request: int, tid: int, data: int = 0) -> None:
    if libc.ptrace(request, tid, None, data) != 0:
        sys.exit(f"ptrace of thread {tid}: {os.strerror(ctypes.get_errno())}")


def hold(tid: int) -> None:
    ptrace(INTERRUPT, tid)
    os.waitpid(tid, WALL)


class Requests(threading.Thread):
    """Sends the requests, and writes down how many steps each took."""

    def __init__(self, port: int, count: int) -> None:
        super().__init__(daemon=True)
        self.port, self.count, self.request = port, count, sys.stdin.buffer.read()
        self.steps, self.counts, self.error, self.over = 0, [], None, False

    def run(self) -> None:
        try:
            with socket.create_connection(("127.0.0.1", self.port)) as connection:
                for _ in range(self.count):
                    before = self.steps
                    connection.sendall(self.request)
                    receive(connection)
                    self.counts.append(self.when_quiet() - before)
        except (OSError, ValueError) as error:
            self.error = error
        # The connection's end is what wakes the thread once more.
        self.over = True

    def when_quiet(self) -> int:
        last = -1
        while last != self.steps:
            last = self.steps
            time.sleep(QUIET)
        return last


def receive(connection: socket.socket) -> None:
    received = b""
    while True:
        more = connection.recv(1 << 16)
        received += more
        head, end, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if not more or (end and not (head.startswith(b"HTTP/1.1 200 ") and length)):
            raise ValueError(f"expected 200 with a content-length, got {head[:200]!r}")
        if end and len(body) >= int(length[1]):
            return


def step_through(tid: int, requests: Requests) -> None:
    requests.start()
    ptrace(SINGLESTEP, tid)
    while not requests.over:
        _, status = os.waitpid(tid, WALL)
        step = status >> 8 == signal.SIGTRAP
        requests.steps += step
        other_signal = 0 if step or status >> 16 else status >> 8
        ptrace(SINGLESTEP, tid, other_signal)
    # A step's trap that nobody takes would end the process: it may come after the first stop.
    hold(tid)
    ptrace(CONT, tid)
    time.sleep(QUIET)
    hold(tid)


def main(pid: int, tid: int, port: int, count: int) -> None:
    requests = Requests(port, count)
    for thread in (pid, tid):
        ptrace(SEIZE, thread)
        hold(thread)
    # On one CPU a step is a switch between two threads, and no message from one CPU to another.
    cpus = os.sched_getaffinity(tid)
    for thread in (0, tid):
        os.sched_setaffinity(thread, {min(cpus)})
    step_through(tid, requests)
    os.sched_setaffinity(tid, cpus)
    for thread in (tid, pid):
        ptrace(DETACH, thread)
    if requests.error:
        sys.exit(str(requests.error))
    print(json.dumps(requests.counts))


main(*map(int, sys.argv[1:]))
