"""3D models (glTF 2.0): read within bounds, turned into plain GLB, sampled over time.

No disk and no clock: bytes come in, bytes and values go out. Needs numpy, so import it where a model is at hand.
"""
