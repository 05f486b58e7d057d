# SPDX-License-Identifier: Apache-2.0
"""Relative links of Markdown documents."""

import re

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.M)


def anchors(text):
    """The anchors that GitHub gives the headings of a document."""
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in HEADING.findall(text)}


def dead_links(documents):
    """"document: link" for each relative link of the paths `documents` that leads nowhere."""
    found = []
    for document in documents:
        for link in LINK.findall(document.read_text()):
            if ":" in link:
                continue
            name, _, anchor = link.partition("#")
            target = document.parent / name if name else document
            if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
                found.append(f"{document}: {link}")
    return found
