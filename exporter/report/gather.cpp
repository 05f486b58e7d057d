// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/gather.h"

#include <algorithm>

#include "exporter/window/check_timeline.h"

namespace holdfast {
namespace {

std::vector<std::string> names_of(const Config& config) {
  std::vector<std::string> out;
  for (const CheckConfig& check : config.checks) out.push_back(check.name);
  return out;
}

}  // namespace

Result<ReportSource> gather_report(const WindowSource& history, const Config& config,
                                   const std::string& window, WallTime now) {
  auto windows = make_window_results(config, history, now);
  if (!windows) return windows.error();
  Span range{now - 2 * kDay, now};
  for (const WindowResult& result : *windows)
    if (result.name == window) range.begin = std::min(range.begin, result.span.begin - kDay);
  auto evidence = history.evidence(range, names_of(config));
  if (!evidence) return evidence.error();
  ReportSource out{.evidence = std::move(*evidence), .windows = std::move(*windows)};
  out.now = now;
  out.zone = config.timezone;
  return out;
}

CheckNow check_now(const CheckPage& page) {
  CheckNow out{.check = page.config.name, .kind = page.kind, .findings = page.view.findings};
  for (const Series& series : page.series)
    out.samples.push_back({.spec = series.spec, .labels = series.labels, .value = series.value});
  return out;
}

}  // namespace holdfast
