"""Converts 3D models, as a program of its own: ``python -P -m office_studio.services.model_worker``.

Decoders written in C++ are fed whatever a theme's author saved. A crash, endless loop or greed for memory ends this
program, not the app; ``model_store.py`` starts it, speaks with it and ends it. Once it has started it opens only files
inside the folder it was told, and those of Python; it starts nothing and speaks with no network.

A line of JSON comes in: ``{"path", "root", "out"}``. Lines go out: ``{"step"}`` for progress, then ``{"reads"}``, the
files that the model names and their SHA-256 ("" for what is not there), with either ``{"error": {...}}`` or the GLB in
``out`` and its facts as JSON in ``out`` + ".json".
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO, Final

MEMORY_BYTES: Final = 500 << 20
_ALONE_S: Final = 60  # after which it ends though nobody ends it, as when the app was killed
_FORBIDDEN: Final = ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec",
                     "os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod",
                     "os.symlink", "os.link", "shutil.rmtree", "ctypes.dlopen")  # fmt: skip


class Fence:
    """What may be opened: inside ``root`` to read, ``out`` to write, and Python's own modules."""

    def __init__(self) -> None:
        self.root = ""
        self.outs: tuple[str, ...] = ()
        self._python = tuple(
            {_with_end(os.path.realpath(p)) for p in (sys.prefix, sys.base_prefix, *sys.path) if p}
            | {_with_end(str(Path(__file__).resolve().parents[1]))}
        )

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            self._check_open(args)
        elif event in _FORBIDDEN:
            raise PermissionError(f"{event} is not for converters of models")

    def _check_open(self, args: tuple[Any, ...]) -> None:
        path, flags = args[0], args[2] if len(args) > 2 else 0
        if not isinstance(path, str | bytes | os.PathLike):
            return  # an open file
        real = os.path.realpath(os.fsdecode(path))
        is_writing = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if real in self.outs or (not is_writing and (_is_inside(real, self.root) or self._is_pythons(real))):
            return
        raise PermissionError(f"{real} is not for converters of models")

    def _is_pythons(self, real: str) -> bool:
        return real.startswith(self._python) and real.endswith((".py", ".pyc", ".so", ".pyd", ".dll", ".dylib", ".zip"))


def _with_end(folder: str) -> str:
    return folder.rstrip(os.sep) + os.sep


def _is_inside(path: str, root: str) -> bool:
    return bool(root) and (path == root or path.startswith(_with_end(root)))


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Convert models until ``source`` ends."""
    _load_everything()
    fence = Fence()
    sys.addaudithook(fence)
    _say(sink, {"ready": True})
    for line in source:
        asked = json.loads(line)
        fence.root = os.path.realpath(asked["root"])
        fence.outs = (os.path.realpath(asked["out"]), os.path.realpath(asked["out"] + ".json"))
        _end_by_itself(_ALONE_S)
        _say(sink, _answer(Path(asked["path"]), Path(asked["root"]), Path(asked["out"]), sink))
        _end_by_itself(0)


def _answer(path: Path, root: Path, out: Path, sink: BinaryIO) -> dict[str, Any]:
    import msgspec

    from office_studio.core.gltf.convert import convert
    from office_studio.core.gltf.limits import MAX_FILE_BYTES
    from office_studio.errors import ModelError
    from office_studio.services.model_files import FolderReader, read_file

    reader = FolderReader(root, path.parent)
    try:
        _say(sink, {"step": "Reading"})
        data = read_file(path, MAX_FILE_BYTES)
        _say(sink, {"step": "Converting"})
        converted = convert(data, reader)
        _say(sink, {"step": "Writing"})
        out.write_bytes(converted.glb)
        Path(f"{out}.json").write_bytes(msgspec.json.encode(converted.facts))
        return {"reads": _digests(reader)}
    except ModelError as error:
        said = {"code": error.code, "message": error.message, "hint": error.hint}
    except MemoryError:
        said = {
            "code": "MODEL_TOO_LARGE",
            "message": "The model is too large: it needs more memory than there is for it.",
            "hint": "Make it simpler, or its pictures smaller.",
        }
    except OSError as error:
        said = {"code": "MODEL_UNWRITTEN", "message": f"The model could not be kept: {error.strerror}.", "hint": ""}
    return {"reads": _digests(reader), "error": said}


def _digests(reader: Any) -> dict[str, str]:
    return {uri: "" if data is None else hashlib.sha256(data).hexdigest() for uri, data in reader.read.items()}


def _load_everything() -> None:
    """What is imported later would have to be opened later."""
    import DracoPy  # noqa: F401
    import meshopt  # noqa: F401
    import msgspec  # noqa: F401
    import opengl_basisu  # noqa: F401
    from PIL import Image

    import office_studio.core.gltf.convert
    import office_studio.services.model_files  # noqa: F401

    Image.init()
    Image.MAX_IMAGE_PIXELS = 8192 * 8192


def _say(sink: BinaryIO, message: dict[str, Any]) -> None:
    sink.write(json.dumps(message).encode() + b"\n")
    sink.flush()


def _end_by_itself(after_s: int) -> None:
    """The system ends us, even in the middle of a decoder; 0 takes that back. Some systems have no such clock."""
    if hasattr(signal, "alarm"):
        signal.alarm(after_s)


def bound_memory() -> None:
    """Let a model that wants too much end this program, not the machine; some systems have no such limit."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass


if __name__ == "__main__":
    bound_memory()
    # What libraries print is no answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)
