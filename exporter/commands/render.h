// SPDX-License-Identifier: Apache-2.0
// Looks as text for people, Markdown, JSON and Nagios. All foreign text is escaped and bounded
// here. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "exporter/commands/check_run.h"

namespace holdfast {

enum class OutputFormat : std::uint8_t { text, json, markdown, nagios };

/// The table of `holdfast check`: STATUS NAME KIND TOOK, and below each what was found.
/// `notes` are of the configuration as a whole.
[[nodiscard]] std::string render_text(const std::vector<CheckRun>& runs,
                                      const std::vector<std::string>& notes, bool colours);
[[nodiscard]] std::string render_markdown(const std::vector<CheckRun>& runs,
                                          const std::vector<std::string>& notes);
[[nodiscard]] std::string render_json(const std::vector<CheckRun>& runs,
                                      const std::vector<std::string>& notes);
/// One line with performance data, then one line a finding, as Nagios' plugins do.
[[nodiscard]] std::string render_nagios(const std::vector<CheckRun>& runs);
/// One run step by step, then what was measured, then what was found.
[[nodiscard]] std::string render_explanation(const CheckRun& run, bool colours);

/// "5 checks: 3 ok, 1 warning, 1 critical".
[[nodiscard]] std::string summary_of(const std::vector<CheckRun>& runs);
/// What was found, one sentence each, worst first: "critical: 7 clients wait for a connection".
struct Sentence {
  Status status = Status::ok;  ///< For the colour; ok for notes and info.
  std::string text;
};
[[nodiscard]] std::vector<Sentence> sentences_of(const CheckRun& run);
/// `text` in the colour of the status, or as it is.
[[nodiscard]] std::string coloured(const std::string& text, Status status, bool colours);

}  // namespace holdfast
