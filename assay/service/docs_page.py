"""The OpenAPI document as one page: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import json
from html import escape
from typing import Any

HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
h2{margin-top:2.5rem;font-size:1.1rem}code,pre{font:14px/1.4 ui-monospace,monospace;background:#f3f4f6}
pre{padding:.8rem;overflow-x:auto}table{border-collapse:collapse}td{padding:.15rem .8rem .15rem 0;vertical-align:top}
"""


def page(document: dict[str, Any]) -> str:
    """HTML of every operation and schema."""
    info = document["info"]
    parts = [f"<h1>{escape(info['title'])}</h1><p>{escape(info['description'])}</p>"]
    parts.append('<p>For programs: <a href="/openapi.json">/openapi.json</a></p>')
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(path, method, operation))
    parts.append("<h1>Sessions</h1>")
    parts.append(f"<p>{escape(document['components']['securitySchemes']['session']['description'])}</p>")
    parts.append("<h1>Schemas</h1>")
    for name, schema in document["components"]["schemas"].items():
        parts.append(f'<h2 id="{escape(name)}">{escape(name)}</h2><pre>{escape(json.dumps(schema, indent=2))}</pre>')
    title = escape(info["title"])
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>'


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    lines = [f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(operation['summary'])}"]
    if "security" in operation:
        lines.append(" (needs a session)")
    lines.append("</p>")
    if "requestBody" in operation:
        lines.append(f"<p>Body: {_link(operation['requestBody']['content'])}</p>")
    rows = [
        f"<tr><td><code>{status}</code></td><td>{escape(answer['description'])}</td><td>{_link(answer['content'])}</td></tr>"
        for status, answer in operation["responses"].items()
    ]
    return "".join([*lines, "<table>", *rows, "</table>"])


def _link(content: dict[str, Any]) -> str:
    name = next(iter(content.values()))["schema"]["$ref"].rpartition("/")[2]
    return f'<a href="#{escape(name)}">{escape(name)}</a>'
