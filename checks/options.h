// SPDX-License-Identifier: Apache-2.0
// The options of a kind as a table, and the validated values of one check. The table is the only
// source: the config reader validates against it, `describe` prints it, and `bind_options` fills
// the kind's settings struct from it. Plain values.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <variant>
#include <vector>

#include "checks/base/database.h"
#include "checks/base/limits.h"

namespace holdfast {

using TextMap = std::map<std::string, std::string>;

/// `count` is a whole number; `choice` one word of `choices`; `list` a list of texts; `map` text to
/// text; `maps` any name to a map with the keys of `choices`; `database` the name of an entry of
/// `databases`; `limit` is {warning, critical} in the unit and on the side given.
enum class OptionType : std::uint8_t {
  flag,
  count,
  duration,
  text,
  choice,
  list,
  map,
  maps,
  database,
  limit
};

struct CheckConfig;
struct OptionSpec;

/// Where the value of an option goes: to a member of the kind's settings struct, whose type decides
/// the type of the option, or nowhere by itself (only a type is given; the kind reads `Options`).
///   bool: flag         double, optional<double>: count    Duration: duration    Limit: limit
///   string: text       vector<string>: list               Database: database
///   enum: choice, the enumerators in the order of `choices`
///   TextMap: map, whose entries replace those that the member is initialized with
struct OptionTarget {
  OptionTarget(OptionType t) : type(t) {}  // NOLINT(google-explicit-constructor)
  template <class Settings, class T>
  OptionTarget(T Settings::*member);  // NOLINT(google-explicit-constructor)

  OptionType type;
  const std::type_info* settings = nullptr;  ///< The struct that `fill` may be given.
  std::function<void(void* settings, const OptionSpec&, const CheckConfig&)> fill;
};

struct OptionSpec {
  std::string_view name;
  OptionTarget target = OptionType::text;
  std::string_view help;
  /// The default as YAML, parsed like the config; empty: none.
  std::string_view fallback{};
  bool required = false;
  std::string_view choices{};  ///< For `choice`: "postgres|pgbouncer|http". For `map`: its keys;
                               ///< for `maps` the inner ones.
  Unit unit = Unit::none;      ///< For `limit`.
  Limit::Side side = Limit::Side::upper;
  /// For `limit`: the limited metric without its prefix, for lines in panels; empty: none.
  std::string_view limits{};

  [[nodiscard]] OptionType type() const { return target.type; }
};

using OptionValue = std::variant<bool, double, Duration, std::string, std::vector<std::string>,
                                 TextMap, std::map<std::string, TextMap>, Limit>;

/// Validated values by option name. An option without value and default is absent.
class Options {
 public:
  void set(std::string name, OptionValue value) {
    values_.insert_or_assign(std::move(name), std::move(value));
  }
  [[nodiscard]] bool has(std::string_view name) const { return values_.contains(name); }
  /// The value, or T{} when absent. `choice` and `database` are texts, `count` is a double. A value
  /// of another type is a programming error (std::bad_variant_access).
  template <class T>
  [[nodiscard]] T get(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? T{} : std::get<T>(found->second);
  }
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

/// An error in one option; the config reader adds its place in the file.
struct OptionError {
  std::string option;  ///< Path below the check: "columns.session"; empty: the check itself.
  std::string text;    ///< "needs a url when source is http"
};

/// A settings struct with every member filled that a row of the table names. An option that is
/// absent leaves its member as the struct initializes it. A row that names a member of another
/// struct, or a choice without its enumerator, is a programming error (std::logic_error).
template <class Settings>
[[nodiscard]] Settings bind_options(std::span<const OptionSpec> table, const CheckConfig& config) {
  Settings settings;
  for (const OptionSpec& spec : table) {
    if (!spec.target.fill) continue;
    if (*spec.target.settings != typeid(Settings))
      throw std::logic_error("an option names a member of another settings struct");
    spec.target.fill(&settings, spec, config);
  }
  return settings;
}

/// The words of "postgres|pgbouncer|http".
[[nodiscard]] std::vector<std::string> split_choices(std::string_view choices);
/// The position of `word` in `choices`.
[[nodiscard]] std::size_t choice_index(std::string_view choices, std::string_view word);

constexpr OptionType option_type(const bool*) { return OptionType::flag; }
constexpr OptionType option_type(const double*) { return OptionType::count; }
constexpr OptionType option_type(const std::optional<double>*) { return OptionType::count; }
constexpr OptionType option_type(const Duration*) { return OptionType::duration; }
constexpr OptionType option_type(const std::string*) { return OptionType::text; }
constexpr OptionType option_type(const std::vector<std::string>*) { return OptionType::list; }
constexpr OptionType option_type(const TextMap*) { return OptionType::map; }
constexpr OptionType option_type(const Database*) { return OptionType::database; }
constexpr OptionType option_type(const Limit*) { return OptionType::limit; }
template <class T>
requires std::is_enum_v<T>
constexpr OptionType option_type(const T*) { return OptionType::choice; }

template <class Settings, class T>
OptionTarget::OptionTarget(T Settings::*member)
    : type(option_type(static_cast<const T*>(nullptr))),
      settings(&typeid(Settings)),
      fill([member](void* filled, const OptionSpec& spec, const CheckConfig& config) {
        T& out = static_cast<Settings*>(filled)->*member;
        if constexpr (std::is_same_v<T, Database>)
          out = config.database;
        else if (!config.options.has(spec.name))
          return;
        else if constexpr (std::is_enum_v<T>)
          out = static_cast<T>(
              choice_index(spec.choices, config.options.get<std::string>(spec.name)));
        else if constexpr (std::is_same_v<T, std::optional<double>>)
          out = config.options.get<double>(spec.name);
        else if constexpr (std::is_same_v<T, TextMap>)
          for (auto& [key, text] : config.options.get<TextMap>(spec.name)) out[key] = text;
        else
          out = config.options.get<T>(spec.name);
      }) {}

}  // namespace holdfast
