"""Choosing a theme by what was written: on the command line, or in settings of another computer."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("key", ["a" * 300, "path:" + "a" * 5000, "~nobody-of-this-name/theme", "a\0b", "path:"])
def test_text_that_can_be_no_path_is_told_and_does_not_stop_the_window(application: Any, key: str):
    library = application.studio.library
    said: list[str] = []
    library.load_failed.connect(lambda _choice, error: said.append(error.code))
    library.choose_key(key)
    assert said == ["THEME_UNKNOWN"]
