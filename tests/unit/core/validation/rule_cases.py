"""For every rule: a sample without the fault and the smallest change that makes it fire, with the place it names."""

from tests.unit.core.validation.rule_cases_files import BUNDLES, FILES, LINT
from tests.unit.core.validation.rule_cases_floor import FLOOR
from tests.unit.core.validation.rule_cases_manifest import LAYOUT, MANIFEST
from tests.unit.core.validation.rule_cases_parts import CHARACTERS, OBJECTS
from tests.unit.core.validation.rule_cases_space import SPACE

CASES = [*MANIFEST, *LAYOUT, *CHARACTERS, *OBJECTS, *FILES, *BUNDLES, *FLOOR, *LINT, *SPACE]
# Rules whose findings come from elsewhere than a check of the theme.
ELSEWHERE = {
    "T2D-SEATSPRITE-MANY": "the renderer reports it while it loads pictures",
    "GLTF-*": "the Khronos glTF-Validator reports it: test_khronos.py, services/test_gltf_corpus.py",
    "T3D-GLTF-UNCHECKED": "test_khronos.py, with a checker of models",
    "T3D-GLTF-MORE": "test_khronos.py, with a checker of models",
}
