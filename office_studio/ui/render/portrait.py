"""Head and shoulders of an agent on a quiet ground, for rows and cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPixmap

from office_studio.core.theme.model import Direction
from office_studio.ui.render import palette
from office_studio.ui.render.avatars import initials
from office_studio.ui.render.costumes import Costume, cut
from office_studio.ui.render.scaling import scaled

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

_HEAD_SHARE = 0.62  # of the drawn figure's height, from the hair down
_KEPT = 2000  # at most
_STATES = ("standing", "idle", "working")


class Portraits:
    """Portraits painted so far, for one theme."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, int, float], QPixmap] = {}

    def clear(self) -> None:
        self._kept.clear()

    def of(self, stage: StageScene, agent_id: str, size_px: int, ratio: float) -> QPixmap:
        agent = stage.agents.get(agent_id)
        name = agent.agent.name if agent else agent_id
        item, assets = stage.figures.get(agent_id), stage.assets
        seat_id = item.figure.seat_id if item is not None and item.is_pictured else None
        key = (agent_id, f"{name}\0{seat_id or ''}", size_px, ratio)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) > _KEPT:
                self._kept.clear()
            costume = stage.assets.costume(agent_id) if stage.assets else None
            look = stage.looks.get(agent_id)
            smooth = stage.assets is None or stage.assets.smooth
            face = assets.seat_pictures[seat_id].face() if assets is not None and seat_id else None
            found = self._kept[key] = paint_portrait(
                agent_id, name, costume, size_px, ratio, look, smooth=smooth, face=face
            )
        return found


def paint_portrait(
    agent_id: str,
    name: str,
    costume: Costume | None,
    size_px: int,
    ratio: float,
    look: tuple[str, str] | None = None,
    *,
    smooth: bool = True,
    face: QImage | None = None,
) -> QPixmap:
    """A rounded square of ``size_px`` logical pixels.

    ``smooth`` False: pixel art, see ``scaling``. ``face``: to be shown instead of the costume's head.
    """
    side = max(1, round(size_px * ratio))
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    clip = QPainterPath()
    clip.addRoundedRect(QRectF(0, 0, side, side), side * 0.2, side * 0.2)
    painter.setClipPath(clip)
    painter.fillRect(image.rect(), palette.qcolor_of(look[1]) if look and look[1] else palette.tint(agent_id))
    head = face if face is not None else _head(costume) if costume is not None else None
    if head is not None:
        width = round(side * 0.96)
        shrink = width / max(1, head.width(), head.height())
        fit = scaled(head, max(1, round(head.width() * shrink)), max(1, round(head.height() * shrink)), smooth=smooth)
        painter.drawImage((side - fit.width()) // 2, side - fit.height(), fit)
    else:
        painter.setFont(palette.font(round(side * 0.42), 600))
        painter.setPen(QColor("#ffffff"))
        text = look[0] if look and look[0] else initials(name)
        painter.drawText(QRectF(0, 0, side, side), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _head(costume: Costume) -> QImage | None:
    clip = costume.atlas.clip(_STATES, Direction.DOWN)
    if clip is None:
        return None
    frame = clip.frames[0]
    whole = cut(costume.sheet, frame)
    if costume.atlas.is_grid:
        margin = round(whole.width() * 0.03)  # sheets may have cell borders drawn into them
        return whole.copy(margin, margin, whole.width() - 2 * margin, whole.height() - 2 * margin)
    high = frame.rect.width if frame.rotated else frame.rect.height
    side = round(high * _HEAD_SHARE)
    top = round(frame.offset.y)
    middle = costume.atlas.anchor.x * frame.source_width
    return whole.copy(round(middle - side / 2), top, side, side)
