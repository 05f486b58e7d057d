// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/gather.h"

#include <algorithm>

namespace holdfast {
namespace {

constexpr Duration kDay = std::chrono::hours(24);

std::vector<std::string> names_of(const Config& config) {
  std::vector<std::string> out;
  for (const CheckConfig& check : config.checks) out.push_back(check.name);
  return out;
}

void add_labels(Measured& out, const MetricSpec& spec, const std::vector<std::string>& labels) {
  for (std::size_t i = 0; i < labels.size() && i < spec.labels.size(); ++i)
    out.labels.emplace_back(spec.labels[i], labels[i]);
}

template <class Items>
CheckNow make_now(const std::string& check, const std::vector<Finding>& findings,
                  const Items& items) {
  CheckNow out{.check = check, .findings = findings};
  for (const auto& item : items) {
    if (item.spec == nullptr || item.spec->type == MetricType::histogram) continue;
    Measured number{.metric = std::string(item.spec->name), .value = item.value};
    add_labels(number, *item.spec, item.labels);
    out.measured.push_back(std::move(number));
  }
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

CheckNow check_now(const CheckRun& run) {
  return make_now(run.config.name, run.outcome.reading.findings, run.outcome.reading.samples);
}

CheckNow check_now(const CheckPage& page) {
  return make_now(page.config.name, page.view.findings, page.series);
}

}  // namespace holdfast
