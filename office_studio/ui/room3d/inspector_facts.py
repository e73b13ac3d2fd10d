"""What a model costs and holds, beside its view: budgets as meters, materials, textures, lights, what was left out."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from office_studio.core.gltf.facts import MaterialFacts, ModelFacts3D
from office_studio.core.validation.rules.budgets import DEVICES
from office_studio.ui import formats
from office_studio.ui.theming import theme
from office_studio.ui.widgets.basics import ElidingLabel, Paragraph, Section
from office_studio.ui.widgets.layouts import hbox, label, vbox

_MIB = 1 << 20
_SLOTS = {
    "baseColorTexture": "colour",
    "metallicRoughnessTexture": "roughness",
    "normalTexture": "relief",
    "occlusionTexture": "shade",
    "emissiveTexture": "glow",
}


@dataclass(frozen=True, slots=True)
class Budget:
    """``limits``: of each of ``DEVICES``, smallest machine first."""

    title: str
    value: int
    limits: tuple[int, ...]
    words: str

    @property
    def level(self) -> int:
        """How many of the machines this is too much for."""
        return sum(self.value > limit for limit in self.limits)


def budgets(facts: ModelFacts3D) -> tuple[Budget, ...]:
    """The budgets of the ``store`` profile, as this one model uses them up."""
    texture_bytes = sum(texture.decoded_bytes for texture in facts.textures)

    def limits(name: str) -> tuple[int, ...]:
        return tuple(getattr(device, name) for device in DEVICES)

    return (
        Budget("Triangles", facts.triangles, limits("triangles"), formats.quantity(facts.triangles)),
        Budget("Draw calls", facts.draw_calls, limits("draw_calls"), formats.quantity(facts.draw_calls)),
        Budget("Texture memory", texture_bytes, limits("texture_bytes"), f"{texture_bytes / _MIB:.1f} MiB"),
        Budget("Joints", facts.joints, limits("joints"), formats.quantity(facts.joints)),
    )


class Meter(QWidget):
    """A bar that is full at the budget of the smallest machine, amber beyond it, red beyond that of an office PC."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self.budget = budget
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        share = budget.value / budget.limits[0]
        where = (
            f"{formats.percent(share)} of what {DEVICES[0].name} bears"
            if budget.level == 0
            else f"Too much for {DEVICES[min(budget.level, len(DEVICES)) - 1].name}"
        )
        self.setToolTip(where)
        self.setAccessibleName(f"{budget.title}: {budget.words}. {where}.")

    def sizeHint(self) -> QSize:
        return QSize(160, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("border"))
        painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
        share = min(1.0, self.budget.value / self.budget.limits[0])
        if share > 0:
            role = ("working_mark", "idle_mark", "blocked_mark", "blocked_mark")[min(self.budget.level, 3)]
            painter.setBrush(theme().color(role))
            painter.drawRoundedRect(QRectF(0, 0, max(6.0, self.width() * share), self.height()), 3, 3)


class Swatch(QWidget):
    """The base colour of a material, as seen under white light."""

    def __init__(self, material: MaterialFacts) -> None:
        super().__init__()
        self._rgb = tuple(_encoded(part) for part in material.color[:3])
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme().color("border_strong"))
        color = theme().color("border")
        color.setRgbF(*self._rgb)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


class FactsColumn(QScrollArea):
    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(250)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.meters: tuple[Meter, ...] = ()
        self.clear()

    def clear(self) -> None:
        self.meters = ()
        self.setWidget(QWidget())

    def show_facts(self, facts: ModelFacts3D, file_bytes: int) -> None:
        self.meters = tuple(Meter(budget) for budget in budgets(facts))
        sections: list[QWidget] = [_section("Budgets", _budget_rows(self.meters))]
        sections.append(_section("Model", _pairs(_figures(facts, file_bytes))))
        if facts.problems or facts.ignored_extensions:
            words = [*facts.problems, *(f"{name} is ignored" for name in facts.ignored_extensions)]
            sections.append(_section("Shown otherwise", [Paragraph(each, "muted") for each in words]))
        if facts.materials:
            rows = [_material_row(material) for material in facts.materials]
            sections.append(_section(f"Materials · {len(rows)}", rows))
        if facts.textures:
            names = [
                (texture.name or "unnamed", f"{texture.width} × {texture.height}, {formats.size(texture.size_bytes)}")
                for texture in facts.textures
            ]
            sections.append(_section(f"Textures · {len(names)}", _pairs(names)))
        if facts.lights:
            names = [(light.name or light.kind, f"{light.kind}, {light.intensity:g}") for light in facts.lights]
            sections.append(_section(f"Lights · {len(names)}", _pairs(names)))
        body = QWidget()
        body.setLayout(vbox(*sections, None, spacing=0))
        self.setWidget(body)


def _section(title: str, rows: list[QWidget]) -> Section:
    body = QWidget()
    body.setLayout(vbox(*rows, margins=(12, 4, 12, 12), spacing=6))
    return Section(title, body)


def _budget_rows(meters: tuple[Meter, ...]) -> list[QWidget]:
    rows = []
    for meter in meters:
        row = QWidget()
        limit = meter.budget.limits[0]
        most = f"{limit / _MIB:.0f} MiB" if limit >= _MIB * 16 and "memory" in meter.budget.title else None
        of = f"{meter.budget.words} of {most or formats.quantity(limit)}"
        head = hbox(label(meter.budget.title), None, label(of, "small-muted"))
        row.setLayout(vbox(head, meter, spacing=4))
        rows.append(row)
    return rows


def _figures(facts: ModelFacts3D, file_bytes: int) -> list[tuple[str, str]]:
    pairs = [("File", formats.size(file_bytes)), ("Corners", formats.quantity(facts.vertices))]
    if facts.low is not None and facts.high is not None:
        size = [high - low for low, high in zip(facts.low, facts.high, strict=True)]
        pairs.append(("Size", " × ".join(f"{part:.2f}" for part in size)))
        pairs.append(("Lowest point", f"{round(facts.low[1], 2) + 0.0:.2f}"))
    pairs.append(("Clips", formats.quantity(len(facts.clips))))
    if facts.morph_targets:
        pairs.append(("Morph targets", formats.quantity(facts.morph_targets)))
    if facts.cameras:
        pairs.append(("Cameras", f"{facts.cameras}, not used"))
    return pairs


def _pairs(pairs: list[tuple[str, str]]) -> list[QWidget]:
    rows = []
    for name, value in pairs:
        row = QWidget()
        row.setLayout(hbox((ElidingLabel(name), 1), label(value, "small-muted"), spacing=8))
        rows.append(row)
    return rows


def _material_row(material: MaterialFacts) -> QWidget:
    parts = [_SLOTS.get(slot, slot) for slot, _ in material.textures]
    if material.is_unlit:
        parts.append("unlit")
    elif material.metallic >= 0.5:
        parts.append("metal")
    if material.alpha != "OPAQUE":
        parts.append("cut out" if material.alpha == "MASK" else "see-through")
    if material.is_double_sided:
        parts.append("both sides")
    row = QWidget()
    row.setLayout(
        hbox(Swatch(material), (ElidingLabel(material.name), 1), label(", ".join(parts), "small-muted"), spacing=8)
    )
    return row


def _encoded(linear: float) -> float:
    linear = min(1.0, max(0.0, linear))
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
