// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/results.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "checks/support/text/columns.h"

namespace holdfast {
namespace {

WallTime start_of(const WindowConfig& window, const WindowSource& source, WallTime now) {
  const auto configured = configured_start(window);
  return configured ? *configured : source.first_seen(window.name, now);
}

// Enough digits to show every change.
std::string exact(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.10g", value);
  return text.data();
}

std::string render_limit(const Limit& limit) {
  const auto bound = [&](const std::optional<double>& value) {
    return value ? render_value(*value, limit.unit) : std::string("off");
  };
  return bound(limit.warning) + " / " + bound(limit.critical);
}

template <class Map, class Render>
std::string braced(const Map& map, const Render& render) {
  std::string out;
  for (const auto& [key, value] : map)
    out.append(out.empty() ? "" : ", ").append(key).append(": ").append(render(value));
  return "{" + out + "}";
}

// A text option may be a URL with a password in it, so texts are left out.
struct RenderOption {
  std::string operator()(bool value) const { return value ? "on" : "off"; }
  std::string operator()(double value) const { return exact(value); }
  std::string operator()(Duration value) const { return render_duration(value); }
  std::string operator()(const std::string&) const { return {}; }
  std::string operator()(const std::vector<std::string>& value) const {
    return "[" + join_words(value, ", ") + "]";
  }
  std::string operator()(const std::map<std::string, std::string>& value) const {
    return braced(value, [](const std::string& text) { return text; });
  }
  std::string operator()(const std::map<std::string, TextMap>& value) const {
    return braced(value, *this);
  }
  std::string operator()(const Limit& value) const { return render_limit(value); }
};

std::string render_check(const CheckConfig& check) {
  std::vector<std::string> words{"interval " + render_duration(check.interval),
                                 "confirm " + std::to_string(check.confirm)};
  for (const auto& [name, value] : check.options.entries())
    if (const std::string text = std::visit(RenderOption{}, value); !text.empty())
      words.emplace_back(name).append(" ").append(text);
  return join_words(words, ", ");
}

std::string render_window(const WindowConfig& window) {
  const Criteria& criteria = window.go_when;
  std::vector<std::string> words{"length " + render_duration(window.length),
                                 "coverage " + exact(criteria.coverage * 100) + " %",
                                 "critical " + render_duration(criteria.critical)};
  if (criteria.warning) words.push_back("warning " + render_duration(*criteria.warning));
  if (criteria.latency) words.push_back("latency " + render_duration(*criteria.latency));
  for (const auto& [check, limit] : criteria.latency_of)
    words.push_back("latency of " + check + " " + render_duration(limit));
  if (criteria.ratio) words.push_back("ratios " + exact(*criteria.ratio * 100) + " %");
  for (const auto& [name, least] : criteria.ratio_of)
    words.push_back("ratio " + name + " " + exact(least * 100) + " %");
  if (!criteria.require.empty()) words.push_back("require " + join_words(criteria.require));
  words.push_back("checks " + join_words(window.checks));
  if (window.on_no_go != "stop") words.push_back("on_no_go " + window.on_no_go);
  return join_words(words, ", ");
}

}  // namespace

Result<std::vector<WindowResult>> make_window_results(const Config& config,
                                                      const WindowSource& source, WallTime now) {
  const NeedsUse needs_use = needs_use_of(config);
  std::vector<WindowResult> out;
  for (const WindowConfig& window : config.windows) {
    const WallTime start = start_of(window, source, now);
    auto evidence = source.evidence(evidence_range(window, start, now), window.checks);
    if (!evidence) return std::move(evidence).error();
    out.push_back(judge_window(window, start, *evidence, now, needs_use));
  }
  return out;
}

NeedsUse needs_use_of(const Config& config, KindLookup kinds) {
  return [&config, kinds](const std::string& name, const Span& day) {
    const auto check = std::ranges::find(config.checks, name, &CheckConfig::name);
    const Kind* kind = check == config.checks.end() ? nullptr : kinds(check->kind);
    return kind == nullptr || kind->must_show_use == nullptr ||
           kind->must_show_use(*check, day.begin, day.end);
  };
}

std::optional<WallTime> needed_since(const Config& config, const WindowSource& source,
                                     WallTime now) {
  std::optional<WallTime> out;
  for (const WindowConfig& window : config.windows) {
    const WallTime start = start_of(window, source, now);
    if (window.on_no_go == "stop" && start + window.length < now) continue;
    if (!out || start < *out) out = start;
  }
  return out;
}

std::map<std::string, std::string> render_limits(const Config& config) {
  std::map<std::string, std::string> out;
  for (const CheckConfig& check : config.checks) out["check " + check.name] = render_check(check);
  for (const WindowConfig& window : config.windows)
    out["window " + window.name] = render_window(window);
  return out;
}

}  // namespace holdfast
