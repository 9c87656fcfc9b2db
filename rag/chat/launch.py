"""Serves the page."""

from __future__ import annotations

import gradio as gr

from rag.chat.model_loader import ModelLoader
from rag.chat.page import STYLE, build_page
from rag.errors import UsageError
from rag.library import Library
from rag.models.progress import CallbackProgress

# System fonts only: Gradio's default themes fetch theirs from outside.
_FONTS = ["system-ui", "Segoe UI", "Noto Naskh Arabic", "Noto Sans Arabic", "Tahoma", "sans-serif"]


def launch(library: Library, *, host: str, port: int, block: bool = True) -> gr.Blocks:
    """Serve the chat over ``library`` at ``host:port``; the model loads while the page is up.

    Raises:
        UsageError: the port is taken or not allowed.
    """
    library.encoders()
    library.index()
    loader = ModelLoader(library)
    library.watch(CallbackProgress(loader.on_progress))
    page = build_page(library, loader)
    loader.start()
    page.queue(default_concurrency_limit=4)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            theme=gr.themes.Soft(font=_FONTS, font_mono=["ui-monospace", "monospace"]),
            css_paths=[STYLE],
            footer_links=[],
            ssr_mode=False,
            share=False,
            quiet=False,
            prevent_thread_lock=not block,
        )
    except OSError as error:
        raise UsageError(f"--port {port}: {error}") from error
    return page
