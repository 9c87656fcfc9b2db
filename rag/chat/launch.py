"""Puts the page into a server."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI
from starlette.middleware import Middleware

from rag.chat.callers import name_of
from rag.chat.front import Front
from rag.chat.locale import translations
from rag.chat.page import build_page
from rag.service.service import Service
from rag.service.uploads import MOST_BYTES

# System fonts only: Gradio's default themes fetch theirs from outside.
_FONTS = ["system-ui", "Segoe UI", "Noto Naskh Arabic", "Noto Sans Arabic", "Tahoma", "sans-serif"]

# Beyond what is read of a file, so that a file a little too large is refused by name, by itself.
_MOST_TRANSFERRED = 4 * MOST_BYTES


def mount_page(app: FastAPI, service: Service) -> None:
    """Serve the page of ``service`` at the root of ``app``: what has another route comes first.
    It answers nobody of whom the server's door did not say who they are.
    """
    page = build_page(service)
    page.queue(default_concurrency_limit=8)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        auth_dependency=name_of,
        theme=_theme(),
        i18n=translations(),
        app_kwargs={"middleware": [Middleware(Front)]},
        footer_links=[],
        run_history=False,
        max_file_size=_MOST_TRANSFERRED,
        ssr_mode=False,
    )


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
