"""GLSL that every shader of rooms may use: colour spaces, tone, gloss as three.js works it out, bones. Qt-free."""

HEAD = """
float toLinear(float c) { return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4); }
vec3 toLinear(vec3 c) {
    return mix(pow((c + 0.055) / 1.055, vec3(2.4)), c / 12.92, vec3(lessThanEqual(c, vec3(0.04045))));
}
vec3 toSrgb(vec3 c) {
    c = clamp(c, 0.0, 1.0);
    return mix(1.055 * pow(c, vec3(0.41666)) - 0.055, c * 12.92, vec3(lessThanEqual(c, vec3(0.0031308))));
}
"""

ACES = """
vec3 fit(vec3 v) { return (v * (v + 0.0245786) - 0.000090537) / (v * (0.983729 * v + 0.4329510) + 0.238081); }
vec3 toned(vec3 c) {
    const mat3 into = mat3(0.59719, 0.07600, 0.02840, 0.35458, 0.90834, 0.13383, 0.04823, 0.01566, 0.83777);
    const mat3 outof = mat3(1.60475, -0.10208, -0.00327, -0.53108, 1.10813, -0.07276, -0.07367, -0.00605, 1.07602);
    return clamp(outof * fit(into * (c * EXPOSURE / 0.6)), 0.0, 1.0);
}
"""

GLOSS = """
float gloss(vec3 l, vec3 v, vec3 n, float nl, float nv, float a, out float edge) {
    vec3 h = normalize(l + v);
    float nh = clamp(dot(n, h), 0.0, 1.0);
    float vh = clamp(dot(v, h), 0.0, 1.0);
    float a2 = a * a;
    float d = nh * nh * (a2 - 1.0) + 1.0;
    float gv = nl * sqrt(a2 + (1.0 - a2) * nv * nv);
    float gl = nv * sqrt(a2 + (1.0 - a2) * nl * nl);
    edge = exp2((-5.55473 * vh - 6.98316) * vh);
    return 0.5 / max(gv + gl, 1e-6) * a2 / (3.14159265 * d * d);
}
"""

# What rough metal reflects only after several bounces, as three.js adds it. Its table of how much a surface reflects
# at all, and of that at grazing edges, is here two polynomials of roughness r and cosine n, true to 0.02 where rough.
BOUNCES = """
vec2 reflected(float r, float n) {
    float all = 0.985 - 0.0174 * n + r * (0.0618 + 0.1296 * n + 0.5294 * n * n)
              + r * r * (-0.6124 - 1.2485 * n + 0.4543 * r);
    float edge = 0.7211 - 0.8202 * r + n * (-2.6628 + 3.0803 * r + n * (3.2734 - 3.8311 * r
               + n * (-1.3362 + 1.5764 * r)));
    return clamp(vec2(all, edge), 0.0, 1.0);
}
vec3 bounced(vec3 f0, float r, float nl, float nv) {
    vec2 seen = reflected(r, nv);
    vec2 lit = reflected(r, nl);
    float lost = (1.0 - seen.x) * (1.0 - lit.x);
    vec3 mean = f0 + (1.0 - f0) * 0.047619;
    vec3 once = (f0 * (seen.x - seen.y) + seen.y) * (f0 * (lit.x - lit.y) + lit.y);
    return once * mean * lost / (1.0 - lost * mean + 1e-6);
}
"""

# A figure's bones are a row of a picture: three texels, the rows of a matrix, for each. Which row it is stands in the
# model's scale: all figures share geometry and material, and one upload moves all of them.
BONES = """
mat4 boneAt(int entry, int row) {
    vec4 a = texelFetch(bonesMap, ivec2(entry * 3, row), 0);
    vec4 b = texelFetch(bonesMap, ivec2(entry * 3 + 1, row), 0);
    vec4 c = texelFetch(bonesMap, ivec2(entry * 3 + 2, row), 0);
    return mat4(a.x, b.x, c.x, 0.0, a.y, b.y, c.y, 0.0, a.z, b.z, c.z, 0.0, a.w, b.w, c.w, 1.0);
}
"""

BONE_PLACE = """
    int row = int(length(MODEL_MATRIX[0].xyz) + 0.5) - 1;
    mat4 bone = boneAt(JOINTS.x, row) * WEIGHTS.x;
    if (WEIGHTS.y > 0.0) bone += boneAt(JOINTS.y, row) * WEIGHTS.y;
    if (WEIGHTS.z > 0.0) bone += boneAt(JOINTS.z, row) * WEIGHTS.z;
    if (WEIGHTS.w > 0.0) bone += boneAt(JOINTS.w, row) * WEIGHTS.w;
    vec4 place = bone * vec4(VERTEX, 1.0);
"""

# Nine distances, weighed by where between them the place is: edges of shadows are two texels wide and smooth.
_REACHES = """
float ROW(vec3 at, int x, int y, float part, ivec2 last) {
    vec3 far = vec3(texelFetch(MAP, clamp(ivec2(x - 1, y), ivec2(0), last), 0).r,
                    texelFetch(MAP, clamp(ivec2(x, y), ivec2(0), last), 0).r,
                    texelFetch(MAP, clamp(ivec2(x + 1, y), ivec2(0), last), 0).r);
    return dot(step(vec3(at.z), far), vec3(1.0 - part, 1.0, part)) * 0.5;
}
float NAME(vec3 at) {
    ivec2 last = textureSize(MAP, 0) - 1;
    if (last.x == 0) return 1.0;
    vec2 where = clamp(at.xy, 0.0, 1.0) * vec2(last + 1);
    ivec2 a = ivec2(floor(where));
    vec2 part = where - vec2(a);
    vec3 rows = vec3(ROW(at, a.x, a.y - 1, part.x, last), ROW(at, a.x, a.y, part.x, last),
                     ROW(at, a.x, a.y + 1, part.x, last));
    return dot(rows, vec3(1.0 - part.y, 1.0, part.y)) * 0.5;
}
"""


def reaches(name: str, map_name: str) -> str:
    """How much of the sun reaches a place (x, y, distance as the sun sees it), by a picture of distances."""
    return _REACHES.replace("NAME", name).replace("ROW", f"{name}Row").replace("MAP", map_name)
