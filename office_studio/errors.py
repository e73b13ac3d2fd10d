"""Every error the program raises on purpose. Each carries a stable code, what happened, and what to do next.

OfficeStudioError
  UsageError      the user can mend it now: path, flag, value          exit 2
  ThemeError      ManifestError, AssetError, ModelError, PackageError  exit 3
  StreamError     StreamRefused (do not retry), StreamLost (retry)     exit 4
  ApiError        AuthError, ConflictError, RateLimited, ServerFault   exit 4
  StorageError    database or disk                                     exit 4
"""

from __future__ import annotations

from typing import Any, ClassVar


class OfficeStudioError(Exception):
    """Base of all. ``code`` is UPPER_SNAKE and never reused; ``details`` go into ``--json`` output and reports."""

    exit_code: ClassVar[int] = 4

    def __init__(self, code: str, message: str, hint: str = "", **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.details = details

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(OfficeStudioError):
    exit_code = 2


class ThemeError(OfficeStudioError):
    exit_code = 3


class ManifestError(ThemeError):
    """``theme.json`` cannot be read as a theme at all."""


class AssetError(ThemeError):
    """An image, atlas or sound of a theme cannot be used."""


class ModelError(ThemeError):
    """A 3D model cannot be shown: broken, too large, needs what is not supported, or reaches outside its folder."""


class PackageError(ThemeError):
    """A theme folder or zip cannot be opened or packed."""


class StreamError(OfficeStudioError):
    pass


class StreamRefused(StreamError):
    """The office will not stream to us; asking again changes nothing."""


class StreamLost(StreamError):
    """The connection broke; asking again may help."""


class ApiError(OfficeStudioError):
    """An HTTP call failed. ``details["status"]`` holds the HTTP status when there was one."""


class AuthError(ApiError):
    pass


class ConflictError(ApiError):
    pass


class RateLimited(ApiError):
    pass


class ServerFault(ApiError):
    pass


class StorageError(OfficeStudioError):
    pass
