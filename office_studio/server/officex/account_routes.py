"""Accounts (contract, 14.1): one-time codes, keys, passwords. The sandbox mails nothing; its codes are 0000."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.money import Amount
from office_studio.core.officex.requests import text_of
from office_studio.server.office.accounts import hash_password, verify_password
from office_studio.server.officex.call import Answer, Call, Route, digest, new_secret, optional_text, when
from office_studio.server.officex.tables import codes, keys, redemptions, users, wallets

CODE = "0000"
CODE_LASTS_MS = 600_000
MAX_TRIES = 5
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,250}")
_KEY = re.compile(r"[A-Za-z0-9_\-.~]{32,200}")


def email_of(body: Mapping[str, Any]) -> str:
    value = body.get("email")
    if not isinstance(value, str) or len(value) > 254 or not _MAIL.fullmatch(value.strip()):
        raise Refusal("INVALID_REQUEST", "email has to be an e-mail address.", field="email")
    return value.strip().lower()


def by_email(call: Call, email: str) -> Any:
    return call.connection.execute(select(users).where(users.c.email == email)).first()


def create_user(call: Call, email: str, ref: str | None = None) -> Any:
    user_id, wallet_id = str(uuid.uuid4()), str(uuid.uuid4())
    call.connection.execute(insert(wallets), {"wallet_id": wallet_id, "owner_type": "user", "owner_id": user_id})
    row = {"user_id": user_id, "email": email, "wallet_id": wallet_id, "status": "active", "ref": ref}
    call.connection.execute(insert(users), row | {"created_ms": call.now_ms})
    return by_email(call, email)


def new_key(call: Call, user_id: str) -> str:
    key = new_secret()
    row = {"key_hash": digest(key), "user_id": user_id, "created_ms": call.now_ms}
    call.connection.execute(insert(keys), row)
    return key


def shown(user: Any) -> dict[str, Any]:
    fields = ("user_id", "email", "wallet_id", "status")
    return {name: getattr(user, name) for name in fields} | {"created_at": when(user.created_ms)}


def _mail(call: Call, email: str, purpose: str) -> None:
    call.connection.execute(delete(codes).where(codes.c.email == email, codes.c.purpose == purpose))
    row = {"email": email, "purpose": purpose, "expires_ms": call.now_ms + CODE_LASTS_MS, "tries": 0}
    call.connection.execute(insert(codes), row)


def _use_code(call: Call, email: str, purpose: str) -> Refusal | None:
    """None when the code is right and used up; else the refusal, which is to be *returned*: tries are counted."""
    given = text_of(call.body, "code", 1, 20)
    here = (codes.c.email == email) & (codes.c.purpose == purpose)
    row = call.connection.execute(select(codes).where(here)).first()
    if row is None or row.expires_ms <= call.now_ms or row.tries >= MAX_TRIES:
        return Refusal("INVALID_SECRET", "This code is not valid any more; ask for a new one.")
    if given != CODE:
        call.connection.execute(update(codes).where(here), {"tries": row.tries + 1})
        return Refusal("INVALID_SECRET", "The code is wrong.")
    call.connection.execute(delete(codes).where(here))
    return None


def register(call: Call) -> Answer:
    email = email_of(call.body)
    _mail(call, email, "sign-in")
    return {"message": f"A code was sent to {email}."}


def login(call: Call) -> Answer:
    email, password = email_of(call.body), optional_text(call.body, "password", 1000, least=1)
    if password is None:
        _mail(call, email, "sign-in")
        return {"message": f"A code was sent to {email}."}
    user = by_email(call, email)
    if user is None or user.password_hash is None or not verify_password(password, user.password_hash):
        raise Refusal("INVALID_SECRET", "Address or password is wrong.")
    return {"api_key": new_key(call, user.user_id), "user_id": user.user_id}


def verify_otp(call: Call) -> Answer:
    email, ref = email_of(call.body), optional_text(call.body, "ref", 20)
    wrong = _use_code(call, email, "sign-in")
    if wrong is not None:
        return wrong
    user = by_email(call, email) or create_user(call, email, ref)
    return {"api_key": new_key(call, user.user_id), "user_id": user.user_id, "wallet_id": user.wallet_id}


def forgot_password(call: Call) -> Answer:
    _mail(call, email_of(call.body), "password")
    return {"message": "If there is such an account, a code was sent."}


def reset_password(call: Call) -> Answer:
    email, password = email_of(call.body), text_of(call.body, "new_password", 8, 1000)
    wrong = _use_code(call, email, "password")
    user = by_email(call, email)
    if wrong is not None or user is None:
        return wrong or Refusal("INVALID_SECRET", "The code is wrong.")
    call.connection.execute(
        update(users).where(users.c.user_id == user.user_id), {"password_hash": hash_password(password)}
    )
    return {"message": "The password was changed."}


def set_password(call: Call) -> Answer:
    hashed = hash_password(text_of(call.body, "password", 8, 1000))
    call.connection.execute(update(users).where(users.c.user_id == call.user.user_id), {"password_hash": hashed})
    return {}


def rotate_by_mail(call: Call) -> Answer:
    _mail(call, email_of(call.body), "rotate")
    return {"message": "If there is such an account, a code was sent."}


def confirm_rotate(call: Call) -> Answer:
    email = email_of(call.body)
    wrong = _use_code(call, email, "rotate")
    user = by_email(call, email)
    if wrong is not None or user is None:
        return wrong or Refusal("INVALID_SECRET", "The code is wrong.")
    call.connection.execute(delete(keys).where(keys.c.user_id == user.user_id))
    return {"api_key": new_key(call, user.user_id)}


def register_user(call: Call) -> Answer:
    email = email_of(call.body)
    if by_email(call, email) is not None:
        raise Refusal("DUPLICATE_REQUEST", "There is an account with this address.")
    user = create_user(call, email)
    return {"user_id": user.user_id, "wallet_id": user.wallet_id, "api_key": new_key(call, user.user_id)}


def me(call: Call) -> Answer:
    return {"user": shown(call.user)}


def change_me(call: Call) -> Answer:
    if call.body.get("email") is not None:
        email = email_of(call.body)
        other = by_email(call, email)
        if other is not None and other.user_id != call.user.user_id:
            raise Refusal("DUPLICATE_REQUEST", "Another account has this address.")
        call.connection.execute(update(users).where(users.c.user_id == call.user.user_id), {"email": email})
    row = call.one(select(users).where(users.c.user_id == call.user.user_id), "USER_NOT_FOUND")
    return {"user": shown(row)}


def choose_key(call: Call) -> Answer:
    key = call.body.get("new_master_key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Refusal(
            "INVALID_REQUEST", "new_master_key has to be 32 to 200 URL-safe characters.", field="new_master_key"
        )
    taken = call.connection.execute(select(keys.c.user_id).where(keys.c.key_hash == digest(key))).first()
    if taken is not None and taken.user_id != call.user.user_id:
        raise Refusal("INVALID_REQUEST", "Choose another key.", field="new_master_key")
    call.connection.execute(delete(keys).where(keys.c.user_id == call.user.user_id))
    row = {"key_hash": digest(key), "user_id": call.user.user_id, "created_ms": call.now_ms}
    call.connection.execute(insert(keys), row)
    return {}


def my_vouchers(call: Call) -> Answer:
    rows = call.all(select(redemptions).where(redemptions.c.user_id == call.user.user_id))
    found = [{"code": r.code, "credits": Amount(r.credits), "redeemed_at": when(r.created_ms)} for r in rows]
    return {"vouchers": found}


ROUTES = [
    Route("E01", "POST", "/auth/register", "", register),
    Route("E02", "POST", "/auth/login", "", login),
    Route("E03", "POST", "/auth/verify-otp", "", verify_otp),
    Route("E04", "POST", "/auth/resend", "", register),
    Route("E05", "POST", "/auth/forgot-password", "", forgot_password),
    Route("E06", "POST", "/auth/reset-password", "", reset_password),
    Route("E07", "POST", "/auth/set-password", "mk", set_password),
    Route("E08", "POST", "/auth/rotate-key", "", rotate_by_mail),
    Route("E09", "POST", "/auth/confirm-rotate-key", "", confirm_rotate),
    Route("E10", "POST", "/register-user", "", register_user),
    Route("E11", "GET", "/users/me", "mk", me),
    Route("E12", "PATCH", "/users/me", "mk", change_me),
    Route("E13", "POST", "/users/me/rotate-key", "mk", choose_key),
    Route("E14", "GET", "/users/me/vouchers", "mk", my_vouchers),
]
