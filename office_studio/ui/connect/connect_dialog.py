"""Connect to an office: address, then a token or e-mail and password. Tested before anything is saved."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QDialog, QLineEdit, QRadioButton, QWidget

from office_studio.errors import OfficeStudioError, UsageError
from office_studio.ui import formats
from office_studio.ui.connect.office_ref import OfficeKind, OfficeRef, short_name
from office_studio.ui.jobs import Jobs
from office_studio.ui.widgets.basics import Glyph, Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, restyle, vbox

_WIDTH = 460


@dataclass(frozen=True, slots=True)
class Tested:
    """What the test of the connection found."""

    office: OfficeRef
    email: str
    notice: str


class ConnectDialog(QDialog):
    """Signals:
    connected(OfficeRef, str email): tested and, where the system can, saved.
    """

    connected = Signal(object, str)

    def __init__(self, jobs: Jobs, parent: QWidget | None = None, url: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("Connect to an office")
        self._scope = jobs.scope()
        self._build(url)
        self.finished.connect(lambda _result: self._scope.close())
        self._choose_way()
        self.setFixedWidth(_WIDTH)

    def _build(self, url: str) -> None:
        self.address = QLineEdit(url)
        self.address.setPlaceholderText("http://127.0.0.1:21001")
        self.name = QLineEdit()
        self.name.setPlaceholderText("A name of your choice")
        self.by_token, self.by_password = QRadioButton("Token"), QRadioButton("E-mail and password")
        ways = QButtonGroup(self)
        ways.addButton(self.by_token)
        ways.addButton(self.by_password)
        self.by_token.setChecked(True)
        self.token, self.email, self.password = QLineEdit(), QLineEdit(), QLineEdit()
        self.token.setPlaceholderText("Empty if the office asks for none")
        for secret in (self.token, self.password):
            secret.setEchoMode(QLineEdit.EchoMode.Password)
        fields = (
            ("Address", self.address),
            ("Name", self.name),
            ("Token", self.token),
            ("E-mail", self.email),
            ("Password", self.password),
        )
        self._labels = {}
        column = vbox(label("Connect to an office", "heading"), spacing=6)
        intro = "The address is the one the office shows when it starts. It is tested before anything is saved."
        self._intro = Paragraph(intro, "muted")
        column.addWidget(self._intro)
        column.addSpacing(8)
        for title, field in fields:
            field.setAccessibleName(title)
            name = label(title, "small-muted")
            self._labels[title] = name
            if title == "Token":
                column.addSpacing(4)
                column.addLayout(hbox(self.by_token, self.by_password, None, spacing=16))
            column.addWidget(name)
            column.addWidget(field)
        self._build_result(column)
        self.setLayout(column)
        column.setContentsMargins(24, 20, 24, 20)
        for way in (self.by_token, self.by_password):
            way.toggled.connect(self._choose_way)
        for _, field in fields:
            field.textEdited.connect(self._clear_result)
            field.returnPressed.connect(self.test)

    def _build_result(self, column: object) -> None:
        self._mark = Glyph("warning-octagon-fill", "error", 16)
        self.result = Paragraph("")
        self._result_row = QWidget()
        self._result_row.setLayout(hbox(self._mark, (self.result, 1), spacing=8))
        self._result_row.layout().setAlignment(self._mark, Qt.AlignmentFlag.AlignTop)
        self._result_row.hide()
        self.cancel_button, self.connect_button = button("Cancel", "ghost"), button("Connect", "primary")
        self.cancel_button.clicked.connect(self.reject)
        self.connect_button.clicked.connect(self.test)
        self.connect_button.setDefault(True)
        for item in (self._result_row,):
            column.addWidget(item)  # type: ignore[attr-defined]
        column.addSpacing(12)  # type: ignore[attr-defined]
        column.addLayout(hbox(None, self.cancel_button, self.connect_button))  # type: ignore[attr-defined]

    # -- testing -----------------------------------------------------------------------------------
    def test(self) -> None:
        """Try the address and what proves who we are; close when it works, else say what to do."""
        self.connect_button.setEnabled(False)
        self._say("spinner-gap", "text_muted", "Trying the connection…")
        url, name = self.address.text().strip(), self.name.text().strip()
        token = self.token.text().strip() if self.by_token.isChecked() else ""
        email = self.email.text().strip() if self.by_password.isChecked() else ""
        password = self.password.text() if self.by_password.isChecked() else ""
        self._scope.run(lambda: try_office(url, name, token, email, password), self._on_tested, self._on_failed)

    def _on_tested(self, tested: Tested) -> None:
        self.connected.emit(tested.office, tested.email)
        self.accept()

    def _on_failed(self, error: OfficeStudioError) -> None:
        self.connect_button.setEnabled(True)
        self._say("warning-octagon-fill", "error", formats.sentences(error.message, error.hint))
        about_address = error.code.startswith("OFFICE_") and error.code != "OFFICE_UNAUTHORIZED"
        culprit = self.address if about_address else self.token if self.by_token.isChecked() else self.password
        restyle(culprit, invalid="true")
        culprit.setFocus()

    def _clear_result(self) -> None:
        self._result_row.hide()
        for field in (self.address, self.token, self.email, self.password):
            restyle(field, invalid=None)

    def _say(self, glyph: str, role: str, words: str) -> None:
        self._mark.set_glyph(glyph, role)
        self.result.set_words(words)
        self._result_row.show()
        self._fit()

    def _choose_way(self) -> None:
        by_token = self.by_token.isChecked()
        for title, field in (("Token", self.token), ("E-mail", self.email), ("Password", self.password)):
            shown = (title == "Token") == by_token
            field.setVisible(shown)
            self._labels[title].setVisible(shown)
        self._clear_result()
        self._fit()

    def _fit(self) -> None:
        """As high as the words need; wrapped labels know their height only once they have a width."""
        layout = self.layout()
        if layout is None:
            return
        inner = _WIDTH - 48
        for paragraph, width in ((self._intro, inner), (self.result, inner - 24)):
            paragraph.setFixedHeight(max(0, paragraph.heightForWidth(width)))
        row = self._result_row.layout()
        if row is not None:
            row.invalidate()
        layout.invalidate()
        layout.activate()
        self.setFixedHeight(layout.minimumSize().height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()  # fonts are known only now


async def try_office(url: str, name: str, token: str, email: str, password: str) -> Tested:
    """Connect once, as the window will. Raises what a person can act on."""
    from office_studio.services.http import Credentials, checked_base_url
    from office_studio.services.office_client import OfficeClient
    from office_studio.services.secrets import SecretStore

    if not url:
        raise UsageError("OFFICE_URL_INVALID", "The address is missing.", "Type the address of the office.")
    address = checked_base_url(url)
    credentials = Credentials(token or None)
    async with OfficeClient(address, credentials) as client:
        await client.health()
        if email or password:
            credentials = await client.sign_in(email, password)
    async with OfficeClient(address, credentials) as client:
        await client.status()
    notice = ""
    if credentials.token:
        secrets = SecretStore()
        await asyncio.to_thread(secrets.set, address, credentials.token)
        notice = secrets.notice
    office = OfficeRef(OfficeKind.SAVED, address, name or short_name(address), credentials.token)
    return Tested(office, email, notice)
