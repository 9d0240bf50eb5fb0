#!/usr/bin/python3
"""Stands between a client and a PostgreSQL server, and breaks the connection where it is told to.

    relay.py FOLDER SERVER RULE...     listens in FOLDER as a server's socket, and forwards to the socket SERVER;
                                       says "ready"; ends with its standard input, when no connection is left

A rule is met once, by the first connection that gets there:

    say=TEXT:cut        the client's message that contains TEXT is not forwarded, and both sides are closed;
                        say=TEXT#N:cut: the N-th such message
    say=TEXT:deaf       it is, and the server does what it says, but its answer is lost: then both sides are closed
    say=TEXT:hangup     it is, and both sides are closed without waiting for an answer
    say=TEXT:late=S     the client's side is closed; the message is forwarded S seconds later, and then the server's is closed
    say=TEXT:leave=S    the same, but it is not forwarded
    say=TEXT:answer=TAG it is, and the server's answer is told with another command tag
    hear=N:cut          of all that servers say, half of the N-th message arrives, and both sides are closed
    hear=N:bytes=B      B bytes of it

and these of every connection:

    slow=MS             each message of the server comes that much later
    notices=TEXT        before each answer comes a notice, a notification and a parameter's new value, with TEXT

With RELAY_TOLD=FILE it writes there which rules were met.  For python: Relay(folder, server, rules), .done (lines), .heard (messages of servers), .stop().
"""
import os
import socket
import struct
import sys
import threading
import time


def message(kind, body):
    return kind + struct.pack("!I", len(body) + 4) + body


def notices(text):
    t = text.encode()
    fields = b"SNOTICE\0VNOTICE\0C00000\0M" + t + b"\0D" + t + b"\0\0"
    return (message(b"N", fields) + message(b"A", struct.pack("!I", 1) + b"channel\0" + t + b"\0") +
            message(b"S", b"application_name\0" + t + b"\0"))


class Rule:
    def __init__(self, text):
        self.text = text
        self.what, value = text.split("=", 1)
        self.how = "always"
        if self.what in ("say", "hear"):
            value, self.how = value.split(":", 1)
        self.left = 1
        if self.what == "say" and "#" in value:
            value, left = value.rsplit("#", 1)
            self.left = int(left)
        self.value = int(value) if self.what in ("hear", "slow") else value
        self.met = False


class Connection:
    """one client, and the server's answer to it"""

    def __init__(self, relay, client):
        self.relay, self.client = relay, client
        self.server = socket.socket(socket.AF_UNIX)
        self.server.connect(relay.server)
        self.deaf = self.tag = None
        self.closed = threading.Event()
        for run in (self.from_client, self.from_server):
            threading.Thread(target=self.guarded, args=(run,), daemon=True).start()

    def guarded(self, run):
        try:
            run()
        except OSError:
            pass
        self.close()

    def close(self):
        for s in (self.client, self.server):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.closed.set()

    @staticmethod
    def take(s, n):
        got = b""
        while len(got) < n:
            more = s.recv(n - len(got))
            if not more:
                raise OSError("end")
            got += more
        return got

    def from_client(self):
        first = True
        while True:
            kind = b"" if first else self.take(self.client, 1)
            size = self.take(self.client, 4)
            body = self.take(self.client, struct.unpack("!I", size)[0] - 4)
            first = False
            rule = self.relay.meet(lambda r: r.what == "say" and r.value.encode() in body)
            how = rule.how if rule else ""
            if how == "cut":
                return
            if how.startswith(("late=", "leave=")):
                self.deaf = True
                self.client.shutdown(socket.SHUT_RDWR)
                time.sleep(float(how.split("=")[1]))
                if how.startswith("leave="):
                    return
            if how == "deaf":
                self.deaf = True
            if how.startswith("answer="):
                self.tag = how.split("=", 1)[1]
            self.server.sendall(kind + size + body)
            if how == "hangup":
                return
            if self.deaf:
                self.closed.wait()

    def from_server(self):
        while True:
            kind, size = self.take(self.server, 1), self.take(self.server, 4)
            body = self.take(self.server, struct.unpack("!I", size)[0] - 4)
            if self.deaf:
                if kind == b"Z":
                    return
                continue
            if kind == b"C" and self.tag:
                body, self.tag = self.tag.encode() + b"\0", None
                size = struct.pack("!I", len(body) + 4)
            whole = kind + size + body
            for r in self.relay.rules:
                if r.what == "slow":
                    time.sleep(r.value / 1000)
                if r.what == "notices" and kind in b"CZ":
                    self.client.sendall(notices(r.value))
            n = self.relay.hear()
            rule = self.relay.meet(lambda r: r.what == "hear" and r.value == n)
            if rule:
                self.client.sendall(whole[:len(whole) // 2 if rule.how == "cut" else int(rule.how.split("=")[1])])
                return
            self.client.sendall(whole)


class Relay:
    def __init__(self, folder, server, rules):
        self.server, self.rules, self.heard, self.done = server, [Rule(r) for r in rules], 0, []
        self.lock = threading.Lock()
        self.path = os.path.join(folder, ".s.PGSQL.5432")
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(self.path)
        self.listening.listen(20)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client = self.listening.accept()[0]
            except OSError:
                return
            try:
                Connection(self, client)
            except OSError:
                client.close()

    def hear(self):
        with self.lock:
            self.heard += 1
            return self.heard

    def meet(self, fits):
        with self.lock:
            for r in self.rules:
                if r.met or not fits(r):
                    continue
                r.left -= 1
                if r.left == 0:
                    r.met = True
                    self.done.append(r.text)
                    return r
        return None

    def stop(self):
        try:
            self.listening.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listening.close()
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            pass


def main(folder, server, *rules):
    relay = Relay(folder, server, rules)
    print("ready", flush=True)
    sys.stdin.read()
    relay.stop()
    if "RELAY_TOLD" in os.environ:
        with open(os.environ["RELAY_TOLD"] + ".new", "w") as f:
            f.writelines(line + "\n" for line in relay.done)
        os.rename(f.name, os.environ["RELAY_TOLD"])
    for t in threading.enumerate():
        if t is not threading.main_thread():
            t.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
