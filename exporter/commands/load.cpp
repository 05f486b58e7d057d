// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/load.h"

#include <unistd.h>

#include <algorithm>

#include "checks/support/http/post.h"
#include "checks/support/text/columns.h"
#include "exporter/config/words.h"

namespace holdfast {

std::string config_file_to_use(const std::string& named) {
  if (!named.empty()) return named;
  return ::access(kDefaultConfigFile, F_OK) == 0 ? kDefaultConfigFile : "";
}

ConfigOutcome read_any_config(const std::string& file, const Environment& environment) {
  return file.empty() ? config_from_environment(environment) : read_config(file, environment);
}

std::optional<Config> load_config(const std::string& file, const Environment& environment,
                                  Terminal& terminal) {
  ConfigOutcome outcome = read_any_config(file, environment);
  for (const ConfigError& error : outcome.errors)
    terminal.err << render_config_error(error) << "\n";
  return std::move(outcome.config);
}

std::optional<std::vector<CheckConfig>> choose_checks(const Config& config,
                                                      const std::vector<std::string>& names,
                                                      Terminal& terminal) {
  std::vector<std::string> known;
  for (const CheckConfig& check : config.checks) known.push_back(check.name);
  bool is_valid = true;
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    is_valid = false;
    terminal.err << "unknown check \"" << printable(name, 64) << "\"" << suggest(name, known)
                 << "\n";
  }
  if (!is_valid) return std::nullopt;
  std::vector<CheckConfig> out;
  for (const CheckConfig& check : config.checks)
    if (names.empty() || std::ranges::find(names, check.name) != names.end()) out.push_back(check);
  return out;
}

std::vector<std::string> unreadable_secrets(const Config& config) {
  std::vector<std::string> out;
  if (config.heartbeat) {
    const Result<std::string> url = config.heartbeat->url.read();
    std::string fault;
    if (!url)
      out.push_back("cannot read the URL of the heartbeat: " + printable(url.error().text, 500));
    else if (!parse_post_url(*url, fault))
      out.push_back("the URL of the heartbeat " + fault);
  }
  for (const auto& [name, database] : config.databases) {
    if (!database.password.is_set()) continue;
    const Result<std::string> secret = database.password.read();
    if (!secret)
      out.push_back("cannot read the password of database " + name + ": " +
                    printable(secret.error().text, 500));
  }
  for (const ReportConfig& report : config.reports)
    for (const ReportTarget& target : report.to)
      for (const Secret* secret : {&target.url, &target.token})
        if (const auto read = secret->read(); !read)
          out.push_back("cannot read a secret of a report: " + printable(read.error().text, 500));
  return out;
}

}  // namespace holdfast
