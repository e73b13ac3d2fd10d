"""Rules on the zip as a whole (2D theme format, section 21.6), and those that readers report while they read."""

from __future__ import annotations

from collections.abc import Iterator

from office_studio.core.validation.rule import E, Hit, I, W, declare, rule
from office_studio.core.validation.subject import Subject
from office_studio.core.validation.upload import MAX_BUNDLE_BYTES

_UPSTREAM_BODY = 10 * 1024 * 1024
_RECOMMENDED = 10_000_000


@rule("T2D-BUNDLE-SIZE", E, "SEED", "bundle is {n} bytes; 200 MB is the limit", "Make pictures smaller.")
def bundle_size(subject: Subject) -> Iterator[Hit]:
    if subject.bundle_bytes is not None and subject.bundle_bytes > MAX_BUNDLE_BYTES:
        yield Hit(file=subject.bundle_name, args={"n": subject.bundle_bytes})


@rule("T2D-BUNDLE-10MB", W, "SRV", "servers with the default limit of 10 MiB refuse this bundle of {mb} MB")
def bundle_default_limit(subject: Subject) -> Iterator[Hit]:
    if subject.bundle_bytes is not None and subject.bundle_bytes > _UPSTREAM_BODY:
        yield Hit(file=subject.bundle_name, args={"mb": f"{subject.bundle_bytes / 1e6:.1f}"})


@rule("T2D-BUNDLE-DOC10MB", I, "DOC", "bundle is {mb} MB, above the recommended 10 MB")
def bundle_recommended(subject: Subject) -> Iterator[Hit]:
    if subject.bundle_bytes is not None and subject.bundle_bytes > _RECOMMENDED:
        yield Hit(file=subject.bundle_name, args={"mb": f"{subject.bundle_bytes / 1e6:.1f}"})


declare("T2D-JSON-PARSE", E, "SRV", "theme.json is not valid JSON: {detail} at line {n}", "Mend that place.")
declare("T2D-UPLOAD", E, "SRV", "The server refuses this: {text}")
declare("T2D-BUNDLE-ENTRY", E, "SEED", "illegal name in the zip: {name}", "Pack the theme folder's content.")
declare("T2D-BUNDLE-DUP", E, "P", "duplicate entry: {name}", "Keep one.")
declare("T2D-BUNDLE-BOMB", E, "P", "bundle is not reasonable: {why}", "Pack the theme again.")
declare("T2D-BUNDLE-ZIP", E, "SRV", "this is not a whole zip file: {why}", "Pack the theme again.")
declare("T2D-BUNDLE-DAMAGED", E, "SRV", "{name} is damaged", "Pack the theme again.")
declare("T2D-BUNDLE-REFUSED", E, "SRV", "the server's reader refuses the zip: {why}", "Pack the theme again.")
declare("T2D-BUNDLE-MANIFEST", E, "P", "the zip's theme.json is missing, or differs from the manifest sent")
declare("T2D-FILE-SYMLINK", E, "P", "links cannot be packed: {name}", "Put the file itself there.")
declare(
    "T2D-SEATSPRITE-MANY",
    W,
    "P",
    "{name} is left out: there are too many overlay pictures",
    "Reported by the renderer while it loads.",
)
