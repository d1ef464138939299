"""A server with one site, for scripts that try fieldpost with programs that are not ours."""

import json
import os
import pathlib
import socket
import subprocess
import time

BIN = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", "target")).resolve() / "debug"
WELL = "status: ok\ndatabase: UP\n"
SICK = "status: ok\ndatabase: DOWN\nqueue: WARN\nname: <script>alert(1)</script>\n"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(what, answer, seconds=40):
    """Asks until there is an answer; a generous limit, because machines are slow at times."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = answer()
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit(f"waited in vain until {what}")


def check(holds, what):
    if not holds:
        raise SystemExit(f"this did not hold: {what}")


class World:
    """Its processes end with `close`."""

    def __init__(self, folder, more=""):
        self.folder = pathlib.Path(folder)
        self.processes = []
        self.url = f"http://127.0.0.1:{free_port()}"
        self.feels(WELL)
        (self.folder / "server.toml").write_text('[state]\nevery = "1s"\n' + more)
        init = self.run("fieldpost-server", "init", "--data", "data", "--url", self.url, "--user", "ada", "--json")
        listen = self.url.removeprefix("http://")
        self.start("fieldpost-server", "run", "--data", "data", "--listen", listen, "--config", "server.toml")
        until("the server listens", lambda: self.listens(listen))
        self.cli("login", json.loads(init)["login"])
        self.cli("app", "add", "trading", "--versions", "7.7")
        for site in ("acme", "borealis"):
            added = self.json("site", "add", site, "--app", "trading=7.7")
            self.run("fieldpost-agent", "enroll", added["enrolment"], "--config", f"{site}.toml", "--app", f"trading=7.7:./{site}")
        with open(self.folder / "acme.toml", "a") as config:
            config.write(f'\n[app.state]\nfile = "{self.folder}/state.txt"\n')
        for site in ("acme", "borealis"):
            self.start("fieldpost-agent", "run", "--config", f"{site}.toml")
        until("acme has said how it is", lambda: self.json("status", ok=(0, 3))["sites"][0]["state_age_s"] is not None)

    @staticmethod
    def listens(address):
        host, port = address.split(":")
        with socket.socket() as one:
            return one.connect_ex((host, int(port))) == 0

    def feels(self, state):
        (self.folder / "state.txt").write_text(state)

    def run(self, program, *args, ok=(0,)):
        env = dict(os.environ, FIELDPOST_CONFIG_DIR=str(self.folder / "ada"))
        ran = subprocess.run([BIN / program, *args], cwd=self.folder, env=env, capture_output=True, text=True, timeout=60)
        check(ran.returncode in ok, f"{program} {args[0]} exits {ok}, not {ran.returncode}\n{ran.stdout}{ran.stderr}")
        return ran.stdout

    def cli(self, *args, ok=(0,)):
        return self.run("fieldpost", *args, ok=ok)

    def json(self, *args, ok=(0,)):
        return json.loads(self.cli(*args, "--json", ok=ok))

    def start(self, program, *args):
        log = open(self.folder / f"{program}-{len(self.processes)}.log", "w")
        self.processes.append(subprocess.Popen([BIN / program, *args], cwd=self.folder, stdout=log, stderr=log))

    def close(self):
        for one in reversed(self.processes):
            one.terminate()
        for one in self.processes:
            one.wait(timeout=20)
