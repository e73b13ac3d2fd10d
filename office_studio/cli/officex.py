"""``office-studio officex``: the OfficeX marketplace, and a sandbox of it on this computer."""

from __future__ import annotations

import argparse

from office_studio.cli.verb_actions import add_actions, run_action

_EXAMPLES = """Without --env: the account that signed in last, else the sandbox that runs on this computer.
Amounts are credits, such as 12 or 0.25.

examples:
  office-studio officex serve
  office-studio officex balance
  office-studio officex apps --search film
  office-studio officex install film-desk --cap 20
  office-studio officex reserve INSTALL 10 batch-7
  office-studio officex settle INSTALL batch-7 6.5
  office-studio officex transactions --json
  office-studio officex conformance
  office-studio officex login me@example.org --env staging"""
# action -> (module with ``configure_<action>`` and ``run_<action>``, one line of help)
_ACTIONS = {
    "serve": ("officex_serve", "run a sandbox of OfficeX on this computer"),
    "login": ("officex_account", "sign in with a one-time code or a password"),
    "logout": ("officex_account", "forget an account that signed in here"),
    "whoami": ("officex_account", "show who is signed in where"),
    "balance": ("officex_money", "show what a wallet holds"),
    "buy": ("officex_money", "buy credits with a payment token"),
    "transactions": ("officex_money", "list a wallet's ledger"),
    "reservations": ("officex_money", "list a wallet's reservations"),
    "voucher": ("officex_money", "look at a voucher, or redeem it"),
    "payout": ("officex_money", "request a payout of an app's wallet, or list payouts"),
    "apps": ("officex_apps", "list the catalog, or show one app"),
    "install": ("officex_apps", "install an app, at first without the right to charge, then with a cap"),
    "installs": ("officex_apps", "list what is installed, with usage"),
    "uninstall": ("officex_apps", "remove an install; what is reserved comes back"),
    "limits": ("officex_apps", "show or change what an install may charge"),
    "rotate": ("officex_apps", "give an install a new secret"),
    "inbox": ("officex_apps", "list letters from apps"),
    "chat": ("officex_chat", "talk to the assistant"),
    "reserve": ("officex_charge", "hold credits for a job"),
    "sip": ("officex_charge", "take a part of what a job holds"),
    "settle": ("officex_charge", "take the last part, give back the rest"),
    "cancel": ("officex_charge", "give back what a job still holds"),
    "vendor": ("officex_vendor", "register and change apps, see their installs, inbox and wallets"),
    "webhooks": ("officex_vendor", "listen to webhooks on this computer"),
    "conformance": ("officex_conform", "run the 62 scenario vectors of the contract"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_actions(parser, _ACTIONS)


def run(args: argparse.Namespace) -> int:
    return run_action(_ACTIONS, args)
