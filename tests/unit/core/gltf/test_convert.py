"""Models turned into plain GLBs: what must come out, from small models put together by hand."""

from __future__ import annotations

import base64
import io
import json
import math
import re
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from office_studio.core.gltf.accessors import read_array, read_floats
from office_studio.core.gltf.animation import clips
from office_studio.core.gltf.convert import Converted, convert
from office_studio.core.gltf.model import Model, read_glb, write_glb
from office_studio.core.gltf.nodes import unique_names
from office_studio.errors import ModelError
from tests.unit.core.gltf.building import Builder
from tests.unit.core.gltf.ktx_pictures import ETC1S, UASTC

QUAD = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]
UP = [(0, 0, 1)] * 4


def nothing(uri: str) -> bytes:
    raise ModelError("MODEL_FILE_MISSING", f'The model names "{uri}", which is not there.')


def converted(builder: Builder, read_file: Any = nothing) -> Converted:
    builder.document["buffers"] = [{"byteLength": len(builder.data)}]
    return convert(write_glb(builder.document, bytes(builder.data)), read_file)


def quad(builder: Builder, **more: Any) -> dict[str, Any]:
    """One square on one node; ``more`` goes into its primitive."""
    primitive = {
        "attributes": {"POSITION": builder.accessor(QUAD)},
        "indices": builder.accessor([0, 1, 2, 0, 2, 3], "<u2"),
    }
    primitive |= more
    builder.add("meshes", {"name": "square", "primitives": [primitive]})
    builder.add("nodes", {"name": "square", "mesh": 0})
    return primitive


def drawn(result: Converted) -> tuple[Model, dict[str, Any]]:
    model = read_glb(result.glb)
    return model, model.items("meshes")[0]["primitives"][0]


def refused(builder: Builder, code: str = "MODEL_INVALID") -> str:
    with pytest.raises(ModelError) as caught:
        converted(builder)
    assert caught.value.code == code
    return caught.value.message


def test_a_square_keeps_its_corners_and_counts():
    builder = Builder()
    quad(builder)
    result = converted(builder)
    model, primitive = drawn(result)
    assert read_floats(model, primitive["attributes"]["POSITION"]).tolist() == [list(map(float, p)) for p in QUAD]
    facts = result.facts
    assert (facts.triangles, facts.vertices, facts.draw_calls) == (2, 4, 1)
    assert (facts.low, facts.high) == ((0, 0, 0), (1, 1, 0))
    assert [(node.name, node.kind, node.triangles) for node in facts.nodes] == [("square", "mesh", 2)]
    assert facts.problems == ()


@pytest.mark.parametrize(
    ("mode", "rows"), [(5, [[0, 1, 3], [1, 2, 3]]), (6, [[0, 1, 3], [0, 3, 2]])], ids=["strip", "fan"]
)
def test_strips_and_fans_become_triangles(mode, rows):
    builder = Builder()
    quad(builder, mode=mode, indices=builder.accessor([0, 1, 3, 2], "<u2"))
    model, primitive = drawn(converted(builder))
    assert "mode" not in primitive
    assert read_array(model, primitive["indices"]).reshape(-1, 3).tolist() == rows


def test_points_and_lines_are_left_out_and_named():
    builder = Builder()
    quad(builder, mode=1)
    result = converted(builder)
    assert result.facts.triangles == 0
    assert "Points and lines of mesh square are not drawn." in result.facts.problems


def test_quantised_positions_and_coordinates_become_floats():
    builder = Builder()
    primitive = quad(builder)
    primitive["attributes"] = {
        "POSITION": builder.accessor([(0, 0, 0), (100, 0, 0), (100, 100, 0), (0, 100, 0)], "<i2"),
        "TEXCOORD_0": builder.accessor([(0, 0), (255, 0), (255, 255), (0, 255)], "u1", normalized=True),
    }
    builder.document |= {"extensionsUsed": ["KHR_mesh_quantization"], "extensionsRequired": ["KHR_mesh_quantization"]}
    model, primitive = drawn(converted(builder))
    assert read_floats(model, primitive["attributes"]["POSITION"])[2].tolist() == [100, 100, 0]
    assert read_floats(model, primitive["attributes"]["TEXCOORD_0"])[2].tolist() == [1, 1]
    assert {accessor["componentType"] for accessor in model.items("accessors")} == {5126, 5123}


def test_sparse_values_are_filled_in():
    builder = Builder()
    primitive = quad(builder)
    accessor = builder.document["accessors"][primitive["attributes"]["POSITION"]]
    indices, values = builder.view(np.array([2], "<u2").tobytes()), builder.view(np.array([5, 6, 7], "<f4").tobytes())
    accessor["sparse"] = {
        "count": 1,
        "indices": {"bufferView": indices, "componentType": 5123},
        "values": {"bufferView": values},
    }
    model, primitive = drawn(converted(builder))
    assert read_floats(model, primitive["attributes"]["POSITION"])[2].tolist() == [5, 6, 7]


@pytest.mark.parametrize(("has_colors", "metallic"), [(True, 0.0), (False, 1.0)])
def test_vertex_colours_without_material_are_matt(has_colors, metallic):
    builder = Builder()
    primitive = quad(builder)
    if has_colors:
        primitive["attributes"]["COLOR_0"] = builder.accessor([(255, 0, 0, 255)] * 4, "u1", normalized=True)
    (material,) = converted(builder).facts.materials
    assert material.metallic == metallic


def test_glass_is_see_through():
    builder = Builder()
    quad(builder, material=0)
    glass = {"KHR_materials_transmission": {"transmissionFactor": 1.0}}
    builder.add("materials", {"name": "window", "extensions": glass})
    facts = converted(builder).facts
    assert facts.materials[0].alpha == "BLEND"
    assert facts.materials[0].color == pytest.approx((1, 1, 1, 0.15))
    assert "window" in facts.problems[0]


def test_what_only_embellishes_may_be_required():
    builder = Builder()
    quad(builder)
    names = ["KHR_materials_sheen", "KHR_texture_transform"]
    builder.document |= {"extensionsRequired": names, "extensionsUsed": names}
    assert converted(builder).facts.ignored_extensions == ("KHR_materials_sheen",)


def test_normals_of_no_length_make_flat_faces():
    builder = Builder()
    primitive = quad(builder)
    primitive["attributes"]["NORMAL"] = builder.accessor([(0, 0, 0), *UP[1:]])
    result = converted(builder)
    assert "NORMAL" not in drawn(result)[1]["attributes"]
    assert "normals of no length" in result.facts.problems[0]


def test_copies_become_nodes():
    builder = Builder()
    quad(builder)
    places = builder.accessor([(0, 0, 0), (5, 0, 0), (0, 0, 9)])
    builder.document["nodes"][0]["extensions"] = {"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": places}}}
    facts = converted(builder).facts
    assert (facts.triangles, facts.high) == (6, (6, 1, 9))


def test_a_wood_of_copies_is_thinned_out():
    builder = Builder()
    quad(builder)
    builder.document["nodes"][0]["extensions"] = {
        "EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": builder.accessor(np.zeros((9000, 3)))}}
    }
    facts = converted(builder).facts
    assert facts.triangles == 8000
    assert "4000 of 9000 copies of square are shown." in facts.problems


def test_what_is_invisible_is_not_drawn_nor_what_hangs_on_it():
    builder = Builder()
    quad(builder)
    builder.add("nodes", {"children": [0], "extensions": {"KHR_node_visibility": {"visible": False}}})
    builder.document["scenes"] = [{"nodes": [1]}]
    assert converted(builder).facts.triangles == 0


def skinned(builder: Builder, joints: Any, weights: Any) -> None:
    primitive = quad(builder)
    primitive["attributes"] |= {"JOINTS_0": builder.accessor(joints, "u1"), "WEIGHTS_0": builder.accessor(weights)}
    builder.add("nodes", {"name": "hip", "translation": [0, 2, 0]})
    builder.document["nodes"][0]["skin"] = builder.add("skins", {"joints": [1]})
    builder.document["scenes"] = [{"nodes": [0, 1]}]


def test_weights_sum_to_one_and_the_box_is_that_of_the_skin():
    builder = Builder()
    skinned(builder, [(0, 0, 0, 0)] * 4, [(2, 0, 0, 0), (0.5, 0, 0, 0), (0, 0, 0, 0), (1, 0, 0, 0)])
    result = converted(builder)
    model, primitive = drawn(result)
    assert read_floats(model, primitive["attributes"]["WEIGHTS_0"]).tolist() == [[1, 0, 0, 0]] * 4
    assert (result.facts.low, result.facts.high) == ((0, 2, 0), (1, 3, 0))
    assert [node.kind for node in result.facts.nodes] == ["skinned mesh", "joint"]


def test_a_joint_that_the_skin_does_not_have_is_refused():
    builder = Builder()
    skinned(builder, [(0, 7, 0, 0)] * 4, [(0.5, 0.5, 0, 0)] * 4)
    assert "mesh square hangs on joint 7 of a skin with 1" in refused(builder)


def test_clips_come_out_as_they_went_in():
    builder = Builder()
    quad(builder)
    half = math.sqrt(0.5)
    spin = builder.accessor([(0, 0, 0, 32767), (0, 0, 23170, 23170)], "<i2", normalized=True)
    builder.clip(0, "rotation", [0, 2], spin)
    result = converted(builder)
    (clip,) = clips(read_glb(result.glb))
    assert clip.sample(2)[0].rotation == pytest.approx((0, 0, half, half), abs=1e-4)
    assert [(c.name, c.length_s, c.nodes) for c in result.facts.clips] == [("clip", 2, 1)]


def test_a_broken_clip_is_left_out_and_named():
    builder = Builder()
    quad(builder)
    builder.clip(0, "translation", [0, math.nan], builder.accessor([(0, 0, 0)] * 2))
    result = converted(builder)
    assert clips(read_glb(result.glb)) == ()
    assert 'Clip "clip": the times of channel 0' in result.facts.problems[0]


@pytest.mark.parametrize(
    ("break_it", "why"),
    [
        (lambda b, p: b.document["accessors"][0].update(count=400), "an accessor leaves its buffer"),
        (lambda b, p: b.document["accessors"][0].update(bufferView=90), "names a view that does not exist"),
        (lambda b, p: p.update(indices=b.accessor([0, 1, 9], "<u2")), "mesh square uses corner 9 and has 4"),
        (lambda b, p: p.update(indices=90), "the indices of mesh square name accessor 90, which does not exist"),
        (lambda b, p: p.update(mode=9), "drawn in mode 9"),
        (lambda b, p: p["attributes"].update(POSITION=b.accessor([(math.inf, 0, 0)] * 4)), "infinite or not a number"),
        (lambda b, p: p["attributes"].update(POSITION=b.accessor([(0, 0)] * 4)), "have 2 parts instead of 3"),
        (lambda b, p: p["attributes"].update(NORMAL=b.accessor(UP * 2)), "NORMAL of mesh square has 8 × 3 numbers"),
        (lambda b, p: b.document["nodes"][0].update(mesh=7), "wears mesh 7, which does not exist"),
        (lambda b, p: b.document["nodes"][0].update(children=[0]), "two parents"),
        (lambda b, p: b.document["nodes"][0].update(scale=[1e30, 1, 1]), "farther away than numbers can tell"),
        (lambda b, p: b.document.update(scene=4), "its scene 4 does not exist"),
        (lambda b, p: b.document["scenes"][0].update(nodes=[8]), "names node 8, which does not exist"),
        (lambda b, p: b.document.update(nodes="many"), "names node 0, which does not exist"),
    ],
)
def test_what_is_broken_is_refused_by_its_cause(break_it, why):
    builder = Builder()
    break_it(builder, quad(builder))
    assert why in refused(builder)


@pytest.mark.parametrize("version", ["1.0", "3.0", None, 7, [], {}])
def test_other_versions_are_refused(version):
    builder = Builder()
    quad(builder)
    builder.document["asset"] = {} if version is None else {"version": version}
    with pytest.raises(ModelError) as caught:
        converted(builder)
    assert caught.value.code in ("MODEL_VERSION", "MODEL_INVALID")


def test_a_required_unknown_extension_is_refused_by_name():
    builder = Builder()
    quad(builder)
    builder.document["extensionsRequired"] = ["ACME_squircles"]
    assert '"ACME_squircles"' in refused(builder, "MODEL_EXTENSION")


def test_an_accessor_out_of_nothing_is_bounded():
    builder = Builder()
    primitive = quad(builder)
    primitive["attributes"]["POSITION"] = builder.add(
        "accessors", {"componentType": 5126, "count": 2_000_000_000, "type": "VEC3"}
    )
    assert "2,000,000,000" in refused(builder, "MODEL_TOO_LARGE")


def test_one_mesh_on_very_many_nodes_is_bounded():
    builder = Builder()
    corners = np.random.default_rng(1).random((30_000, 3))
    builder.add("meshes", {"primitives": [{"attributes": {"POSITION": builder.accessor(corners)}}]})
    builder.document["nodes"] = [{"mesh": 0}] * 400
    builder.document["scenes"] = [{"nodes": list(range(400))}]
    assert "triangles" in refused(builder, "MODEL_TOO_LARGE")


# -- pictures --------------------------------------------------------------------------------------------
def picture(kind: str, size: tuple[int, int] = (4, 2), mode: str = "RGB") -> bytes:
    sink = io.BytesIO()
    Image.new(mode, size, (200, 30, 10) if mode == "RGB" else None).save(sink, kind)
    return sink.getvalue()


def textured(builder: Builder, image: dict[str, Any]) -> None:
    quad(builder, material=0)
    builder.add("images", image)
    builder.add("textures", {"source": 0})
    builder.add("materials", {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}})


def only_picture(result: Converted) -> bytes:
    model = read_glb(result.glb)
    view = model.items("bufferViews")[model.items("images")[0]["bufferView"]]
    return bytes(model.buffers[0][view["byteOffset"] :][: view["byteLength"]])


def test_webp_becomes_png_with_the_same_colour():
    builder = Builder()
    data = base64.b64encode(picture("WEBP")).decode()
    textured(builder, {"uri": f"data:image/webp;base64,{data}"})
    builder.document["textures"][0] = {"extensions": {"EXT_texture_webp": {"source": 0}}}
    result = converted(builder)
    raw = only_picture(result)
    assert raw.startswith(b"\x89PNG")
    assert np.abs(np.array(Image.open(io.BytesIO(raw)))[0, 0].astype(int) - (200, 30, 10)).max() < 12
    assert [(t.width, t.height) for t in result.facts.textures] == [(4, 2)]


@pytest.mark.parametrize("data", [ETC1S, UASTC], ids=["etc1s", "uastc"])
def test_a_ktx2_picture_becomes_png(data):
    builder = Builder()
    textured(builder, {"mimeType": "image/ktx2", "bufferView": builder.view(data)})
    builder.document["textures"][0] = {"extensions": {"KHR_texture_basisu": {"source": 0}}}
    builder.document["extensionsRequired"] = ["KHR_texture_basisu"]
    pixels = np.array(Image.open(io.BytesIO(only_picture(converted(builder)))))
    assert np.abs(pixels[1, 1].astype(int) - (255, 0, 0)).max() < 4
    assert np.abs(pixels[6, 1].astype(int) - (0, 0, 255)).max() < 4


def test_a_spoilt_ktx2_picture_is_left_out_and_named():
    builder = Builder()
    textured(builder, {"name": "wood", "bufferView": builder.view(ETC1S[:-9])})
    assert 'The picture "wood" cannot be read (KTX' in converted(builder).facts.problems[0]


def test_a_missing_picture_is_left_out_and_named():
    builder = Builder()
    textured(builder, {"uri": "wood.png"})
    result = converted(builder)
    assert result.facts.textures == ()
    assert 'The model names "wood.png", which is not there.' in result.facts.problems


def test_a_broken_picture_is_left_out_and_named():
    builder = Builder()
    textured(builder, {"name": "wood", "bufferView": builder.view(b"no picture at all")})
    result = converted(builder)
    assert result.facts.triangles == 2
    assert 'The picture "wood" cannot be read' in result.facts.problems[0]


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded():
    builder = Builder()
    header = b"IHDR" + struct.pack(">II5B", 60_000, 60_000, 8, 2, 0, 0, 0)
    checked = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    textured(builder, {"bufferView": builder.view(b"\x89PNG\r\n\x1a\n" + checked + picture("PNG")[33:])})
    assert re.search("60000 × 60000|100 million", refused(builder, "MODEL_TOO_LARGE"))


def test_a_large_picture_is_made_smaller():
    builder = Builder()
    textured(builder, {"name": "wide", "bufferView": builder.view(picture("PNG", (5000, 10), "L"))})
    result = converted(builder)
    assert 'The picture "wide" (5000 × 10) is shown smaller.' in result.facts.problems


# -- names -----------------------------------------------------------------------------------------------
def test_names_become_unique_and_stay_where_they_can():
    names = ("arm", "", "arm", "node 1", "", "arm_2")
    assert unique_names(names) == ("arm", "node 1_2", "arm_3", "node 1", "node 4", "arm_2")
    assert unique_names(("head", "head"), {1}) == ("head_2", "head")  # the bone keeps it


def test_glb_text_is_what_json_reads():
    raw = write_glb({"asset": {"version": "2.0"}, "extras": "é"})
    assert json.loads(raw[20:]) == {"asset": {"version": "2.0"}, "extras": "é"}
