"""The server's fixtures, for tests of uploads, and a line between that can be spoiled."""

from __future__ import annotations

from tests.integration.server.conftest import clock, manifest, office, start, upload, wait_until, zipped
from tests.integration.theme.uploading import old, proxy

__all__ = ["clock", "manifest", "office", "old", "proxy", "start", "upload", "wait_until", "zipped"]
