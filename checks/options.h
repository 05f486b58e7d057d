// SPDX-License-Identifier: Apache-2.0
// What a kind can be told, as a table, and the checked values of one check. The table is the only
// source: the config reader validates against it, `describe` prints it. Plain values.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "checks/base/database.h"
#include "checks/base/limits.h"

namespace holdfast {

/// `list` is a list of texts; `map` one level of text to text; `maps` two: whatever name to the
/// keys of `choices` to text; `database` names an entry of `databases`; `limit` is {warning,
/// critical, for} in the unit and on the side given.
enum class OptionType : std::uint8_t {
  flag,
  count,
  number,
  duration,
  size,
  ratio,
  text,
  choice,
  list,
  map,
  maps,
  database,
  limit
};

struct OptionSpec {
  std::string_view name;
  OptionType type = OptionType::text;
  std::string_view help;
  /// YAML text of the default, read by the same reader as the config; empty: none.
  std::string_view fallback{};
  bool required = false;
  std::string_view choices{};  ///< For `choice`: "postgres|pgbouncer|http". For `map`: its keys;
                               ///< for `maps` the inner ones.
  Unit unit = Unit::none;      ///< For `limit`.
  Limit::Side side = Limit::Side::upper;
  /// For `limit`: the metric it limits, without the prefix, for lines in panels; empty: none.
  std::string_view limits{};
};

using TextMap = std::map<std::string, std::string>;
using OptionValue = std::variant<bool, double, Duration, std::string, std::vector<std::string>,
                                 TextMap, std::map<std::string, TextMap>, Limit>;

/// Checked values by option name. An option without value and default is absent.
class Options {
 public:
  void set(std::string name, OptionValue value);
  [[nodiscard]] bool has(std::string_view name) const;
  /// Each getter: the value, or the type's zero when absent; a value of another type is a
  /// programmer's error (std::logic_error).
  [[nodiscard]] bool flag(std::string_view name) const;
  [[nodiscard]] double number(std::string_view name) const;  ///< count, number, size, ratio
  [[nodiscard]] Duration duration(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name) const;  ///< text, choice, database
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const;
  [[nodiscard]] std::map<std::string, std::string> map(std::string_view name) const;
  [[nodiscard]] std::map<std::string, TextMap> maps(std::string_view name) const;
  [[nodiscard]] Limit limit(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, OptionValue, std::less<>>& entries() const {
    return values_;
  }
  bool operator==(const Options&) const = default;

 private:
  std::map<std::string, OptionValue, std::less<>> values_;
};

/// One check as configured and validated.
struct CheckConfig {
  std::string name;
  std::string kind;
  Duration interval = std::chrono::seconds(15);
  Duration timeout = std::chrono::seconds(5);
  Duration retry_interval = std::chrono::seconds(5);
  int confirm = 3;
  Options options;
  std::string
      timezone;       ///< An IANA name; empty: the system's. For hours (checks/base/local_time.h).
  Database database;  ///< The one named by the option `database`; empty name: none.
  bool operator==(const CheckConfig&) const = default;
};

/// What is wrong with one option, for the config reader to place in the file.
struct OptionFault {
  std::string option;  ///< Path below the check: "columns.session"; empty: the check itself.
  std::string text;    ///< "needs a url when source is http"
};

}  // namespace holdfast
