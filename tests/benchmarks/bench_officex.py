# ruff: noqa: T201, E501  a script that prints a table
"""How quick the OfficeX sandbox and its client are.

    python tests/benchmarks/bench_officex.py                  all of it
    python tests/benchmarks/bench_officex.py pairs            reserve + settle with 1, 8, 64 clients, and bare SQLite
    python tests/benchmarks/bench_officex.py books            the same without HTTP: the ledger alone
    python tests/benchmarks/bench_officex.py ledger           a wallet with 1,000,000 entries

The sandbox is a process of its own. Bare SQLite does the same writes in the same number of transactions, on the same
disk, in turns with the sandbox: on a busy machine only the ratio means something.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import json
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil
from sqlalchemy import Connection

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from office_studio.server.db import Database, sqlite_url  # noqa: E402
from office_studio.server.officex import money_routes  # noqa: E402
from office_studio.server.officex.call import Call, Handler, authenticate  # noqa: E402
from office_studio.server.officex.sandbox import Sandbox, SandboxConfig  # noqa: E402
from office_studio.services.officex import local as officex_local  # noqa: E402

ENTRIES = 1_000_000


@contextlib.contextmanager
def sandbox(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    command = [
        sys.executable,
        "-m",
        "office_studio",
        "officex",
        "serve",
        "--port",
        "0",
        "--json",
        "--data",
        str(folder),
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    try:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["url"], psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(30)


def cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


# -- pairs ---------------------------------------------------------------------------------------------
async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str, body: str) -> bytes:
    """One call over a bare connection, so that the client measures the server and not itself."""
    writer.write(f"{head}content-length: {len(body)}\r\n\r\n{body}".encode())
    top = await reader.readuntil(b"\r\n\r\n")
    lower = top.lower()
    length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    content = await reader.readexactly(length)
    assert b" 200 " in top[:20], content
    return content


def calls_of(url: str, keys: dict[str, str], name: str, pairs: int) -> Iterator[tuple[str, str]]:
    host = url.removeprefix("http://")
    common = f"host: {host}\r\ncontent-type: application/json\r\n"
    common += "".join(f"{key}: {value}\r\n" for key, value in keys.items())
    for number in range(pairs):
        job = f"{name}-{number}"
        yield f"POST /v1/reserve HTTP/1.1\r\n{common}", f'{{"amount": 0.01, "job_id": "{job}"}}'
        path = f"/v1/reservations/RESV%23{job}/settle"
        yield f"POST {path} HTTP/1.1\r\n{common}", '{"amount": 0.01, "final": true}'


async def client(url: str, keys: dict[str, str], name: str, pairs: int) -> None:
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for head, body in calls_of(url, keys, name, pairs):
        await exchange(reader, writer, head, body)
    writer.close()


def one_client(url: str, keys: dict[str, str], name: str, pairs: int) -> None:
    """As ``client``, without an event loop, whose turns would be half of the time of a call."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for head, body in calls_of(url, keys, name, pairs):
            connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n{body}".encode())
            answer = b""
            while not answer.endswith(b"}"):
                answer += connection.recv(65_536)
            assert b" 200 " in answer[:20], answer


def till_of(root: str, folder: Path) -> dict[str, str]:
    found = officex_local.read(folder)
    assert found is not None
    me, vendor = found.accounts["consumer"].headers, found.accounts["vendor"].headers
    with httpx.Client(base_url=f"{root}/v1", timeout=30, trust_env=False) as http:
        payment = {"type": "stripe", "token": "tok_ok"}
        http.post("/purchase-credits", headers=me, json={"amount": 100_000, "payment_method": payment})
        app = http.post("/register-app", headers=vendor, json={"name": "Bench"}).json()["app_id"]
        many = {"max_per_hour": 1_000_000, "max_per_day": 1_000_000, "max_per_month": 1_000_000}
        made = http.post(f"/install/{app}", headers=me, json=many | {"allowed_until": -1}).json()
    return {"x-officex-install-id": made["install_id"], "x-officex-install-secret": made["install_secret"]}


def bare_pairs(path: Path, pairs: int, first: int) -> float:
    """Seconds for the same writes by SQLite alone, in the sandbox's own tables; two transactions a pair."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    entry = (
        "INSERT INTO ox_entries (wallet_id, operation, type, delta_available, delta_reserved, available_after, "
        "reserved_after, is_treasury, app_id, install_id, reservation, job_id, metadata, created_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'a', 'i', ?, ?, 'null', 0)"
    )
    started = time.perf_counter()
    for number in range(first, first + pairs):
        job = f"bare-{number}"
        connection.execute("BEGIN IMMEDIATE")
        made = connection.execute(
            "INSERT INTO ox_reservations (user_id, app_id, install_id, job_id, wallet_id, destination_wallet_id, amount, "
            "settled, refunded, status, acked, metadata, created_ms, updated_ms) "
            "VALUES ('u', 'a', 'i', ?, 'w', 'd', 10000, 0, 0, 'reserved', 0, 'null', 0, 0)",
            (job,),
        ).lastrowid
        connection.execute(entry, ("w", job, "RESERVE", -10000, 10000, 1, 10000, made, job))
        connection.executemany(
            "INSERT INTO ox_usage VALUES ('i', ?, 0, 1) ON CONFLICT DO UPDATE SET count = count + 1",
            [("hour",), ("day",), ("month",)],
        )
        connection.execute("COMMIT")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "UPDATE ox_reservations SET settled = 10000, status = 'completed', closed_ms = 0 WHERE number = ?", (made,)
        )
        rows = [("w", job, "SETTLE", 0, -10000, 1, 0, made, job), ("d", job, "EARN", 10000, 0, 1, 0, made, job)]
        connection.executemany(entry, rows)
        connection.execute("COMMIT")
    elapsed = time.perf_counter() - started
    connection.close()
    return elapsed


def round_of(root: str, keys: dict[str, str], tag: str, clients: int, pairs: int) -> None:
    if clients == 1:
        one_client(root, keys, tag, pairs)
        return

    async def all_clients() -> None:
        await asyncio.gather(*(client(root, keys, f"{tag}-{one}", pairs // clients) for one in range(clients)))

    asyncio.run(all_clients())


def bench_pairs(pairs: int, rounds: int) -> None:
    """Rounds in turns, so that both see the same machine; the share is the median over the rounds, and of the best."""
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as other:
        folder, bare = Path(name), Path(other) / "bare.db"
        with sandbox(folder) as (root, process), bare_server() as (plain, _):
            keys = till_of(root, folder)
            copy_tables(folder / "officex.db", bare)
            done = 0
            print("clients   pairs/s: sandbox    bare SQLite   HTTP alone   share, best round   server CPU ms/pair")
            for clients in (1, 8, 64):
                ours, theirs, empty, spent = [], [], [], 0.0
                count = pairs - pairs % clients
                for turn in range(rounds):
                    before, started = cpu_s(process), time.perf_counter()
                    round_of(root, keys, f"{clients}-{turn}", clients, count)
                    ours.append(time.perf_counter() - started)
                    spent += cpu_s(process) - before
                    theirs.append(bare_pairs(bare, count, done))
                    done += count
                    started = time.perf_counter()
                    round_of(plain, keys, f"{clients}-{turn}", clients, count)
                    empty.append(time.perf_counter() - started)
                shares = [bare_s / our_s for our_s, bare_s in zip(ours, theirs, strict=True)]
                rates = [count / median(times) for times in (ours, theirs, empty)]
                print(
                    f"{clients:7}   {rates[0]:16.0f}   {rates[1]:12.0f}   {rates[2]:10.0f}   {median(shares):5.0%}, "
                    f"{min(theirs) / min(ours):5.0%}        {1000 * spent / count / rounds:10.2f}"
                )


def copy_tables(source_path: Path, target_path: Path) -> None:
    with sqlite3.connect(source_path) as source:
        tables = [sql for (sql,) in source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    with sqlite3.connect(target_path) as target:
        for sql in tables:
            if "sqlite_sequence" not in sql:
                target.execute(sql)


EMPTY_SERVER = """
import sys
import uvicorn
from office_studio.server.lifecycle import listen

async def app(scope, receive, send):
    await receive()
    body = b'{"success": true, "reservation_id": "RESV#abc", "amount_reserved": 0.01}'
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

listener = listen("127.0.0.1", 0)
print(listener.getsockname()[1], flush=True)
config = uvicorn.Config(app, http="httptools", loop="asyncio", lifespan="off", ws="none", log_config=None,
                        access_log=False, server_header=False, proxy_headers=False)
uvicorn.Server(config).run(sockets=[listener])
"""


@contextlib.contextmanager
def bare_server() -> Iterator[tuple[str, psutil.Process]]:
    """The same HTTP server with nothing behind it: what no ledger, however quick, can do better."""
    server = subprocess.Popen([sys.executable, "-c", EMPTY_SERVER], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}", psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(30)


# -- the ledger without HTTP -------------------------------------------------------------------------------
def bench_books(pairs: int, rounds: int) -> None:
    """The sandbox's own work for a call (credentials, checks, postings) in this process, one transaction a call or 64."""
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as other:
        folder, bare = Path(name), Path(other) / "bare.db"
        with sandbox(folder) as (root, _):
            keys = till_of(root, folder)
        copy_tables(folder / "officex.db", bare)
        sandbox_ = Sandbox(SandboxConfig(), folder, "", "")
        database = Database(sqlite_url(folder / "officex.db"))

        def call(path: dict[str, str], body: dict[str, Any], handler: Handler) -> Callable[[Connection], Any]:
            def work(connection: Connection) -> Any:
                made = Call(sandbox_, connection, sandbox_.clock(), path, {}, body)
                authenticate(made, "is", keys)
                return handler(made)

            return work

        def reserve(job: str) -> Callable[[Connection], Any]:
            return call({}, {"amount": Decimal("0.01"), "job_id": job}, money_routes.reserve)

        def settle(job: str) -> Callable[[Connection], Any]:
            body = {"amount": Decimal("0.01"), "final": True}
            return call({"resv": f"RESV#{job}"}, body, money_routes.settle_path)

        def all_of(tag: str, together: int) -> None:
            for start in range(0, pairs, together):
                jobs = [f"{tag}-{number}" for number in range(start, start + together)]
                for works in ([reserve(job) for job in jobs], [settle(job) for job in jobs]):
                    assert not any(done.error for done in database.call_each(works))

        print(
            "the ledger alone (wall and CPU µs a pair, medians):  ours   bare SQLite   share, best round   CPU ours, bare"
        )
        for together, words in ((1, "a transaction a call"), (64, "64 calls a transaction")):
            ours, theirs = [], []
            for turn in range(rounds):
                ours.append(timed(functools.partial(all_of, f"{together}-{turn}", together)))
                theirs.append(timed(functools.partial(bare_pairs, bare, pairs, 10_000_000 * together + turn * pairs)))
            shares = [theirs_[0] / ours_[0] for ours_, theirs_ in zip(ours, theirs, strict=True)]
            us = [1e6 * median(one[part] for one in times) / pairs for part in (0, 1) for times in (ours, theirs)]
            best = min(theirs)[0] / min(ours)[0]
            print(
                f"  {words:45}   {us[0]:10.0f}   {us[1]:10.0f}   {median(shares):8.0%}, {best:5.0%}   {us[2]:10.0f}, {us[3]:.0f}"
            )
        database.close()


def timed(work: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


# -- a long ledger -----------------------------------------------------------------------------------------
def bench_ledger() -> None:
    from sqlalchemy import create_engine, text

    from office_studio.server.officex import ledger

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with sandbox(folder):
            found = officex_local.read(folder)
            assert found is not None
            account = found.accounts["consumer"]
        with sqlite3.connect(folder / "officex.db") as connection:
            (wallet,) = connection.execute("SELECT wallet_id FROM ox_users WHERE email LIKE 'you@%'").fetchone()
            last, available = connection.execute(
                "SELECT max(log_id), available_after FROM ox_entries WHERE wallet_id = ?", (wallet,)
            ).fetchone()
            sql = (
                "INSERT INTO ox_entries (log_id, wallet_id, operation, type, delta_available, delta_reserved, "
                "available_after, reserved_after, is_treasury, created_ms) VALUES (?, ?, ?, 'ADJUST', ?, ?, ?, ?, 0, 0)"
            )
            rows: list[tuple[Any, ...]] = []
            for number in range(1, ENTRIES + 1):  # one credit to and fro between its two halves
                step = 1 if number % 2 else -1
                rows.append((last + number, wallet, f"o{number}", -step, step, available - (number % 2), number % 2))
            connection.executemany(sql, rows)
        engine = create_engine(f"sqlite:///{folder / 'officex.db'}")
        times = []
        with engine.connect() as opened:
            for _ in range(200):
                started = time.process_time()
                ledger.balance(opened, wallet)
                times.append(time.process_time() - started)
            entries = opened.execute(text("SELECT count(*) FROM ox_entries")).scalar_one()
        engine.dispose()
        print(f"ledger of {entries:,} entries: balance in the database {1000 * median(times):.2f} ms of CPU")
        with (
            sandbox(folder) as (root, process),
            httpx.Client(base_url=f"{root}/v1", timeout=60, trust_env=False) as http,
        ):
            found = officex_local.read(folder)
            assert found is not None
            account = found.accounts["consumer"]
            middle = f"/wallets/{wallet}/transactions?limit=100&cursor=c{last + ENTRIES // 2}"
            for what, path in (("balance", "/balance"), ("newest page of 100", f"/wallets/{wallet}/transactions?limit=100"),
                               ("page of 100 in the middle", middle)):  # fmt: skip
                walls = []
                before = cpu_s(process)
                for _ in range(100):
                    started = time.perf_counter()
                    assert http.get(path, headers=account.headers).status_code == 200
                    walls.append(time.perf_counter() - started)
                spent = (cpu_s(process) - before) / 100
                print(
                    f"  {what}: median {1000 * median(walls):.1f} ms over HTTP, {1000 * spent:.1f} ms of the server's CPU"
                )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="*", choices=["pairs", "books", "ledger", []], default=[])
    parser.add_argument("--pairs", type=int, default=128, help="pairs a round")
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    what = args.what or ["pairs", "books", "ledger"]
    if "pairs" in what:
        bench_pairs(args.pairs, args.rounds)
    if "books" in what:
        bench_books(args.pairs, args.rounds)
    if "ledger" in what:
        bench_ledger()


if __name__ == "__main__":
    main()
