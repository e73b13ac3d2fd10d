"""What a vendor sells from this computer: offers of themes, who bought them, the bundles. One file, no secrets."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import RLock
from typing import Any

from office_studio.errors import StorageError

_log = logging.getLogger(__name__)
_FILE = "shop.json"


@dataclass(frozen=True, slots=True)
class Offer:
    """A theme that is sold as an app.

    Attributes:
        environment: Name of the environment where the app is listed.
        wallet_id: The app's own wallet, where its income lands.
        major: First number of the version: what is paid for once.
        price: Micro-credits; 0 for a free theme.
        sha256, size_bytes: Of the bundle, which lies in the shop's folder under its hash.
        pictures: Name of a preview -> (SHA-256 of its bytes, address where it was uploaded).
    """

    environment: str
    app_id: str
    wallet_id: str
    theme_id: str
    name: str
    version: str
    price: int
    sha256: str
    size_bytes: int
    license: str = "standard"
    pictures: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def major(self) -> str:
        return major_of(self.version)

    @property
    def job_id(self) -> str:
        """The natural key of what is sold: a second sale of it is impossible (contract, section 18.4)."""
        return f"theme-{self.theme_id}-{self.major}"


@dataclass(frozen=True, slots=True)
class Buyer:
    """An install of an app of ours, and the jobs it has paid."""

    install_id: str
    app_id: str
    user_id: str
    paid: tuple[str, ...] = ()


def major_of(version: str) -> str:
    return version.strip().partition(".")[0] or "1"


class Shop:
    """Offers and buyers of all environments. Thread-safe; its calls write to disk: keep them off the GUI thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = RLock()
        self._offers: dict[str, Offer] = {}
        self._buyers: dict[str, Buyer] = {}
        self._paid: dict[str, int] = {}  # environment, app, user and job -> micro-credits
        self.port = 0  # where the receiver was last, so that addresses given away stay good
        self.open_for = ""  # environment and user for whom it receives, "" for nobody: outlives the window
        self._stamp: tuple[int, int, int] | None = None  # of the file as it was read or written last

    @property
    def folder(self) -> Path:
        return self._folder

    def load(self) -> None:
        """Read the file, unless it is as it was: another window may sell too. A missing or broken one is an empty shop:
        what is owed stands at OfficeX."""
        with self._lock:
            try:
                status = (self._folder / _FILE).stat()
                stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
                if stamp == self._stamp:
                    return
                self._stamp = stamp
                data = json.loads((self._folder / _FILE).read_text("utf-8"))
                offers = [_offer(item) for item in data["offers"]]
                buyers = [Buyer(**item | {"paid": tuple(item["paid"])}) for item in data["buyers"]]
                paid = {str(key): int(value) for key, value in data["paid"].items()}
                self.port, self.open_for = int(data["port"]), str(data.get("openFor", ""))
            except FileNotFoundError:
                return
            except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
                _log.warning("the shop's file cannot be read: %s", error)
                return
            self._offers = {f"{one.environment}/{one.app_id}": one for one in offers}
            self._buyers = {one.install_id: one for one in buyers}
            self._paid = paid

    # -- offers ----------------------------------------------------------------------------------------
    def offers(self, environment: str) -> tuple[Offer, ...]:
        with self._lock:
            return tuple(one for one in self._offers.values() if one.environment == environment)

    def offer(self, environment: str, app_id: str) -> Offer | None:
        with self._lock:
            return self._offers.get(f"{environment}/{app_id}")

    def offer_of_theme(self, environment: str, theme_id: str) -> Offer | None:
        return next((one for one in self.offers(environment) if one.theme_id == theme_id), None)

    def put(self, offer: Offer) -> None:
        """Sell this, in place of what the app sold before. Its bundle has to be kept already."""
        with self._lock:
            self.load()
            self._offers[f"{offer.environment}/{offer.app_id}"] = offer
            self._write()

    def remove(self, environment: str, app_id: str) -> None:
        with self._lock:
            self.load()
            if self._offers.pop(f"{environment}/{app_id}", None) is not None:
                self._write()

    # -- bundles ---------------------------------------------------------------------------------------
    def bundle(self, offer: Offer) -> Path:
        return self._folder / f"{offer.sha256}.zip"

    def keep_bundle(self, path: Path, sha256: str) -> Path:
        """Copy a bundle into the shop, under its hash. Raises StorageError SHOP_WRITE."""
        target = self._folder / f"{sha256}.zip"
        if target.is_file() and _sha256(target) == sha256:
            return target
        part = target.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, part)
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _cannot_write(self._folder, error) from error
        return target

    def tidy(self) -> None:
        """Delete bundles that no offer names any more."""
        with self._lock:
            self.load()
            wanted = {f"{one.sha256}.zip" for one in self._offers.values()}
        for path in self._folder.glob("*.zip"):
            if path.name not in wanted:
                path.unlink(missing_ok=True)

    # -- who bought ------------------------------------------------------------------------------------
    def buyers(self, app_id: str) -> tuple[Buyer, ...]:
        with self._lock:
            return tuple(one for one in self._buyers.values() if one.app_id == app_id)

    def buyer(self, install_id: str) -> Buyer | None:
        with self._lock:
            return self._buyers.get(install_id)

    def note_buyer(self, install_id: str, app_id: str, user_id: str) -> Buyer:
        with self._lock:
            self.load()
            known = self._buyers.get(install_id)
            if known is None:
                known = self._buyers[install_id] = Buyer(install_id, app_id, user_id)
                self._write()
            return known

    def forget_buyer(self, install_id: str) -> None:
        """Removed: its download address dies. What was paid stays known, so that nobody pays twice."""
        with self._lock:
            self.load()
            if self._buyers.pop(install_id, None) is not None:
                self._write()

    def note_paid(self, offer: Offer, install_id: str, user_id: str, job_id: str, micro: int) -> None:
        with self._lock:
            self.load()
            known = self._buyers.get(install_id)
            if known is not None and job_id in known.paid and self.has_paid(offer, user_id, job_id):
                return
            self._paid.setdefault(_key(offer, user_id, job_id), micro)
            buyer = self.note_buyer(install_id, offer.app_id, user_id)
            if job_id not in buyer.paid:
                self._buyers[install_id] = replace(buyer, paid=(*buyer.paid, job_id))
            self._write()

    def has_paid(self, offer: Offer, user_id: str, job_id: str) -> bool:
        with self._lock:
            return _key(offer, user_id, job_id) in self._paid

    def may_download(self, install_id: str, offer: Offer) -> bool:
        """Whether this install has what is sold now."""
        buyer = self.buyer(install_id)
        return buyer is not None and any(
            job == offer.job_id or job.startswith(f"{offer.job_id}#") for job in buyer.paid
        )

    # -- the file --------------------------------------------------------------------------------------
    def note_port(self, port: int) -> None:
        with self._lock:
            self.load()
            if port != self.port:
                self.port = port
                self._write()

    def note_open(self, environment: str, user_id: str) -> None:
        """The receiver runs for this vendor until somebody stops it; ("", ""): it was stopped."""
        with self._lock:
            self.load()
            wanted = f"{environment}/{user_id}".strip("/")
            if wanted != self.open_for:
                self.open_for = wanted
                self._write()

    def _write(self) -> None:
        data = {
            "port": self.port,
            "openFor": self.open_for,
            "offers": [asdict(one) for one in self._offers.values()],
            "buyers": [asdict(one) for one in self._buyers.values()],
            "paid": self._paid,
        }
        part = self._folder / f"{_FILE}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8") as file:
                json.dump(data, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._folder / _FILE)
            status = (self._folder / _FILE).stat()
            self._stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        except OSError as error:
            raise _cannot_write(self._folder, error) from error


def _key(offer: Offer, user_id: str, job_id: str) -> str:
    return f"{offer.environment}/{offer.app_id}/{user_id}/{job_id}"


def _offer(item: Mapping[str, Any]) -> Offer:
    pictures = {str(name): (str(one[0]), str(one[1])) for name, one in item["pictures"].items()}
    return Offer(**{**item, "pictures": pictures})


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _cannot_write(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        "SHOP_WRITE",
        f"What you sell cannot be kept in {folder}: {error.strerror or error}.",
        "Make room, or give this user the right to write there.",
    )
