"""When something unforeseen happens: keep running, log it, and give the user a report to copy."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from office_studio.ui.logs import without_secrets
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, vbox, with_properties

if TYPE_CHECKING:
    from office_studio.app import Application

_log = logging.getLogger(__name__)


class CrashDialog(QDialog):
    def __init__(self, report: str, log_file: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something unexpected happened")
        self.resize(640, 420)
        self.report = report
        where = f" The log is in {log_file}." if log_file is not None else ""
        words = f"Office Studio goes on, but this part may not work until it is started again.{where}"
        text = with_properties(QPlainTextEdit(report), kind="code")
        text.setReadOnly(True)
        text.setAccessibleName("Report")
        copy, close = button("Copy report", glyph="copy"), button("Close", "primary")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        close.clicked.connect(self.accept)
        head = label("Something unexpected happened", "heading")
        column = vbox(
            head, Paragraph(words, "muted"), (text, 1), hbox(None, copy, close), margins=(20, 16, 20, 16), spacing=10
        )
        self.setLayout(column)


def install_hook(application: Application, log_file: Path | None) -> None:
    """Catch what nobody caught, on every thread. One dialog at a time; the traceback also goes to the terminal."""
    open_dialogs: list[CrashDialog] = []

    def show(report: str) -> None:
        if open_dialogs:
            return
        words = without_secrets(f"{application.studio.report()}\n\n{report}")  # people send it to others
        dialog = CrashDialog(words, log_file, application.studio.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        open_dialogs.append(dialog)
        dialog.finished.connect(lambda _result: open_dialogs.clear())
        dialog.open()

    def on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            application.app.quit()
            return
        _log.critical("uncaught", exc_info=(kind, error, trace))
        sys.__excepthook__(kind, error, trace)
        show("".join(traceback.format_exception(kind, error, trace)))

    def on_thread_error(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            _log.critical("uncaught on a thread", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))
            text = "".join(traceback.format_exception(args.exc_type, args.exc_value, args.exc_traceback))
            application.jobs.post(lambda: show(text))

    sys.excepthook = on_error
    threading.excepthook = on_thread_error
