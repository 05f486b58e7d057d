// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/config/fake_kinds.h"

#include <array>
#include <fstream>
#include <sstream>

#include "tests/unit/source_dir.h"

namespace holdfast::testing {
namespace {

class Idle : public Check {
 public:
  Reading run(Run&) override { return {}; }
};

std::unique_ptr<Check> make_idle(const CheckConfig&, std::vector<OptionError>&) {
  return std::make_unique<Idle>();
}

std::unique_ptr<Check> make_pool(const CheckConfig& config, std::vector<OptionError>& errors) {
  if (config.options.get<std::string>("source") == "http" && !config.options.has("url"))
    errors.push_back({"source", "needs a url when the source is http"});
  if (config.options.get<std::string>("source") != "http" && config.database.name.empty())
    errors.push_back({"", "needs a database when the source is no http"});
  return errors.empty() ? std::make_unique<Idle>() : nullptr;
}

OptionSpec limit(std::string_view name, Unit unit, std::string_view fallback = {},
                 Limit::Side side = Limit::Side::upper) {
  return {
      .name = name, .target = OptionType::limit, .fallback = fallback, .unit = unit, .side = side};
}

OptionSpec option(std::string_view name, OptionType type, std::string_view fallback = {},
                  std::string_view choices = {}) {
  return {.name = name, .target = type, .fallback = fallback, .choices = choices};
}

const OptionSpec kDatabase{.name = "database", .target = OptionType::database, .required = true};

const Kind& postgres() {
  static const Kind kind{
      .name = "postgres",
      .options = {kDatabase, limit("latency", Unit::seconds, "{warning: 100ms, critical: 500ms}"),
                  limit("connect", Unit::seconds, "{warning: 1s, critical: 3s}"),
                  limit("certificate", Unit::seconds, "{warning: 14d, critical: 3d}",
                        Limit::Side::lower)},
      .discover = {.option = "database"},
      .make = make_idle};
  return kind;
}

const Kind& pool() {
  static const Kind kind{
      .name = "pool",
      .options = {option("source", OptionType::choice, "postgres", "postgres|pgbouncer|http"),
                  option("database", OptionType::database), option("budget", OptionType::count),
                  option("url", OptionType::text),
                  limit("waiting", Unit::count, "{warning: 0, critical: 5}")},
      .discover = {.option = "database"},
      .make = make_pool};
  return kind;
}

const Kind& whatsapp() {
  static const Kind kind{
      .name = "whatsapp",
      .options = {kDatabase, option("layout", OptionType::choice, "", "ai-admin|prefixed"),
                  option("auth_records", OptionType::count), limit("expired", Unit::count),
                  limit("drop", Unit::ratio)},
      .make = make_idle};
  return kind;
}

const Kind& pm2() {
  static const Kind kind{
      .name = "pm2",
      .options = {option("home", OptionType::text), option("expect", OptionType::list),
                  option("scheduled", OptionType::list, "[]"),
                  limit("restarts_per_hour", Unit::count)},
      .discover = {.option = "home", .variable = "PM2_HOME", .below_home = ".pm2"},
      .make = make_idle};
  return kind;
}

const Kind& usage() {
  static const Kind kind{
      .name = "usage",
      .options = {kDatabase, option("role", OptionType::choice, "active", "active|retired"),
                  option("tables", OptionType::maps, "", "min_writes"),
                  option("active", OptionType::map, "", "hours|days"),
                  option("allow_applications", OptionType::list),
                  option("gone_after", OptionType::duration)},
      .make = make_idle};
  return kind;
}

const Kind& files() {
  static const Kind kind{.name = "files",
                         .options = {option("path", OptionType::text), limit("age", Unit::seconds),
                                     limit("size", Unit::bytes, {}, Limit::Side::lower)},
                         .make = make_idle};
  return kind;
}

const Kind& odd() {
  static const Kind kind{
      .name = "odd",
      .options = {option("flag", OptionType::flag), option("count", OptionType::count),
                  option("duration", OptionType::duration), limit("number", Unit::none),
                  limit("size", Unit::bytes), limit("ratio", Unit::ratio),
                  option("text", OptionType::text), option("list", OptionType::list),
                  option("map", OptionType::map),
                  option("columns", OptionType::map, "", "session|key_type|value"),
                  limit("bytes", Unit::bytes), limit("share", Unit::ratio)},
      .make = make_idle};
  return kind;
}

}  // namespace

Kinds fake_kinds() {
  static const std::array<const Kind*, 7> kinds{&postgres(), &pool(),  &whatsapp(), &pm2(),
                                                &usage(),    &files(), &odd()};
  return kinds;
}

Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

std::string read_source_file(const std::string& path) {
  std::ifstream file(holdfast::test::source_dir() + "/" + path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

std::string errors_of(const std::string& text, const std::string& file,
                      const std::map<std::string, std::string>& variables) {
  std::string out;
  const ConfigOutcome outcome = parse_config(text, file, environment_of(variables), fake_kinds());
  for (const ConfigError& error : outcome.errors) out += render_config_error(error) + "\n";
  return out;
}

}  // namespace holdfast::testing
