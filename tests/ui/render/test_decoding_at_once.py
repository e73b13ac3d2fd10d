"""Pictures are decoded by several threads at once, and none waits for another forever."""

from __future__ import annotations

import subprocess
import sys

# In a process of its own: threads that wait for each other and the interpreter cannot be stopped from within.
_PROGRAM = """
import sys, threading, time
from PySide6.QtCore import QBuffer
from PySide6.QtGui import QImage, QImageReader
from office_studio.ui.render.images import decode, in_memory

made = QImage(16, 16, QImage.Format.Format_RGB32)
made.fill(1)
buffer = QBuffer()
buffer.open(QBuffer.OpenModeFlag.WriteOnly)
made.save(buffer, "PNG")
data = bytes(buffer.data().data())

def format_first():
    return decode(data, "a.png")

def at_once():
    stream = in_memory(data)
    return QImageReader(stream.device()).read()

def work(read):
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        assert read().width() == 16
        counts[read.__name__] += 1

counts = {"format_first": 0, "at_once": 0}
threads = [threading.Thread(target=work, args=(read,)) for read in (format_first, at_once)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(*counts.values())
"""


def test_two_threads_decode_at_once():
    done = subprocess.run([sys.executable, "-c", _PROGRAM], timeout=40, capture_output=True, text=True, check=True)
    assert all(int(count) > 20 for count in done.stdout.split()), done.stdout
