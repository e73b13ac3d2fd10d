"""Quick look: python draft.py OUT_DIR [samples] [scale] [plate,full,sprites]"""
import sys
from pathlib import Path

import build_room

samples = int(sys.argv[2]) if len(sys.argv) > 2 else 12
scale = float(sys.argv[3]) if len(sys.argv) > 3 else 0.5
jobs = tuple(sys.argv[4].split(",")) if len(sys.argv) > 4 else ("full",)
build_room.build(Path(sys.argv[1]), samples, scale, jobs)
