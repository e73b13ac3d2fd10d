"""The server's fixtures, for tests of uploads."""

from __future__ import annotations

from tests.integration.server.conftest import clock, manifest, office, start, upload, wait_until, zipped

__all__ = ["clock", "manifest", "office", "start", "upload", "wait_until", "zipped"]
