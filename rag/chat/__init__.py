"""The chat page: what ``app.py`` and ``musnad chat`` show. The only room that imports Gradio."""
