"""Serves the page."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from starlette.middleware import Middleware

from rag.chat.auth import read_logins
from rag.chat.front import Front
from rag.chat.library_uploads import MOST_BYTES
from rag.chat.locale import translations
from rag.chat.model_loader import ModelLoader
from rag.chat.page import build_page
from rag.errors import UsageError
from rag.library import Library

# System fonts only: Gradio's default themes fetch theirs from outside.
_FONTS = ["system-ui", "Segoe UI", "Noto Naskh Arabic", "Noto Sans Arabic", "Tahoma", "sans-serif"]

# Beyond what is read of a file, so that a file a little too large is refused by name, by itself.
_MOST_TRANSFERRED = 4 * MOST_BYTES


def launch(
    library: Library, *, host: str, port: int, auth: Path | None = None, block: bool = True
) -> gr.Blocks:
    """Serve the chat over ``library`` at ``host:port``; the model loads while the page is up.

    ``auth`` is a file of those who may log in; without one everybody may who reaches the address.

    Raises:
        UsageError: the port is taken or not allowed, or ``auth`` is no such file.
    """
    check = read_logins(auth) if auth else None
    library.encoders()
    library.snapshot()
    loader = ModelLoader(library)
    library.models.progress = loader.on_progress
    page = build_page(library, loader)
    loader.start()
    page.queue(default_concurrency_limit=8)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            auth=check,
            theme=_theme(),
            i18n=translations(),
            app_kwargs={"middleware": [Middleware(Front)]},
            footer_links=[],
            max_file_size=_MOST_TRANSFERRED,
            ssr_mode=False,
            share=False,
            quiet=False,
            prevent_thread_lock=not block,
        )
    except OSError as error:
        raise UsageError(f"--port {port}: {error}") from error
    return page


def _theme() -> gr.themes.Base:
    """Gradio's soft theme with system fonts, its labels dark enough for AA."""
    soft = gr.themes.Soft(font=_FONTS, font_mono=["ui-monospace", "monospace"])
    colours = {
        "block_title_background_fill": ("transparent", "transparent"),
        "block_label_background_fill": ("transparent", "transparent"),
        "block_title_text_color": ("*neutral_800", "*neutral_100"),
        "block_label_text_color": ("*neutral_800", "*neutral_100"),
        "block_info_text_color": ("*neutral_600", "*neutral_300"),
        "checkbox_label_background_fill_selected": ("*primary_700", "*primary_700"),
    }
    light = {name: colour for name, (colour, _) in colours.items()}
    return soft.set(**light, **{f"{name}_dark": colour for name, (_, colour) in colours.items()})
