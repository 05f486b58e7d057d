// SPDX-License-Identifier: Apache-2.0
// Check runs as text, Markdown, JSON and Nagios output. All external text is escaped and bounded
// here. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "exporter/commands/check_run.h"

namespace holdfast {

/// The table of `holdfast check`: STATUS NAME KIND TIME, with the findings below each check.
/// `notes` are about the configuration.
[[nodiscard]] std::string render_text(const std::vector<CheckRun>& runs,
                                      const std::vector<std::string>& notes, bool colours);
[[nodiscard]] std::string render_markdown(const std::vector<CheckRun>& runs,
                                          const std::vector<std::string>& notes);
[[nodiscard]] std::string render_json(const std::vector<CheckRun>& runs,
                                      const std::vector<std::string>& notes);
/// One line with performance data, then one line a finding, as Nagios' plugins do.
[[nodiscard]] std::string render_nagios(const std::vector<CheckRun>& runs);
/// One run: its steps, its samples and its findings.
[[nodiscard]] std::string render_explanation(const CheckRun& run, bool colours);

/// "1 critical, 1 warning, 3 ok".
[[nodiscard]] std::string summary_of(const std::vector<CheckRun>& runs);
/// A finding or note: "critical: 7 clients wait for a connection".
struct Sentence {
  Status status = Status::ok;  ///< For the colour; ok for notes and info.
  std::string text;
};
/// The failure, findings and notes of a run, worst first.
[[nodiscard]] std::vector<Sentence> sentences_of(const CheckRun& run);

}  // namespace holdfast
