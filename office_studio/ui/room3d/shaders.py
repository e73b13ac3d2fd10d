"""How a surface is lit, as GLSL for Qt's CustomMaterial: the arithmetic of three.js' MeshStandardMaterial. Qt-free.

Qt's own material differs in its ambient light, its hemispheres and its falloffs. Writing the sums out makes pictures
agree with the format's formulas to a level of 255, and costs a software renderer about a third of the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, pi, sqrt

from office_studio.ui.room3d import glsl
from office_studio.ui.room3d.looks import Surface
from office_studio.ui.room3d.scene import Light

MAX_LIGHTS = 16
COLOR, NORMALS, DEPTH, SUN = "color", "normals", "depth", "sun"  # SUN: distances, as the sun sees them


@dataclass(frozen=True, slots=True)
class Variant:
    """What decides on the text of a shader; everything else is a number handed to it."""

    slots: tuple[tuple[str, int], ...]  # texture slot and set of coordinates
    alpha: str
    is_double_sided: bool
    is_unlit: bool
    is_flat: bool
    has_rough: bool  # roughness by corner
    lights: tuple[str, ...]
    tone: str
    is_boned: bool = False
    has_shadow: bool = False
    shows: str = COLOR
    is_by_corner: bool = False  # lit where corners are, for triangles smaller than a pixel or two
    is_straight: bool = False  # shows a picture as it is

    @property
    def is_lit(self) -> bool:
        return not self.is_unlit and self.shows == COLOR


def variant(
    surface: Surface,
    *,
    is_flat: bool,
    has_rough: bool,
    lights: Iterable[Light],
    tone: str,
    is_boned: bool = False,
    has_shadow: bool = False,
    shows: str = COLOR,
    is_by_corner: bool = False,
    is_white: bool = False,
) -> Variant:
    """``is_by_corner`` is a wish: relief, metal and flat faces are lit by pixel all the same. ``is_white``: neither
    corners nor glow change the colours of the picture."""
    slots = tuple((slot, use.uv) for slot, use in surface.textures)
    if surface.is_unlit or shows in (DEPTH, SUN):
        slots = tuple(entry for entry in slots if entry[0] == "base" and (shows == COLOR or surface.alpha == "MASK"))
    kinds = tuple(light.kind for light in lights if light.kind != "ambient")[:MAX_LIGHTS]
    lit = not surface.is_unlit and shows == COLOR
    is_by_corner = is_by_corner and lit and _fits_corners(surface) and not is_flat
    return Variant(
        slots,
        surface.alpha,
        surface.is_double_sided,
        surface.is_unlit,
        is_flat,
        has_rough,
        kinds if lit else (),
        tone,
        is_boned,
        has_shadow and lit,
        shows,
        is_by_corner,
        is_white and surface.is_unlit and tone == "linear" and shows == COLOR,
    )


def _fits_corners(surface: Surface) -> bool:
    """Whether what pictures say can be multiplied in later."""
    slots = {slot for slot, _ in surface.textures}
    return not slots or (slots <= {"base", "emissive"} and surface.metallic == 0)


def light_matrix(light: Light) -> tuple[tuple[float, float, float, float], ...]:
    """Four columns that a shader reads a light from; colours are divided by π, as every surface would."""
    color = tuple(channel / pi for channel in light.color)
    ground = tuple(channel / pi for channel in light.ground)
    aim = tuple(p - t for p, t in zip(light.position, light.target, strict=True))
    size = sqrt(sum(part * part for part in aim)) or 1.0
    towards = tuple(part / size for part in aim)
    if light.kind == "hemisphere":
        return ((*color, 0.0), (*ground, 0.0), (0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0))
    if light.kind == "directional":
        return ((*color, 0.0), (*towards, 0.0), (0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0))
    outer, inner = cos(light.angle), cos(light.angle * (1 - light.penumbra))
    return (
        (*color, light.decay),
        (*light.position, light.distance),
        (*towards, 0.0),
        (outer, max(inner, outer + 1e-6), 0.0, 0.0),
    )


def ambient_light(lights: Iterable[Light]) -> tuple[float, float, float]:
    """Sum of the ambient lights, divided by π."""
    sums = [0.0, 0.0, 0.0]
    for light in lights:
        if light.kind == "ambient":
            sums = [total + channel / pi for total, channel in zip(sums, light.color, strict=True)]
    return (sums[0], sums[1], sums[2])


def varyings(kind: Variant) -> dict[str, tuple[str, str]]:
    """What goes from corners to pixels: name to type and source."""
    if not kind.is_by_corner:
        return _inputs(kind)
    if not kind.slots:
        return {"vLit": ("vec4", "result")}
    inputs = _inputs(kind)
    kept = {name: inputs[name] for name in ("vUv0", "vUv1") if name in inputs}
    return {"vDull": ("vec4", "vec4((light + around) * dull, base.a)"), "vShine": ("vec3", "shine + own"), **kept}


def _inputs(kind: Variant) -> dict[str, tuple[str, str]]:
    """What lighting needs to know, as the corner has it."""
    found = {"vPosition": ("vec3", "place.xyz"), "vColor": ("vec4", "COLOR")}
    if not kind.is_flat:
        found["vNormal"] = ("vec3", "mat3(bone) * NORMAL" if kind.is_boned else "NORMAL_MATRIX * NORMAL")
    sets = {uv for _, uv in kind.slots}
    if 0 in sets:
        found["vUv0"] = ("vec2", "UV0")
    if 1 in sets or kind.has_rough:
        found["vUv1"] = ("vec2", "UV1")
    return found


def vertex(kind: Variant, exposure: float = 1.0) -> str:
    """The whole vertex shader."""
    found = varyings(kind)
    parts = [f"VARYING {type_} {name};\n" for name, (type_, _) in found.items()]
    if kind.is_boned:
        parts.append(glsl.BONES)
    if kind.is_by_corner:
        parts += _functions(kind, exposure)
    parts.append("void MAIN() {\n")
    parts.append(glsl.BONE_PLACE if kind.is_boned else "    vec4 place = MODEL_MATRIX * vec4(VERTEX, 1.0);\n")
    if kind.is_by_corner:
        given = {name: entry for name, entry in _inputs(kind).items() if name not in found}
        parts += [f"    {type_} {name} = {source};\n" for name, (type_, source) in given.items()]
        parts += [f"    {name} = {source};\n" for name, (_, source) in found.items() if name in _inputs(kind)]
        parts += [f"    {line}\n" for line in (_corner_body(kind) if kind.slots else _body(kind))]
    parts += [f"    {name} = {source};\n" for name, (_, source) in found.items()]
    if kind.shows == SUN:
        parts.append("    POSITION = vec4((sun * place).xyz * vec3(2.0, 2.0, 1.0) - vec3(1.0, 1.0, 0.0), 1.0);\n}\n")
    else:
        parts.append("    POSITION = VIEWPROJECTION_MATRIX * place;\n}\n")
    return "".join(parts)


def fragment(kind: Variant, exposure: float = 1.0) -> str:
    """The whole fragment shader."""
    parts = [f"VARYING {type_} {name};\n" for name, (type_, _) in varyings(kind).items()]
    if kind.is_by_corner and not kind.slots:
        return "".join([*parts, "void MAIN() { FRAGCOLOR = vLit; }\n"])
    parts += _functions(kind, exposure)
    body = "\n".join(f"    {line}" for line in (_painted_body(kind) if kind.is_by_corner else _body(kind)))
    parts.append(f"void MAIN() {{\n{body}\n    FRAGCOLOR = result;\n}}\n")
    return "".join(parts)


def _functions(kind: Variant, exposure: float) -> list[str]:
    parts = [glsl.HEAD]
    if kind.tone == "aces":
        parts += [f"#define EXPOSURE {exposure:.6f}\n", glsl.ACES]
    else:
        parts.append("vec3 toned(vec3 c) { return c; }\n")
    if kind.is_lit:
        parts += [glsl.GLOSS, glsl.BOUNCES]
    if kind.has_shadow:
        parts += [glsl.reaches("pastStill", "stillMap"), glsl.reaches("pastMoving", "movingMap")]
    return parts


def _corner_body(kind: Variant) -> Iterable[str]:
    """Light on a white surface; pixels multiply it with their picture."""
    yield "vec4 base = vColor;"
    yield from _light_sums(kind, {})
    yield "vec3 own = glow;" if "emissive" in dict(kind.slots) else "vec3 own = glow + emissive;"


def _painted_body(kind: Variant) -> Iterable[str]:
    uv = dict(kind.slots)
    yield from _places(uv)
    yield "vec4 base = vec4(1.0, 1.0, 1.0, vDull.a);"
    yield from _painted(kind, uv)
    yield "vec3 light = base.rgb * vDull.rgb + vShine;"
    if "emissive" in uv:
        yield "light += emissive * toLinear(texture(emissiveMap, uv_emissive).rgb);"
    yield "vec4 result = vec4(toSrgb(toned(light)) * base.a, base.a);"


def _places(uv: dict[str, int]) -> Iterable[str]:
    for slot, number in uv.items():
        source = f"vec3(vUv{number}, 1.0)"
        yield f"vec2 uv_{slot} = vec2(dot({slot}U, {source}), dot({slot}V, {source}));"


def _painted(kind: Variant, uv: dict[str, int]) -> Iterable[str]:
    if "base" in uv:
        yield "vec4 painted = texture(baseMap, uv_base);"
        rgb = "painted.rgb" if kind.is_straight else "toLinear(painted.rgb)"
        yield f"base *= vec4({rgb}, painted.a);"
    if kind.alpha == "MASK":
        yield "if (base.a < cutoff) discard;"
    if kind.alpha != "BLEND":
        yield "base.a = 1.0;"


def _body(kind: Variant) -> Iterable[str]:
    uv = dict(kind.slots)
    yield "vec4 base = vColor;"
    yield from _places(uv)
    yield from _painted(kind, uv)
    if kind.is_straight:
        yield "vec4 result = vec4(base.rgb * base.a, base.a);"
        return
    if kind.shows == DEPTH:
        yield "vec4 result = vec4(gl_FragCoord.z, 0.0, 0.0, 1.0);"
        return
    if kind.shows == SUN:
        yield "vec4 result = vec4((sun * vec4(vPosition, 1.0)).z, 0.0, 0.0, 1.0);"
        return
    if kind.shows == NORMALS:
        yield "vec3 v = eye.w > 0.5 ? normalize(eye.xyz - vPosition) : eye.xyz;"
        yield from _normal(kind, uv)
        yield "vec4 result = vec4(n * 0.5 + 0.5, 1.0);"
        return
    if kind.is_unlit:
        yield "vec3 light = base.rgb;"
    else:
        yield from _lit(kind, uv)
    yield "light += glow;"
    # Colours leave multiplied by their transparency: that is how a see-through picture is kept.
    yield "vec4 result = vec4(toSrgb(toned(light)) * base.a, base.a);"


def _normal(kind: Variant, uv: dict[str, int]) -> Iterable[str]:
    if kind.is_flat:
        yield "vec3 n = normalize(cross(dFdx(vPosition), dFdy(vPosition)));"
        yield "if (dot(n, v) < 0.0) n = -n;"
    else:
        yield "vec3 n = normalize(vNormal);"
        if kind.is_double_sided:
            yield "if (dot(n, v) < 0.0) n = -n;" if kind.is_by_corner else "if (!gl_FrontFacing) n = -n;"
    yield "vec3 plain = n;"
    if "normal" in uv:
        yield "vec3 bump = texture(normalMap, uv_normal).xyz * 2.0 - 1.0;"
        yield "bump.xy *= normalScale;"
        yield "vec3 px = dFdx(vPosition); vec3 py = dFdy(vPosition);"
        yield "vec2 ux = dFdx(uv_normal); vec2 uy = dFdy(uv_normal);"
        yield "vec3 sx = cross(py, n); vec3 sy = cross(n, px);"
        yield "vec3 t = sx * ux.x + sy * uy.x; vec3 b = sx * ux.y + sy * uy.y;"
        yield "float most = max(dot(t, t), dot(b, b));"
        yield "float s = most == 0.0 ? 0.0 : inversesqrt(most);"
        # glTF's green points up while v runs down.
        yield "n = normalize(t * (bump.x * s) - b * (-bump.y * s) + n * bump.z);"


def _lit(kind: Variant, uv: dict[str, int]) -> Iterable[str]:
    yield from _light_sums(kind, uv)
    yield "light = (light + around) * dull + shine;"
    if "emissive" in uv:
        yield "light += emissive * toLinear(texture(emissiveMap, uv_emissive).rgb);"
    else:
        yield "light += emissive;"


def _light_sums(kind: Variant, uv: dict[str, int]) -> Iterable[str]:
    """``light`` and ``around`` fall on the dull part, ``shine`` is what the smooth part sends back."""
    yield "vec3 v = eye.w > 0.5 ? normalize(eye.xyz - vPosition) : eye.xyz;"
    yield from _normal(kind, uv)
    yield "vec2 rough = vUv1;" if kind.has_rough else "vec2 rough = roughMetal;"
    if "rough" in uv:
        yield "rough *= texture(roughMap, uv_rough).gb;"
    bent = "vec3(0.0)" if kind.is_by_corner else "max(abs(dFdx(plain)), abs(dFdy(plain)))"
    yield f"vec3 bent = {bent};"
    yield "float r = min(max(rough.x, 0.0525) + max(max(bent.x, bent.y), bent.z), 1.0);"
    yield "float a = r * r;"
    yield "vec3 dull = base.rgb * (1.0 - rough.y);"
    yield "vec3 f0 = mix(vec3(0.04), base.rgb, rough.y);"
    yield "float nv = clamp(dot(n, v), 0.0, 1.0);"
    yield "vec3 around = ambient;"
    yield "vec3 light = vec3(0.0); vec3 shine = vec3(0.0);"
    yield "float edge; float nl; float g; vec3 l; vec3 c;"
    has_shadowed = False
    for number, light in enumerate(kind.lights):
        name = f"light{number}"
        if light == "hemisphere":
            yield f"around += mix({name}[1].rgb, {name}[0].rgb, 0.5 + 0.5 * n.y);"
            continue
        yield from _towards(name, light)
        if light == "directional" and kind.has_shadow and not has_shadowed:
            # From a little above the surface, or it would lie in its own shadow.
            yield "vec3 seen = (sun * vec4(vPosition + plain * sunLift, 1.0)).xyz;"
            yield "c *= inSun * pastStill(seen) * pastMoving(seen);"
            has_shadowed = True
        yield "nl = clamp(dot(n, l), 0.0, 1.0);"
        yield "g = gloss(l, v, n, nl, nv, a, edge) * 3.14159265;"
        yield "light += c * nl;"
        yield "shine += c * nl * (f0 * (1.0 - edge) + edge) * g;"
        yield "if (rough.y > 0.0) shine += c * (nl * 3.14159265) * bounced(f0, r, nl, nv);"
    if "occlusion" in uv:
        yield "around *= (texture(occlusionMap, uv_occlusion).r - 1.0) * occlusionStrength + 1.0;"


def _towards(name: str, kind: str) -> Iterable[str]:
    if kind == "directional":
        yield f"l = {name}[1].xyz; c = {name}[0].rgb;"
        return
    yield f"l = {name}[1].xyz - vPosition; float d_{name} = length(l); l /= max(d_{name}, 1e-6);"
    yield f"c = {name}[0].rgb / max(pow(d_{name}, {name}[0].a), 0.01);"
    yield f"float cut_{name} = clamp(1.0 - pow(d_{name} / max({name}[1].w, 1e-6), 4.0), 0.0, 1.0);"
    yield f"if ({name}[1].w > 0.0) c *= cut_{name} * cut_{name};"
    if kind == "spot":
        yield f"c *= smoothstep({name}[3].x, {name}[3].y, dot(l, {name}[2].xyz));"
