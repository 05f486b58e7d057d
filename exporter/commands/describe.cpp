// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/describe.h"

#include <algorithm>
#include <array>

#include "checks/support/text/columns.h"
#include "checks/support/text/escape.h"
#include "exporter/commands/commands.h"
#include "exporter/commands/reference_tables.h"
#include "exporter/config/words.h"
#include "exporter/metrics/own_metrics.h"

namespace holdfast {
namespace {

// A cell of a table: a bar would end it.
std::string cell(std::string_view text) { return replace_all(text, '|', "\\|"); }
std::string code(std::string_view text) {
  return text.empty() ? std::string() : "`" + cell(text) + "`";
}

/// A help text as a sentence.
std::string sentence(std::string_view text) {
  std::string out = cell(text);
  if (out.empty()) return out;
  if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out.ends_with('.') ? out : out + ".";
}

std::string unit_word(Unit unit) {
  switch (unit) {
    case Unit::seconds:
      return "durations";
    case Unit::bytes:
      return "sizes";
    case Unit::ratio:
      return "ratios";
    case Unit::count:
      return "counts";
    case Unit::none:
      break;
  }
  return "numbers";
}

std::string labels_of(const MetricSpec& spec) {
  std::string out;
  for (const std::string_view label : spec.labels)
    out += (out.empty() ? "" : ", ") + std::string(label);
  return out;
}

std::string row(std::initializer_list<std::string> cells) {
  std::string out = "|";
  for (const std::string& text : cells) out += " " + text + (text.empty() ? "|" : " |");
  return out + "\n";
}

std::string header(std::initializer_list<std::string> cells) {
  std::string out = row(cells) + "|";
  for (std::size_t i = 0; i < cells.size(); ++i) out += " --- |";
  return out + "\n";
}

std::string describe_section(const SettingSection& section) {
  std::string out =
      std::string(section.intro) + "\n" + header({"setting", "default", "description"});
  for (const Setting& setting : section.settings)
    out += row({code(setting.name), cell(setting.fallback), sentence(setting.help)});
  return out + "\n";
}

std::string kind_options(const Kind& kind) {
  std::string out = header({"option", "type", "default", "description"});
  for (const OptionSpec& spec : kind.options)
    out += row({code(spec.name), cell(type_of(spec)),
                spec.required ? "required" : code(spec.fallback), sentence(spec.help)});
  return out + "\n";
}

std::string kind_findings(const Kind& kind) {
  std::string out = header({"finding", "description"});
  for (const FindingSpec& spec : kind.findings)
    out +=
        row({code(spec.code), sentence(spec.help) + (spec.is_fact ? " Confirmed at once." : "")});
  out += "\nIf a run fails, the finding is `" + std::string(kind.name) +
         "_<reason>`; the reasons are: ";
  std::vector<std::string> reasons;
  for (const Reason reason : kind.reasons)
    reasons.push_back("`" + std::string(name_of(reason)) + "`");
  return out + join_words(reasons) + ".\n\n";
}

std::string describe_metrics(std::span<const MetricSpec> metrics, const std::string& prefix) {
  std::string out = header({"metric", "type", "labels", "description"});
  for (const MetricSpec& spec : metrics)
    out += row({code(prefix + std::string(spec.name)), type_of(spec), code(labels_of(spec)),
                sentence(spec.help)});
  return out;
}

std::string describe_kind(const Kind& kind) {
  std::string out = "### " + std::string(kind.name) + "\n\n" + std::string(kind.summary) + "\n\n";
  return out + kind_options(kind) + kind_findings(kind) +
         describe_metrics(kind.metrics, "holdfast_") + "\n";
}

std::string describe_reasons() {
  std::string out = header({"reason", "status", "the target …"});
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    out += row({code(name_of(reason)), std::string(name_of(status_of(reason))),
                cell(sentence_of(reason))});
  }
  return out;
}

}  // namespace

std::string type_of(const OptionSpec& spec) {
  const std::string choices = replace_all(spec.choices, '|', ", ");
  switch (spec.type()) {
    case OptionType::flag:
      return "true or false";
    case OptionType::count:
      return "count";
    case OptionType::duration:
      return "duration";
    case OptionType::text:
      return "text";
    case OptionType::choice:
      return "one of " + choices;
    case OptionType::list:
      return "list";
    case OptionType::map:
      return choices.empty() ? "map" : "map of " + choices;
    case OptionType::maps:
      return "map of names to maps of " + choices;
    case OptionType::database:
      return "name of a database";
    case OptionType::limit:
      break;
  }
  return std::string(spec.side == Limit::Side::upper ? "upper" : "lower") + " limit, " +
         unit_word(spec.unit);
}

std::string type_of(const MetricSpec& spec) {
  switch (spec.type) {
    case MetricType::counter:
      return "counter";
    case MetricType::histogram:
      return "histogram";
    case MetricType::gauge:
      break;
  }
  return "gauge";
}

std::string describe_text(std::span<const Kind* const> kinds) {
  std::string out;
  for (const Kind* kind : kinds) {
    out += std::string(kind->name) + ": " + std::string(kind->summary) + "\n";
    std::size_t width = 0;
    for (const OptionSpec& spec : kind->options) width = std::max(width, spec.name.size());
    for (const OptionSpec& spec : kind->options) {
      out += "  " + pad_right(std::string(spec.name), width + 2) + std::string(spec.help) + " (" +
             type_of(spec);
      if (spec.required) out += ", required";
      if (!spec.fallback.empty()) out += ", default " + std::string(spec.fallback);
      out += ")\n";
    }
    std::vector<std::string_view> codes;
    for (const FindingSpec& spec : kind->findings) codes.push_back(spec.code);
    if (!codes.empty()) out += "  findings: " + join_words(codes) + "\n";
    out += "  " + render_count(static_cast<double>(kind->metrics.size()), "metric") + ", " +
           render_count(static_cast<double>(kind->reasons.size()), "reason") + " for failures\n\n";
  }
  return out + "`holdfast describe --format markdown` prints the full reference.\n";
}

std::string describe_markdown(std::span<const Kind* const> kinds) {
  std::string out =
      "# Reference\n\n"
      "Generated by `holdfast describe --format markdown`; do not edit.\n\n";
  out += std::string(kValuesText) + "\n";
  for (const SettingSection& section : setting_sections()) out += describe_section(section);
  out += "## Kinds\n\n";
  for (const Kind* kind : kinds) out += describe_kind(*kind);
  out +=
      "## Metrics of every check and of Holdfast itself\n\n" + describe_metrics(own_metrics(), "");
  out += kHistoryText;
  out +=
      "\n## Reasons\n\nWhy a run can fail, and the status that follows. `critical`: the target "
      "fails. `unknown`: Holdfast cannot tell.\n\n";
  return out + describe_reasons();
}

int run_describe(const std::vector<std::string>& names, const std::string& format,
                 Terminal& terminal) {
  std::vector<std::string> known;
  for (const Kind* kind : all_kinds()) known.emplace_back(kind->name);
  std::vector<const Kind*> kinds;
  for (const std::string& name : names) {
    kinds.push_back(find_kind(name));
    if (kinds.back() != nullptr) continue;
    terminal.err << "holdfast: unknown kind \"" << printable(name, 64) << "\""
                 << suggest(name, known) << "\n";
    return kExitMisuse;
  }
  if (names.empty()) kinds.assign(all_kinds().begin(), all_kinds().end());
  std::string part;
  if (!names.empty())
    for (const Kind* kind : kinds) part += describe_kind(*kind);
  terminal.out << (format == "json"   ? describe_json(kinds)
                   : format == "text" ? describe_text(kinds)
                   : names.empty()    ? describe_markdown(kinds)
                                      : part)
               << std::flush;
  return kExitOk;
}

}  // namespace holdfast
