// SPDX-License-Identifier: Apache-2.0
// Style, script and icon of the status page, compiled in: no files to install, no requests to other
// hosts.
#include "exporter/report/html_parts.h"
#include "exporter/web/status_page.h"

namespace holdfast {
namespace {

constexpr std::string_view kOwnStyle = R"(
body > header { margin-bottom: 1rem; }
#summary { font-size: 1.15rem; margin: .25rem 0; }
#connection:empty { display: none; }
td.picture { min-width: 12rem; width: 24%; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: .75rem; }
@media (max-width: 52rem) { td.picture { width: auto; padding-right: 0; } }
)";

// Only sections that differ are replaced, so that scroll position and focus stay.
constexpr std::string_view kScript = R"(// Polls the page and replaces the sections that changed.
"use strict";
(() => {
  const every = 5000, timeout = 10000;
  let tag = "", updated = new Date();
  const report = (text) => {
    const line = document.getElementById("connection");
    if (line.textContent !== text) line.textContent = text;
  };
  const apply = (page) => {
    document.title = page.title;
    for (const id of ["summary", "windows", "checks"]) {
      const here = document.getElementById(id), there = page.getElementById(id);
      if (!here || !there || here.innerHTML === there.innerHTML) continue;
      const open = [...here.querySelectorAll("details")].map((each) => each.open);
      here.replaceChildren(...there.childNodes);
      here.querySelectorAll("details").forEach((each, i) => { each.open = open[i] ?? each.open; });
    }
  };
  const poll = async () => {
    try {
      const reply = await fetch("./", {
        cache: "no-store",
        headers: tag ? { "If-None-Match": tag } : {},
        signal: AbortSignal.timeout(timeout),
      });
      if (reply.status === 200) {
        const text = await reply.text();
        apply(new DOMParser().parseFromString(text, "text/html"));
        tag = reply.headers.get("ETag") ?? "";
      } else if (reply.status !== 304) {
        throw new Error();
      }
      updated = new Date();
      report("");
    } catch {
      report(`Holdfast is not responding. Last update: ${updated.toLocaleTimeString()}.`);
    }
    setTimeout(poll, every);
  };
  setTimeout(poll, every);
})();
)";

constexpr std::string_view kIcon =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" )"
    R"(rx="3" fill="#17527f"/><path d="M4 3h2v4h4V3h2v10h-2V9H6v4H4z" fill="#fff"/></svg>)";

PageResponse asset(std::string body, std::string_view type) {
  // A new version must not run with an old script.
  return make_page(200, type, std::move(body), {{"Cache-Control", "no-cache"}});
}

}  // namespace

PageResponse status_asset(std::string_view path) {
  if (path == "/style.css")
    return asset(std::string(page_style()) + std::string(kOwnStyle), "text/css; charset=utf-8");
  if (path == "/status.js") return asset(std::string(kScript), "text/javascript; charset=utf-8");
  if (path == "/icon.svg") return asset(std::string(kIcon), "image/svg+xml");
  return make_page(404, "", "");
}

}  // namespace holdfast
