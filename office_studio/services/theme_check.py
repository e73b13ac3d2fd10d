"""Checks a theme where it lies: folder, ``theme.json`` or zip. Blocking file work."""

from __future__ import annotations

import os
import warnings
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from office_studio.core.packing.bundle_reader import BundleReader, ZipFault
from office_studio.core.packing.zip_guard import inspect_zip, verify_contents
from office_studio.core.theme.files import MAX_FILE_BYTES
from office_studio.core.validation.engine import check_theme, make_report
from office_studio.core.validation.gltf_checker import GltfChecker
from office_studio.core.validation.images import image_facts
from office_studio.core.validation.lint import LINT_FILE, MAX_LINT_BYTES, LintConfig, parse_lint
from office_studio.core.validation.report import Finding, Report, Severity
from office_studio.core.validation.rule import Profile
from office_studio.core.validation.rules.files import is_litter
from office_studio.core.validation.subject import IMAGE_EXTENSIONS, FactCache, extension
from office_studio.errors import AssetError, ManifestError, OfficeStudioError, PackageError
from office_studio.services.gltf_validator import shared_validator
from office_studio.services.theme_loader import (
    MANIFEST,
    MAX_ZIP_BYTES,
    FolderFiles,
    ZipFiles,
    is_folder,
    open_files,
    read_manifest,
)
from office_studio.services.theme_schema import manifest_schema

Stamps = dict[str, tuple[int, int, int]]  # file -> what changes when it does, see ``FolderFiles.stamp``

_WORTH_THREADS = 8  # files
_AHEAD = 16  # files that the disk is asked for before they are read
_PIECE = 1 << 20
_LOOKED_INTO = frozenset({"glb", "gltf", "mp3", "ogg", "wav", "svg"})
_UNREADABLE = object()


def check_path(path: Path, profile: Profile = Profile.SCHEMA) -> Report:
    """The report on the theme at ``path``. A lone ``theme.json`` is judged together with the files beside it.

    Raises UsageError PACKAGE_MISSING, PackageError PACKAGE_UNREADABLE; everything else is a finding.
    """
    return ThemeChecker(path).check(profile)


class ThemeChecker:
    """Checks one theme again and again; what is known of a file is kept while its size and time stay the same."""

    def __init__(self, path: Path, published_version: str | None = None, models: GltfChecker | None = None) -> None:
        """``models``: who checks 3D models; None: the Khronos glTF-Validator."""
        self.path = path
        self._models = models or shared_validator()
        self.published_version = published_version
        self._cache: FactCache = {}
        self._stamps: Stamps = {}

    @property
    def models(self) -> GltfChecker:
        """Who checks 3D models."""
        return self._models

    @property
    def facts(self) -> FactCache:
        """What the last check found out about files."""
        return self._cache

    @property
    def stamps(self) -> Stamps:
        """The files as the last check found them; empty for zips."""
        return self._stamps

    def check(self, profile: Profile = Profile.SCHEMA) -> Report:
        """As ``check_path``. Blocking; not to be called by two threads at once."""
        path = self.path
        if not is_folder(path) and path.suffix.lower() != ".json":
            return _check_zip(path, profile, self.published_version, self._models)
        files = open_files(path)
        assert isinstance(files, FolderFiles)
        folder = path if path.is_dir() else path.parent
        self._forget_changed(files)
        try:
            raw = read_manifest(files, path)
        except (PackageError, ManifestError) as error:
            return _refused(error, profile)
        _look_ahead(files, self._cache)
        return check_theme(
            raw,
            files,
            profile=profile,
            folder_name=folder.resolve().name,
            published_version=self.published_version,
            schema=manifest_schema(),
            lint=read_lint(folder),
            cache=self._cache,
            models=self._models,
            more=links_of(files),
        )

    def _forget_changed(self, files: FolderFiles) -> None:
        stamps = {name: files.stamp(name) for name in files.names}
        for key in [key for key in self._cache if stamps.get(key[1]) != self._stamps.get(key[1])]:
            del self._cache[key]
        self._stamps = stamps


def _look_ahead(files: FolderFiles, cache: FactCache) -> None:
    """Read the files with all processors, while the disk goes on: most of a first check is spent on them."""
    new = [(kind, name) for name in files.names if (kind := _kind(name)) and (kind, name) not in cache]
    if len(new) < _WORTH_THREADS:
        return
    waiting: deque[tuple[tuple[str, str], Future[object]]] = deque()
    # Looking at a picture silences warnings for a moment. When several threads do, one may put back what another set.
    with warnings.catch_warnings(), ThreadPoolExecutor(os.cpu_count() or 1, "check") as pool:
        for key in new:
            files.expect(key[1])
            waiting.append((key, pool.submit(_look, files, key)))
            if len(waiting) > _AHEAD:
                _take(cache, *waiting.popleft())
    for key, found in waiting:
        _take(cache, key, found)


def _take(cache: FactCache, key: tuple[str, str], found: Future[object]) -> None:
    fact = found.result()
    if fact is not _UNREADABLE:
        cache[key] = fact


def _kind(name: str) -> str:
    """The fact of a file to find out ahead: what a picture is; whether a file that no rule looks into is whole."""
    if is_litter(name) or name == MANIFEST:
        return ""
    if extension(name) in IMAGE_EXTENSIONS:
        return "image"
    return "" if extension(name) in _LOOKED_INTO else "whole"


def _look(files: FolderFiles, key: tuple[str, str]) -> object:
    kind, name = key
    try:
        if kind == "image":
            return image_facts(files.read(name))
        if files.size(name) > MAX_FILE_BYTES:
            return _UNREADABLE
        with files.open(name) as stream:
            while stream.read(_PIECE):
                pass
        return True
    except (AssetError, OSError):
        return _UNREADABLE  # the rules will say it


def links_of(files: FolderFiles) -> tuple[Finding, ...]:
    """A finding for each symbolic link in a folder."""
    words, rule, help_text = "Links cannot be packed", "T2D-FILE-SYMLINK", "Put the file itself there."
    return tuple(Finding(rule, Severity.ERROR, f"{words}: {name}", help_text, name) for name in files.links)


def check_manifest_alone(raw: bytes, profile: Profile = Profile.SCHEMA) -> Report:
    """The report on a manifest without looking for its files."""
    return check_theme(raw, None, profile=profile, schema=manifest_schema())


def read_lint(folder: Path) -> LintConfig | None:
    """The settings beside ``theme.json``; None without any."""
    path = folder / LINT_FILE
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with path.open("rb") as stream:
            return parse_lint(stream.read(MAX_LINT_BYTES))
    except OSError:
        return None


def _check_zip(path: Path, profile: Profile, published_version: str | None, models: GltfChecker) -> Report:
    size = path.stat().st_size
    if size > MAX_ZIP_BYTES:
        finding = Finding("T2D-BUNDLE-SIZE", Severity.ERROR, "Bundle exceeds 200 MB", file=path.name)
        return Report("", profile.value, (finding,))
    try:
        with path.open("rb") as stream:
            listing = inspect_zip(stream)
            if listing.errors:
                return make_report("", profile, listing.findings)
            damage = tuple(verify_contents(stream, listing, MAX_FILE_BYTES))
            if profile is Profile.SERVER:
                damage += _server_says(stream)
        files = ZipFiles(path)
        raw = files.read(MANIFEST) if MANIFEST in files.names else None
    except OSError as exc:
        raise PackageError("PACKAGE_UNREADABLE", f"{path.name} cannot be read: {exc.strerror}.") from exc
    except OfficeStudioError as error:
        return _refused(error, profile)
    # One picture at a time, unlike in a folder: a bundle may come from strangers, and pictures unpack to much.
    damaged = {finding.file for finding in damage}
    cache: FactCache = {("whole", name): True for name in files.names if name not in damaged}
    findings = [*listing.findings, *damage]
    if raw is None:
        return _no_manifest(path, files, findings, profile)
    return check_theme(
        raw,
        files,
        profile=profile,
        bundle=(path.name, size),
        published_version=published_version,
        schema=manifest_schema(),
        cache=cache,
        models=models,
        more=findings,
    )


def _server_says(stream: BinaryIO) -> tuple[Finding, ...]:
    """The judgement of the reader that our server unpacks with."""
    try:
        with BundleReader.open(stream):
            return ()
    except ZipFault as problem:
        return (Finding("T2D-BUNDLE-REFUSED", Severity.ERROR, problem.text, file=problem.entry or None),)


def _no_manifest(path: Path, files: ZipFiles, findings: list[Finding], profile: Profile) -> Report:
    nested = [name for name in files.names if name.endswith(f"/{MANIFEST}")]
    hint = f"It is in “{nested[0].rpartition('/')[0]}”: pack only that folder's content." if nested else ""
    findings.append(
        Finding("T2D-BUNDLE-MANIFEST", Severity.ERROR, f"{path.name} has no theme.json at its top.", hint, MANIFEST)
    )
    return make_report("", profile, findings)


def _refused(error: OfficeStudioError, profile: Profile) -> Report:
    rule = "T2D-BUNDLE-MANIFEST" if isinstance(error, PackageError) else "T2D-JSON-PARSE"
    finding = Finding(rule, Severity.ERROR, error.message, error.hint, file=str(error.details.get("file") or MANIFEST))
    return Report("", profile.value, (finding,))
