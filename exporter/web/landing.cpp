// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/landing.h"

#include "exporter/text.h"
#include "exporter/version.h"
#include "exporter/web/status_json.h"

namespace holdfast {
namespace {

constexpr std::string_view kStyle = R"(:root { color-scheme: light dark; --line: #8886; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0;
         border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.status { font-weight: 600; white-space: nowrap; }
.ok { color: light-dark(#17692c, #6fd98a); }
.warning { color: light-dark(#8a5a00, #f2bd57); }
.critical { color: light-dark(#b3141c, #ff8a80); }
.unknown { color: light-dark(#555, #bbb); }
@supports not (color: light-dark(red, red)) {
  .ok { color: #2f9e4f; } .warning { color: #b97a00; } .critical { color: #e5484d; }
  .unknown { color: #888; }
}
.note { opacity: .75; }
ul { margin: 0; padding-left: 1.1rem; }
)";

/// What a person is told of a check: its findings, or why there are none.
std::string render_findings(const CheckView& view) {
  std::string items;
  std::size_t shown = 0;
  for (const auto& finding : view.findings) {
    if (++shown > kMaxShownEntries) break;
    items += "<li><span class=\"" + std::string(name_of(finding.severity)) + "\">" +
             escape_html(name_of(finding.severity)) + "</span>: " + escape_html(finding.text) +
             "</li>";
  }
  if (shown > kMaxShownEntries) items += "<li class=\"note\">and more, in the API</li>";
  if (!items.empty()) return "<ul>" + items + "</ul>";
  if (view.runs == 0) return "<span class=\"note\">has not run yet</span>";
  if (!view.fresh) return "<span class=\"note\">its last reading is too old to go by</span>";
  return "<span class=\"note\">nothing</span>";
}

std::string render_status(const CheckView& view) {
  const std::string raw(name_of(view.raw));
  const std::string confirmed(name_of(view.confirmed));
  auto out = "<span class=\"status " + confirmed + "\">" + confirmed + "</span>";
  if (view.raw != view.confirmed) {
    out += "<br><span class=\"note\">last look: " + raw + ", not confirmed yet</span>";
  }
  return out;
}

std::string render_row(const CheckView& view) {
  return "<tr><td>" + escape_html(view.name) + "<br><span class=\"note\">" +
         escape_html(view.kind) + "</span></td><td>" + render_status(view) + "</td><td>" +
         escape_html(render_instant(view.since)) + "</td><td>" + render_findings(view) +
         "</td></tr>\n";
}

PageResponse page_of(std::string body, std::string type) {
  PageResponse page;
  page.content_type = std::move(type);
  page.body = std::make_shared<const std::string>(std::move(body));
  return page;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : printable(text, 1000)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

PageResponse landing_page(const std::vector<CheckView>& checks, bool ready) {
  std::string rows;
  for (const auto& view : checks) rows += render_row(view);
  auto page = page_of(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>Holdfast</title>"
      "<link rel=\"stylesheet\" href=\"style.css\"></head>\n<body><h1>Holdfast</h1>\n<p>Version " +
          escape_html(version()) + ". " +
          (ready ? "Every check has run." : "Not every check has run yet.") +
          "</p>\n<table><thead><tr><th>Check</th><th>Status</th><th>Since (UTC)</th>"
          "<th>Findings</th></tr></thead><tbody>\n" +
          rows +
          "</tbody></table>\n<p><a href=\"metrics\">Metrics</a> for Prometheus · "
          "<a href=\"api/v1/status\">Status</a> as JSON · <a href=\"-/healthy\">Health</a></p>\n"
          "</body></html>\n",
      "text/html; charset=utf-8");
  page.headers = {{"Content-Security-Policy",
                   "default-src 'none'; style-src 'self'; frame-ancestors 'none'; "
                   "base-uri 'none'; form-action 'none'"},
                  {"Cache-Control", "no-store"}};
  return page;
}

PageResponse style_sheet() {
  auto page = page_of(std::string(kStyle), "text/css; charset=utf-8");
  page.headers.emplace_back("Cache-Control", "max-age=3600");
  return page;
}

}  // namespace holdfast
