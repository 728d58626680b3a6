"""count-instructions.py PID TID ROUNDS < REQUESTS: how many instructions a thread runs in user mode for each of some HTTP requests.

REQUESTS is a JSON list of {"port": PORT, "text": REQUEST}, each sent to 127.0.0.1, in turns, once in each round, on a connection that is kept.
Meanwhile the thread TID of the process PID is stepped instruction by instruction (ptrace(2)). A request ends when it is answered with 200 and
the thread sleeps. The process's main thread is held, because its timers give the other threads work. Prints a JSON list: for each request its
counts, one for each round.
"""

import ctypes
import errno
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
PAUSE = 0.002  # s between two looks at the thread

# PyDLL keeps Python's lock: releasing it for a call this short takes longer than the call.
libc = ctypes.PyDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def ptrace(request: int, tid: int, data: int = 0) -> None:
    if libc.ptrace(request, tid, None, data) != 0:
        error = ctypes.get_errno()
        advice = "; Ubuntu allows it after sysctl kernel.yama.ptrace_scope=0" if error == errno.EPERM else ""
        sys.exit(f"ptrace of thread {tid}: {os.strerror(error)}{advice}")


def hold(tid: int) -> None:
    ptrace(INTERRUPT, tid)
    os.waitpid(tid, WALL)


class Requests(threading.Thread):
    """Sends the requests, and notes how many steps each took."""

    def __init__(self, pid: int, tid: int, rounds: int) -> None:
        super().__init__(daemon=True)
        self.requests = [(one["port"], one["text"].encode()) for one in json.load(sys.stdin)]
        self.counts: list[list[int]] = [[] for _ in self.requests]
        self.connections = {port: socket.create_connection(("127.0.0.1", port)) for port, _ in self.requests}
        self.stat = f"/proc/{pid}/task/{tid}/stat"
        self.rounds, self.steps, self.error, self.over = rounds, 0, None, False
        # Opens the connections at full speed.
        for port, text in self.requests:
            self.exchange(port, text)

    def run(self) -> None:
        try:
            self.when_asleep()
            for _ in range(self.rounds):
                for (port, text), counts in zip(self.requests, self.counts):
                    before = self.steps
                    self.exchange(port, text)
                    counts.append(self.when_asleep() - before)
        except (OSError, ValueError) as error:
            self.error = error
        self.over = True
        # The end of the connections wakes the thread once more, so that the stepping ends.
        for connection in self.connections.values():
            connection.close()

    def exchange(self, port: int, text: bytes) -> None:
        self.connections[port].sendall(text)
        receive(self.connections[port])

    def when_asleep(self) -> int:
        """The steps so far, once the thread has nothing to do. A thread that waits for a CPU isn't asleep."""
        looks = [-1, -2]
        while looks[0] != looks[1]:
            time.sleep(PAUSE)
            with open(self.stat) as stat:
                asleep = stat.read().rpartition(")")[2].split()[0] == "S"
            looks = [self.steps if asleep else -1, looks[0] if asleep else -2]
        return looks[0]


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
    time.sleep(PAUSE)
    hold(tid)


def main(pid: int, tid: int, rounds: int) -> None:
    requests = Requests(pid, tid, rounds)
    for thread in (pid, tid):
        ptrace(SEIZE, thread)
        hold(thread)
    # On one CPU a step is a switch between two threads, and no message from one CPU to another.
    cpus, policy = os.sched_getaffinity(tid), (os.sched_getscheduler(tid), os.sched_getparam(tid))
    for thread in (0, tid):
        os.sched_setaffinity(thread, {min(cpus)})
        prefer(thread)
    step_through(tid, requests)
    os.sched_setscheduler(tid, *policy)
    os.sched_setaffinity(tid, cpus)
    for thread in (tid, pid):
        ptrace(DETACH, thread)
    if requests.error:
        sys.exit(str(requests.error))
    print(json.dumps(requests.counts))


def prefer(thread: int) -> None:
    """Other processes don't run between two steps, where that may be set: the stepping takes less long."""
    try:
        os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        pass


main(*map(int, sys.argv[1:]))
