// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/html_parts.h"

#include <array>

namespace holdfast {
namespace {

// Contrast of all words on their ground is at least 4.5 to 1, in both; a test in a browser holds
// it.
constexpr std::string_view kStyle = R"(:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f4f6f8; --ink: #1b1f24; --note: #57606a; --line: #d0d7de;
  --ok: #1a7037; --warning: #8a5700; --critical: #b3141c; --unknown: #57606a;
  --ok-fill: #4aa564; --warning-fill: #d99a1c; --critical-fill: #c4222b; --unknown-fill: #8c959f;
  --maintenance-fill: #6f87c7; --link: #0b5cad;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1419; --raised: #192028; --ink: #e6edf3; --note: #a3adb8; --line: #38414b;
    --ok: #62d27f; --warning: #eab54d; --critical: #ff8a80; --unknown: #a3adb8;
    --ok-fill: #3f9a58; --warning-fill: #d99a1c; --critical-fill: #f0616a; --unknown-fill: #77818c;
    --maintenance-fill: #7f97d8; --link: #79b8ff;
  }
}
@media print {
  :root {
    color-scheme: light;
    --ground: #ffffff; --raised: #ffffff; --ink: #000000; --note: #333333; --line: #999999;
    --ok: #14582b; --warning: #6b4400; --critical: #8f0f16; --unknown: #333333; --link: #000000;
  }
  svg, .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  article, tr, figure { break-inside: avoid; }
  nav, .skip { display: none; }
}
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; margin: 0 auto;
  max-width: 76rem; padding: 1.25rem 1rem 3rem; background: var(--ground); color: var(--ink);
  overflow-wrap: break-word; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; display: inline; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
.note { color: var(--note); margin: .15rem 0; }
.badge { font-weight: 650; white-space: nowrap; }
.badge i { font-style: normal; display: inline-block; width: 1.3em; text-align: center; }
.ok { color: var(--ok); } .warning { color: var(--warning); }
.critical { color: var(--critical); } .unknown { color: var(--unknown); }
.verdict { border: 1px solid var(--line); border-left: .5rem solid var(--unknown-fill);
  background: var(--raised); border-radius: .4rem; padding: .75rem 1rem; margin: 1rem 0; }
.verdict h2 { margin: 0 0 .25rem; font-size: 1.3rem; }
.verdict p { margin: .2rem 0; }
.verdict.is-ok { border-left-color: var(--ok-fill); }
.verdict.is-warning { border-left-color: var(--warning-fill); }
.verdict.is-critical { border-left-color: var(--critical-fill); }
ul { margin: .25rem 0; padding-left: 1.25rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .45rem .8rem .45rem 0;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; overflow-wrap: break-word; } thead th { color: var(--note); }
td { overflow-wrap: anywhere; }
td.words { min-width: 11rem; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
article { border-top: 1px solid var(--line); padding: .9rem 0; }
article header { display: flex; flex-wrap: wrap; gap: .25rem .9rem; align-items: baseline; }
figure { margin: .5rem 0; } figcaption, .axis { color: var(--note); font-size: .85rem; }
.axis { display: flex; justify-content: space-between; gap: 1rem; }
svg.strip { display: block; width: 100%; height: 1.75rem; }
svg.chart { display: block; width: 100%; height: 5rem; border-bottom: 1px solid var(--line); }
svg.spark { display: block; width: 100%; height: 1.75rem; }
svg.bar { display: block; width: 100%; min-width: 6rem; height: .8rem; }
svg.sign { width: 1.6rem; height: 1rem; vertical-align: -.15rem; margin-right: .3rem; }
.c-ok { fill: var(--ok-fill); } .c-none { fill: var(--note); }
.c-maintenance { fill: var(--maintenance-fill); } .c-unknown { fill: var(--unknown-fill); }
.c-warning { fill: var(--warning-fill); } .c-critical { fill: var(--critical-fill); }
.l-p50, .l-p95, .l-p99 { fill: none; stroke: var(--ink); stroke-width: 2;
  vector-effect: non-scaling-stroke; }
.l-p50 { stroke: var(--note); stroke-dasharray: 6 4; } .l-p99 { stroke-dasharray: 1 4; }
.b-rest { fill: var(--line); } .b-used { fill: var(--maintenance-fill); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; padding: 0; margin: 1rem 0 0;
  list-style: none; font-size: .85rem; color: var(--note); }
details { margin: .4rem 0; } summary { cursor: pointer; }
@media screen and (max-width: 52rem) {
  table.stack thead { position: absolute; left: -99rem; }
  table.stack tr { display: block; border-bottom: 1px solid var(--line); padding: .7rem 0; }
  table.stack th, table.stack td { display: block; border: 0; padding: .1rem 0; min-width: 0; }
  table.stack td[data-label]::before { content: attr(data-label) ": "; color: var(--note); }
}
)";

}  // namespace

std::string status_badge(Status tone, std::string_view word) {
  static constexpr std::array<std::string_view, 4> kSigns{"\u2713", "\u25b2", "?", "\u25a0"};
  std::string_view sign = kSigns.at(static_cast<std::size_t>(tone));
  std::string name(name_of(tone));
  // An undecided state is not "no data", and info is not "ok".
  if (word == "in progress" || word == "pending") sign = "\u25cb";
  if (word == "info") {
    sign = "i";
    name = "unknown";
  }
  return "<span class=\"badge " + name + "\"><i aria-hidden=\"true\">" + std::string(sign) +
         "</i>" + escape_html(word) + "</span>";
}

std::string html_table(std::string_view attributes, std::initializer_list<std::string_view> columns,
                       const std::string& rows) {
  std::string out = "<table" + std::string(attributes) + "><thead><tr>";
  for (const std::string_view column : columns)
    out += "<th scope=\"col\">" + escape_html(column) + "</th>";
  return out + "</tr></thead><tbody>\n" + rows + "</tbody></table>";
}

std::string html_list(const std::vector<std::string>& sentences, std::string_view none) {
  std::string items;
  for (const std::string& text : sentences) items += "<li>" + escape_html(text) + "</li>\n";
  if (items.empty()) return "<p class=\"note\">" + escape_html(none) + "</p>\n";
  return "<ul>\n" + items + "</ul>\n";
}

std::string_view page_style() { return kStyle; }

}  // namespace holdfast
