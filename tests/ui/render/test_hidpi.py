"""Crisp at every scale of the screen: whole device pixels, and pictures made for them. One process for each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QEventLoop, QPoint, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.stage_view import StageView
from PIL import Image

def spin(ms):
    loop = QEventLoop(); QTimer.singleShot(ms, loop.quit); loop.exec()

app = QApplication([])
view = StageView()
view.resize(640, 480)
done = []
view.theme_shown.connect(lambda *_: done.append(1))
view.set_theme(load_theme(Path(sys.argv[1])))
view.show()
while not done:
    spin(20)
spin(400)
view.zoom_by(1.7)
view.pan_by(-13, -7)
for _ in range(40):
    spin(100)
    if view._has_pictures():
        break
spin(200)
ratio = view.devicePixelRatioF()
sprites = [item for item in view.stage._sprites if not item.pixmap().isNull()]
origin = view.mapTo(view.window(), view.mapFromScene(0, 0))
off = 0.0
for item in sprites:
    for edge in ((item.pos().x() + origin.x()) * ratio, (item.pos().y() + origin.y()) * ratio):
        off = max(off, abs(edge - round(edge)))
background = sprites[0].pixmap().toImage()
shot = view.grab().toImage()
at = view.mapFromScene(0, 0)
x, y = round(at.x() * ratio), round(at.y() * ratio)
same = total = 0
for row in range(20, 200, 7):
    for column in range(20, 300, 7):
        inside = background.pixelColor(column - x, row - y)
        total += 1
        same += inside == shot.pixelColor(column, row)
print(json.dumps({
    "ratio": ratio, "off": off, "picture": [item.pixmap().devicePixelRatio() for item in sprites][:1],
    "width": background.width(), "wanted": view._camera.canvas_width * view._camera.scale * ratio, "same": same / total,
}))
view.close_stage()
"""


@pytest.mark.parametrize("scale", ["1", "1.5", "2", "3"])
def test_pictures_lie_on_device_pixels(folder: Path, scale: str):
    from PIL import Image

    Image.effect_mandelbrot((400, 300), (-2, -1.5, 1, 1.5), 50).convert("RGB").save(folder / "background.png")
    document = json.loads((folder / "theme.json").read_text())
    document["furniture"] = []
    (folder / "theme.json").write_text(json.dumps(document))
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)],
        env=os.environ | {"QT_SCALE_FACTOR": scale, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    facts = json.loads(found.stdout.splitlines()[-1])
    assert facts["ratio"] == float(scale)
    assert facts["off"] < 0.01
    assert facts["picture"] == [float(scale)]
    assert abs(facts["width"] - facts["wanted"]) <= 1
    assert facts["same"] == 1.0  # copied pixel by pixel, not stretched
