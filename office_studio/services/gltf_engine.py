"""The Khronos glTF-Validator inside Qt's JavaScript engine, as a program of its own.

Run as ``python -P gltf_engine.py SCRIPT``.

It is the only module outside ``ui`` that loads Qt, and only when it is run: PySide6 holds Python's global lock while
JavaScript runs, so inside the app a large model would stop the window, and no time limit could end it. A process can be
killed, and a crash in it is a finding, not an end. ``gltf_validator.py`` starts it and speaks with it.

Messages go through stdin and stdout: a line of JSON, and after it as many bytes as its ``size`` says.
In: ``{"name", "size", "maxIssues"}`` with the model; ``{"size"}`` or ``{"error"}`` with an external file.
Out: ``{"ready": version}`` once; ``{"read": uri}`` asks for an external file; ``{"report"}`` or
``{"refused": why}`` ends.
Reads and writes no file but SCRIPT.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

# Qt's engine is no browser. Timers are a queue that is drained by hand; apply() ignores typed arrays, with which the
# script decodes text; the script looks for `globalThis` and puts what it offers into `exports`.
_SHIMS = """
var global_ = this;
if (typeof globalThis === 'undefined') global_.globalThis = global_;
global_.exports = {};
var queue_ = [];
global_.setTimeout = function (f) { queue_.push(f); return queue_.length; };
global_.setImmediate = global_.setTimeout;
global_.clearTimeout = function () {};
(function () {
    var apply = Function.prototype.apply;
    Function.prototype.apply = function (self, list) {
        return apply.call(this, self, ArrayBuffer.isView(list) ? Array.prototype.slice.call(list) : list);
    };
})();
"""
_CALLS = """
(function () {
    var state = null;
    return {
        version: function () { return exports.version(); },
        start: function (buffer, options, reader) {
            var mine = state = { done: false };
            queue_ = [];
            options = JSON.parse(options);
            options.externalResourceFunction = function (uri) {
                return new Promise(function (resolve, reject) {
                    var bytes = reader.read(uri);
                    var why = reader.error();
                    if (why) reject(new Error(why)); else resolve(new Uint8Array(bytes));
                });
            };
            exports.validateBytes(new Uint8Array(buffer), options).then(
                function (report) { mine.report = JSON.stringify(report); mine.done = true; },
                function (why) { mine.refused = String(why && why.message || why); mine.done = true; }
            );
        },
        step: function () {
            for (var i = 0; i < 1000 && queue_.length; i++) queue_.shift()();
            return queue_.length > 0;
        },
        result: function () { return JSON.stringify(state); }
    };
})()
"""
_MAX_ADDRESS_BYTES = 2 << 30
_MAX_EMPTY_TURNS = 1000  # promises of the engine settle in its event loop; a model that needs more never ends


def serve(script: Path, source: BinaryIO, sink: BinaryIO) -> None:
    """Check models until ``source`` ends."""
    from PySide6.QtCore import QByteArray, QCoreApplication, QLoggingCategory, QObject, Slot
    from PySide6.QtQml import QJSEngine

    class Reader(QObject):
        """Hands the validator external files, which the other side reads."""

        why = ""

        @Slot(str, result=QByteArray)
        def read(self, uri: str) -> QByteArray:
            _send(sink, {"read": uri})
            head, data = _receive(source)
            self.why = str(head.get("error", "")) if head is not None else "the program has gone"
            return QByteArray(data)

        @Slot(result=str)
        def error(self) -> str:
            return self.why

    app = QCoreApplication.instance() or QCoreApplication([])
    QLoggingCategory.setFilterRules("qt.qml.usedbeforedeclared=false")
    engine: Any = QJSEngine()
    for name, text in (("shims", _SHIMS), (script.name, script.read_text("utf-8"))):
        loaded = engine.evaluate(text, name)
        if loaded.isError():
            _send(sink, {"refused": f"{name} cannot be run: {loaded.toString()}"})
            return
    calls = engine.evaluate(_CALLS, "calls")
    reader = Reader()
    wrapped = engine.newQObject(reader)
    _send(sink, {"ready": calls.property("version").call([]).toString()})
    while True:
        head, data = _receive(source)
        if head is None:
            return
        options = {"uri": head["name"], "maxIssues": head["maxIssues"], "writeTimestamp": False}
        options |= {"ignoredIssues": head["ignored"]} if head.get("ignored") else {}
        buffer = engine.toScriptValue(QByteArray(data))
        started = calls.property("start").call([buffer, engine.toScriptValue(json.dumps(options)), wrapped])
        if started.isError():
            _send(sink, {"refused": started.toString()})
            continue
        _send(sink, _settled(app, calls))
        engine.collectGarbage()


def _settled(app: Any, calls: Any) -> dict[str, Any]:
    """Turn the event loop and the queue until the promise settles."""
    empty = 0
    while empty < _MAX_EMPTY_TURNS:
        app.processEvents()
        more = calls.property("step").call([])
        if more.isError():
            return {"refused": more.toString()}
        state = json.loads(calls.property("result").call([]).toString())
        if state["done"]:
            return {"report": json.loads(state["report"])} if "report" in state else {"refused": state["refused"]}
        empty = 0 if more.toBool() else empty + 1
    return {"refused": "the validator never ended"}


def _send(sink: BinaryIO, message: dict[str, Any]) -> None:
    sink.write(json.dumps(message).encode() + b"\n")
    sink.flush()


def _receive(source: BinaryIO) -> tuple[dict[str, Any] | None, bytes]:
    line = source.readline()
    if not line:
        return None, b""
    head: dict[str, Any] = json.loads(line)
    return head, source.read(head.get("size", 0))


def bound_memory() -> None:
    """Let a model that wants too much end this program, not the machine; some systems have no such limit."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MAX_ADDRESS_BYTES, _MAX_ADDRESS_BYTES))
    except (ImportError, ValueError, OSError):
        pass


if __name__ == "__main__":
    bound_memory()
    serve(Path(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
