// SPDX-License-Identifier: Apache-2.0
// Escapes for every format Holdfast writes by itself. Pure functions, any thread. The text may
// have any origin.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

/// For HTML and XML, between tags or in a quoted attribute; `printable`, at most 1,000 columns.
[[nodiscard]] std::string escape_html(std::string_view text);
/// For Markdown in GitHub's dialect and in chats: cannot end a table cell, open a tag or form a
/// link.
[[nodiscard]] std::string escape_markdown(std::string_view text);
/// A JSON string with its quotes. Does not repair invalid UTF-8.
[[nodiscard]] std::string quote_json(std::string_view text);
/// A logfmt value: bare if it is a plain word, else quoted as in JSON.
[[nodiscard]] std::string quote_logfmt(std::string_view text);
/// A label value in the Prometheus text format and in OpenMetrics.
[[nodiscard]] std::string escape_label(std::string_view text);
/// A HELP text in the Prometheus text format.
[[nodiscard]] std::string escape_help(std::string_view text);
/// `text` with each `what` replaced.
[[nodiscard]] std::string replace_all(std::string_view text, char what, std::string_view with);

}  // namespace holdfast
