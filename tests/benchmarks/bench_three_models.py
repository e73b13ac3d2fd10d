"""Pictures of models beside those of three.js in headless Chromium: same file, camera and lights, no tone mapping.

    xvfb-run -a python tests/benchmarks/bench_three_models.py [--only WORD] [--keep FOLDER] [--list] [--largest N]

Needs the shared test data, Node, npm and Chromium (as root they are installed with apt-get when absent). three.js is
given the file as it is, we the one that ``ModelStore`` makes of it. *Difference*: mean of all colour channels, 0 to
255, where either picture shows the model; *IoU*: how much of that both show. The goal is at most 8, and at least 0.99.
three.js is r183.1, which the original renderer of rooms used.
With ``--keep`` the pictures stay: ours, theirs, and both with the difference, on one sheet a model.
"""

# ruff: noqa: T201, E402
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

import msgspec
import numpy as np
from PIL import Image

from office_studio.core.gltf.facts import ModelFacts3D
from office_studio.core.validation.glb import external_uris, read_model
from office_studio.errors import OfficeStudioError
from office_studio.services.model_store import ModelStore, PreparedModel
from office_studio.ui.room3d.scene import Camera, Figure, Light, ModelFile, Prop, Scene, Size

WIDTH, HEIGHT = 480, 360
CLEAR = (0.25, 0.28, 0.31)
MOST, LEAST = 8.0, 0.99
_SEEN = 2  # of 255: a pixel that differs more from the ground shows the model
LIGHTS = (
    Light(kind="ambient", color=(0.8, 0.8, 0.8)),
    Light(kind="hemisphere", color=(0.12, 0.26, 0.42), ground=(0.06, 0.05, 0.04)),
    Light(kind="directional", color=(2.0, 1.9, 1.7), position=(5.0, 8.0, 3.0)),
)
DIM = (Light(kind="ambient", color=(0.3, 0.3, 0.3)),)  # for models that bring lights


@dataclass(frozen=True)
class Case:
    """``why``: the known cause of a difference, for those that cannot agree."""

    path: str
    traits: str
    clip: str = ""
    share: float = 0.37  # of the clip's length
    lights: tuple[Light, ...] = LIGHTS
    is_perspective: bool = False
    why: str = ""
    direction: tuple[float, float, float] = field(default=(0.45, 0.5, 0.74))

    @property
    def id(self) -> str:
        return self.path.replace("/", "_").rsplit(".", 1)[0] + (f"_{self.clip}" if self.clip else "")


CASES = (
    Case("trimesh/cube.glb", "plain"),
    Case("trimesh/monkey.glb", "metal"),
    Case("trimesh/nested.glb", "tree"),
    Case("trimesh/BoxInterleaved.glb", "interleaved"),
    Case(
        "trimesh/cubevc.glb",
        "vertex colours, no material",
        why="coloured by vertices without a material: matt by the room format (6, T3D-GLB-DEFMAT), metal by glTF",
    ),
    Case("trimesh/no_indices_3storybuilding.glb", "no indices"),
    Case("trimesh/Mesh_PrimitiveMode_04.gltf", "strip, default material", direction=(0.1, 0.2, 1.0)),
    Case("trimesh/rgb_cube_with_primitives.gltf", "several materials"),
    Case("trimesh/AlphaBlendModeTest.glb", "textured, alpha blend and mask"),
    Case("trimesh/simple_pole.glb", "plain"),
    Case("transform/BoxVertexColors.glb", "vertex colours"),
    Case("transform/boxtextured_gltf/BoxTextured.gltf", "textured, external"),
    Case("transform/BoxDraco.gltf", "Draco"),
    Case("transform/BoxMeshopt.glb", "meshopt, quantised"),
    Case("transform/ShapeCollection.glb", "tree"),
    Case("playcanvas/heart_draco.glb", "Draco"),
    Case("playcanvas/simple-instancing.glb", "instanced"),
    Case("playcanvas/geometry-camera-light.glb", "KHR_lights", lights=DIM),
    Case("pirate/pirate.glb", "meshopt, quantised"),
    Case("assimp/draco/2CylinderEngine.gltf", "Draco, many nodes"),
    Case("assimp/texturetransform/TextureTransformTest.gltf", "texture transform", direction=(0.1, 0.1, 1.0)),
    Case("assimp/morphprimitivestest/MorphPrimitivesTest.gltf", "morph at rest, textured"),
    Case("assimp/animatedmorphcube/AnimatedMorphCube.gltf", "morph in mid-clip", clip="Square"),
    Case("tinygltf/sparsemorphtargets-issue280/singleBlendshapeCube_sparse.glb", "sparse morph", clip="*"),
    Case("tinygltf/cube-texture-ext/Cube-textransform.gltf", "texture transform"),
    Case("blender-io/01_morphed_cube/01_morphed_cube.gltf", "morph, cubic spline", clip="*"),
    Case("blender-io/01_unlit/01_unlit.gltf", "unlit, alpha blend"),
    Case("blender-io/03_skinned_cylinder/03_skinned_cylinder.gltf", "skinned in mid-clip", clip="*"),
    Case("blender-io/07_nla-anim/07_nla-anim.gltf", "clip of nodes, cubic spline", clip="*"),
    Case(
        "blender-io/09_texture_transform/09_texture_transform.gltf",
        "texture transform",
        why="three.js r183 scales after turning, glTF before; r187 agrees with us (1.9)",
    ),
    Case(
        "blender-io/14_emission_strength/14_emission_strength.gltf",
        "emissive strength",
        why="half of its materials are of the archived KHR_materials_pbrSpecularGlossiness, which three.js ignores",
    ),
    Case("blender-io/18_variants/18_variants.gltf", "variants"),
    Case("cubes/Cubes.glb", "KHR_lights", lights=DIM),
    Case("cornell-box/CornellBox.glb", "emissive, vertex colours", direction=(0.1, 0.15, 1.0)),
    Case("alien-cake/alien.glb", "plain"),
    Case("alien-cake/cakeBirthday.glb", "metal, unlit"),
    Case("primitives/gltf_primitives.glb", "plain"),
    Case("fox/Fox.glb", "skinned in mid-clip, textured", clip="Run"),
    Case("fox/Fox.glb", "skinned in mid-clip, textured", clip="Walk"),
    Case("simple-skin/SimpleSkin.gltf", "skinned in mid-clip, default material", clip="*"),
    Case("robot/robot.glb", "skinned bot in mid-walk, 43 joints", clip="Robot_Walking"),
    Case("robot/robot.glb", "skinned bot at rest"),
    Case("greenman/greenman.glb", "skinned in mid-clip", clip="*"),
    Case("kaykit-character/Mage.glb", "skinned in mid-clip, textured", clip="Walking_A"),
    Case("kaykit-character/Mage.glb", "skinned, seen in perspective", clip="Jump_Full_Long", is_perspective=True),
    Case("kaykit-furniture/armchair.gltf", "textured, external"),
    Case("kaykit-furniture/cactus_small_A.gltf", "textured, external", is_perspective=True),
    Case("kaykit-furniture/shelf_A_big.gltf", "textured, external"),
    Case("home-theater/home-theater.gltf", "room, alpha blend", direction=(0.4, 0.9, 0.6)),
    Case("pipeline/box-morph/box-morph.gltf", "morph", clip="*"),
)


# -- what is drawn -----------------------------------------------------------------------------------------
def camera_for(facts: ModelFacts3D, case: Case) -> Camera:
    """Looks at the middle of the model from outside of it, with some room around for what a clip moves."""
    assert facts.low is not None
    assert facts.high is not None
    low, high = np.array(facts.low), np.array(facts.high)
    middle, size = (low + high) / 2, max(float(np.linalg.norm(high - low)), 1e-3)
    ahead = np.array(case.direction) / np.linalg.norm(case.direction)
    eye = middle + ahead * size * 2
    return Camera(
        position=tuple(eye.tolist()),
        target=tuple(middle.tolist()),
        half_height=size * 0.56,
        near=size * 0.05,
        far=size * 6,
        is_perspective=case.is_perspective,
    )


def scene_for(prepared: PreparedModel, case: Case, clip: str, time_s: float) -> tuple[Scene, tuple[Figure, ...]]:
    """What moves is drawn as a character is, on its skeleton; the rest as what stands in a room."""
    file = ModelFile(key="model", path=str(prepared.path))
    if clip:
        figure = Figure(id="a", model="model", position=(0.0, 0.0, 0.0), clip=clip, clip_s=time_s)
        return Scene(models=(file,), figure_models=("model",), lights=case.lights, clear=CLEAR, has_own_lights=True), (
            figure,
        )
    return Scene(models=(file,), props=(Prop(model="model"),), lights=case.lights, clear=CLEAR, has_own_lights=True), ()


class Ours:
    """Our own drawing, in this process."""

    def __init__(self) -> None:
        from PySide6.QtGui import QGuiApplication

        from office_studio.ui.room3d.drawing import RoomDrawing
        from office_studio.ui.room3d.target import OffscreenTarget, prefer_graphics_api

        prefer_graphics_api()
        self._app = QGuiApplication.instance() or QGuiApplication([])
        self._drawing = RoomDrawing(OffscreenTarget())

    def draw(self, scene: Scene, figures: tuple[Figure, ...], camera: Camera) -> Any:
        """(height, width, 3) uint8, red first."""
        from PySide6.QtCore import QCoreApplication, QEvent

        self._drawing.close_scene()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # no event loop runs here
        _, problems = self._drawing.open(scene, lambda share, step: None)
        for problem in problems:
            print(f"  {problem.message}", file=sys.stderr)
        self._drawing.resize(Size(WIDTH, HEIGHT, 1))
        self._drawing.look(camera)
        self._drawing.set_figures(figures)
        return self._drawing.draw()[..., 2::-1].copy()


def theirs(
    cases: list[dict[str, Any]], models: Path, out: Path, spent: dict[str, float] | None = None
) -> dict[str, str]:
    """Draws all cases with three.js into ``out``; what went wrong, by id. ``spent`` takes seconds by id."""
    from bench_pixi import find_tools

    tools = find_tools()
    if tools is None:
        sys.exit(1)
    node, npm, chromium = tools
    cache = packages(npm)
    (out / "cases.json").write_text(json.dumps(cases))
    command = [
        node,
        str(HERE / "three/models.mjs"),
        str(cache),
        str(models),
        str(out / "cases.json"),
        str(out),
        chromium,
    ]
    wrong = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if "three" in said:
                print(f"three.js r{said['three']}, {said['version']}, {said['gl']}\n")
            elif "error" in said:
                wrong[said["id"]] = said["error"]
            elif spent is not None:
                spent[said["id"]] = said["ms"] / 1000
    return wrong


def packages(npm: str) -> Path:
    """Where three.js is, installed when it is not; of this version only."""
    from office_studio.paths import cache_dir

    wanted = (HERE / "three/package.json").read_text()
    folder = cache_dir() / "benchmarks" / "three"
    stamp = folder / "package.json"
    if not (stamp.is_file() and stamp.read_text() == wanted and (folder / "node_modules/three").is_dir()):
        folder.mkdir(parents=True, exist_ok=True)
        stamp.write_text(wanted)
        subprocess.run([npm, "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
    return folder


# -- comparing ---------------------------------------------------------------------------------------------
def compare(ours: Any, peer: Any) -> tuple[float, float]:
    """Mean difference where either shows the model, and IoU of where they do."""
    ground = np.round(np.array(CLEAR) * 255)
    here, there = ((np.abs(each - ground) > _SEEN).any(axis=2) for each in (ours.astype(int), peer.astype(int)))
    either = here | there
    if not either.any():
        return float("nan"), float("nan")
    difference = np.abs(ours.astype(int) - peer.astype(int))[either].mean()
    return float(difference), float((here & there).sum() / either.sum())


def sheet(ours: Any, peer: Any) -> Image.Image:
    difference = np.minimum(np.abs(ours.astype(int) - peer.astype(int)) * 4, 255).astype(np.uint8)
    return Image.fromarray(np.concatenate([ours, peer, difference], axis=1))


def largest(models: Path, count: int) -> list[Case]:
    """The models whose files, with those beside them, are largest."""

    def size(path: Path) -> int:
        model = read_model(path.read_bytes())
        named = [] if isinstance(model, str) else [path.parent / unquote(uri) for uri in external_uris(model[0])]
        return sum(each.stat().st_size for each in (path, *named) if each.is_file())

    found = sorted((path for path in models.rglob("*.gl*") if path.suffix in (".glb", ".gltf")), key=size)
    return [Case(str(path.relative_to(models)), f"{size(path) // 1024} KB") for path in reversed(found[-count:])]


def time_loading(asked: argparse.Namespace, out: Path) -> int:
    """Seconds on the clock from the file to its first picture; *converted* once, *kept* at every later time."""
    models = corpus()
    store, drawing = ModelStore(out / "cache"), Ours()
    rows: dict[str, list[float]] = {}
    wishes = []
    warm = store.prepare(models / "trimesh/cube.glb", models / "trimesh")  # programs are running on both sides
    drawing.draw(*scene_for(warm, CASES[0], "", 0.0), camera_for(warm.facts, CASES[0]))
    chosen = largest(models, asked.largest)
    for case in chosen:
        times = []
        for _ in range(2):
            start = time.perf_counter()
            prepared = store.prepare(models / case.path, (models / case.path).parent)
            camera = camera_for(prepared.facts, case)
            drawing.draw(*scene_for(prepared, case, "", 0.0), camera)
            times.append(time.perf_counter() - start)
        rows[case.id] = times
        wishes.append(wish(case, -1, 0.0, camera))
    store.close()
    spent: dict[str, float] = {}
    wrong = theirs([wish(CASES[0], -1, 0.0, camera_for(warm.facts, CASES[0])), *wishes], models, out, spent)
    print("| Model | Size | Converted | Kept | three.js | |\n|---|---|---|---|---|---|")
    for case in chosen:
        first, kept = rows[case.id]
        peer = spent.get(case.id, float("nan"))
        words = wrong.get(case.id, "")
        print(f"| `{case.path}` | {case.traits} | {first:.2f} | {kept:.2f} | {peer:.2f} | {kept / peer:.2f}× {words} |")
    return 0


def corpus() -> Path:
    return Path(os.environ.get("OFFICE_STUDIO_SHARED", HERE.parents[2] / "shared")) / "data" / "gltf" / "valid"


def wish(case: Case, clip: int, time_s: float, camera: Camera) -> dict[str, Any]:
    """What the page is told; ``clip`` -1: none."""
    return {
        "id": case.id,
        "url": f"/models/{case.path}",
        "clip": clip,
        "clip_s": time_s,
        "camera": msgspec.to_builtins(camera),
        "lights": msgspec.to_builtins(case.lights),
        "clear": CLEAR,
        "width": WIDTH,
        "height": HEIGHT,
    }


def run(asked: argparse.Namespace, out: Path) -> int:
    models = corpus()
    chosen = [case for case in CASES if asked.only in f"{case.path} {case.traits}"]
    store = ModelStore(out / "cache")
    wishes: list[dict[str, Any]] = []
    pictures: dict[str, Any] = {}
    drawing = Ours()
    for case in chosen:
        try:
            prepared = store.prepare(models / case.path, (models / case.path).parent)
        except OfficeStudioError as error:
            print(f"{case.id}: {error.message}", file=sys.stderr)
            continue
        known = {clip.name: clip.length_s for clip in prepared.facts.clips}
        clip = next(iter(known), "") if case.clip == "*" else case.clip
        time_s = known.get(clip, 0.0) * case.share
        camera = camera_for(prepared.facts, case)
        pictures[case.id] = drawing.draw(*scene_for(prepared, case, clip, time_s), camera)
        wishes.append(wish(case, list(known).index(clip) if clip else -1, time_s, camera))
    store.close()
    wrong = theirs(wishes, models, out)
    print("| Model | What | Difference | IoU | |\n|---|---|---|---|---|")
    good = 0
    for case in chosen:
        words = wrong.get(case.id, "")
        difference, overlap = float("nan"), float("nan")
        if case.id in pictures and not words:
            peer = np.array(Image.open(out / f"{case.id}.png").convert("RGB"))
            difference, overlap = compare(pictures[case.id], peer)
            sheet(pictures[case.id], peer).save(out / f"{case.id}_sheet.png")
        is_good = difference <= MOST and overlap >= LEAST
        good += is_good
        verdict = "" if is_good else words or case.why or "**cause unknown**"
        clip = f" ({case.clip})" if case.clip else ""
        print(f"| `{case.path}`{clip} | {case.traits} | {difference:.2f} | {overlap:.4f} | {verdict} |")
    print(f"\n{good} of {len(chosen)} within {MOST:.0f} / 255 and IoU {LEAST}.")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="cases that contain this word")
    parser.add_argument("--keep", type=Path, help="folder for the pictures")
    parser.add_argument("--list", action="store_true", help="name the cases and end")
    parser.add_argument("--largest", type=int, default=0, metavar="N", help="time the loading of the N largest instead")
    asked = parser.parse_args()
    if asked.list:
        for case in CASES:
            print(f"{case.id:70} {case.traits}")
        return 0
    work = time_loading if asked.largest else run
    if asked.keep is not None:
        asked.keep.mkdir(parents=True, exist_ok=True)
        return work(asked, asked.keep)
    with tempfile.TemporaryDirectory() as folder:
        return work(asked, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
