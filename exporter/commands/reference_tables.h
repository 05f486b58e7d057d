// SPDX-License-Identifier: Apache-2.0
// What the reference says beyond the kinds: the settings of a file and the metrics every check
// has. Constant tables.
#pragma once

#include <span>
#include <string_view>

namespace holdfast {

struct Setting {
  std::string_view name;
  std::string_view fallback;  ///< As Markdown.
  std::string_view help;
};
[[nodiscard]] std::span<const Setting> file_settings();
[[nodiscard]] std::span<const Setting> database_settings();
[[nodiscard]] std::span<const Setting> check_settings();
[[nodiscard]] std::span<const Setting> window_settings();
[[nodiscard]] std::span<const Setting> report_settings();

struct CommonMetric {
  std::string_view name;
  std::string_view labels;
  std::string_view help;
};
[[nodiscard]] std::span<const CommonMetric> common_metrics();

/// How values are written, as Markdown.
inline constexpr std::string_view kValuesText =
    "## Values\n\n"
    "| value | written as |\n"
    "| --- | --- |\n"
    "| duration | `250ms`, `15s`, `5m`, `1h30m`, `7d`; never without a unit |\n"
    "| size | `512MiB`, `10GB`, or bytes |\n"
    "| ratio | `80%` or `0.8` |\n"
    "| rate | `5` or `5/h`, `2/m`, `100/d`: events an hour |\n"
    "| limit | `{warning: 100ms, critical: 500ms}`; a bound left out keeps its default, "
    "`off` removes it |\n"
    "| instant | `2025-11-06T16:56:00+03:00`, always with its offset |\n\n"
    "An upper limit is crossed by more than it, a lower one by less. `${VAR}` and "
    "`${VAR:-default}` are put into values after\nparsing; `$${` stands for a plain `${`. Names "
    "are made of `a-z 0-9 _ -`, at most 64 of them. A file has at most 1 MiB;\naliases and tags "
    "are not taken.\n";

/// What can stand against the history itself, as Markdown.
inline constexpr std::string_view kHistoryText =
    "\n## Findings of the history\n\nThey belong to no check: the status page, "
    "`/api/v1/status` (`history_findings`) and every report open\nwith them. All are warnings.\n\n"
    "| finding | what |\n"
    "| --- | --- |\n"
    "| `history_not_kept` | The file cannot be used or written (disk full, read-only, of a newer "
    "Holdfast): what is seen meanwhile may be missing in windows. |\n"
    "| `history_set_aside` | A damaged file was set aside, and this one begun: what only it knew "
    "is lost to windows and reports. |\n"
    "| `history_silent` | Nothing was written for two minutes: the daemon does not run, or it "
    "cannot write. |\n";

}  // namespace holdfast
