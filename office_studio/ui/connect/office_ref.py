"""Which office the window looks at: its address, its name, and where its token comes from. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit


class OfficeKind(StrEnum):
    DEMO = "demo"  # embedded server and simulator, started by this window
    LOCAL = "local"  # a server of ours that runs on this computer
    SAVED = "saved"  # connected to before
    GIVEN = "given"  # named on the command line


@dataclass(frozen=True, slots=True)
class OfficeRef:
    """``token`` None: ask the keyring. Never printed."""

    kind: OfficeKind
    url: str
    name: str
    token: str | None = field(default=None, repr=False)

    @property
    def key(self) -> str:
        """What settings and layouts are kept under; the demo office has no address of its own."""
        return "demo" if self.kind is OfficeKind.DEMO else self.url


DEMO = OfficeRef(OfficeKind.DEMO, "", "Demo office")


def short_name(url: str) -> str:
    """A name for an address: its host, with the port where it has one."""
    return urlsplit(url).netloc or url
