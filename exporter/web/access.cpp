// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/access.h"

#include <sys/stat.h>

#include "exporter/config/map_reader.h"
#include "exporter/log/log.h"

namespace holdfast {
namespace {

/// How soon a change is noticed.
constexpr auto kCheckInterval = std::chrono::seconds(1);

/// A file that is being written changes between two attempts.
constexpr int kMaxAttempts = 3;

PageResponse refusal_page(BasicAuth::Verdict verdict) {
  const bool is_busy = verdict == BasicAuth::Verdict::busy;
  auto page = is_busy ? text_page(503,
                                  "Too many authentication attempts are in progress; retry "
                                  "shortly.")
                      : text_page(401, "Authentication required.");
  if (is_busy)
    page.headers.emplace_back("Retry-After", "1");
  else
    page.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Holdfast\", charset=\"UTF-8\"");
  return page;
}

/// What changes when a file is written or replaced, also by a link to another one.
std::string stamp_of(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return "-;";
  return std::to_string(facts.st_ino) + ',' + std::to_string(facts.st_size) + ',' +
         std::to_string(facts.st_mtim.tv_sec) + ',' + std::to_string(facts.st_mtim.tv_nsec) + ';';
}

std::vector<std::string> files_of(const std::string& path, const WebConfig& config) {
  std::vector<std::string> files{path};
  if (config.tls) {
    for (const auto* file : {&config.tls->cert, &config.tls->key, &config.tls->client_ca}) {
      files.push_back(file->path);
    }
  }
  return files;
}

}  // namespace

Access::Loaded Access::load(const std::string& path) {
  auto read = read_web_config(path);
  if (!read.config) return {nullptr, std::move(read.errors)};
  auto rules = std::make_shared<Rules>();
  rules->config = std::move(*read.config);
  if (rules->config.tls) {
    ConfigErrors errors(path);
    rules->tls = make_tls_context(*rules->config.tls, errors);
    if (!rules->tls) return {nullptr, errors.take()};
  }
  if (!rules->config.users.empty()) {
    rules->users = std::make_unique<BasicAuth>(rules->config.users);
  }
  return {std::move(rules), {}};
}

Result<std::unique_ptr<Access>> Access::open(const std::string& path) {
  std::unique_ptr<Access> access(new Access(path));
  if (path.empty()) {
    access->rules_ = std::make_shared<Rules>();
    return access;
  }
  auto loaded = access->load_settled();
  if (!loaded.rules) {
    std::string text;
    for (const auto& error : loaded.errors) {
      text += (text.empty() ? "" : "\n") + render_config_error(error);
    }
    return Error{Reason::no_secret, kWebConfigPhase, std::move(text), ""};
  }
  access->rules_ = std::move(loaded.rules);
  return access;
}

/// Loads until no file changed meanwhile; remembers the files and their stamps.
Access::Loaded Access::load_settled() {
  Loaded loaded;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    const auto before = stamp();
    loaded = load(path_);
    if (loaded.rules) files_ = files_of(path_, loaded.rules->config);
    stamp_ = stamp();
    if (stamp_ == before) return loaded;
  }
  stamp_.clear();  // The next check loads them once more.
  return loaded;
}

std::string Access::stamp() const {
  std::string all;
  for (const auto& file : files_) all += stamp_of(file);
  return all;
}

void Access::reload_if_changed() {
  const auto now = Steady::now().time_since_epoch();
  if (path_.empty() || now.count() < next_check_.load()) return;
  const std::unique_lock lock(reload_mutex_, std::try_to_lock);
  if (!lock) return;  // Another thread checks already; the active rules apply meanwhile.
  next_check_ = (now + Steady::duration(kCheckInterval)).count();
  if (stamp() == stamp_) return;
  // load_settled has set the stamp: a file with errors is logged once, not every second.
  auto loaded = load_settled();
  for (const auto& error : loaded.errors) {
    log(LogLevel::error, "reloading the web config file failed, the previous one stays active",
        {{"error", render_config_error(error)}});
  }
  if (!loaded.rules) return;
  {
    const std::lock_guard guard(mutex_);
    rules_ = std::move(loaded.rules);
  }
  log(LogLevel::info, "the web config file was reloaded");
}

std::shared_ptr<const Access::Rules> Access::rules() {
  reload_if_changed();
  const std::lock_guard lock(mutex_);
  return rules_;
}

PageResponse Access::guard(const PageRequest& request, const Answer& next, bool is_public) {
  const auto now = rules();
  const auto verdict = is_public || !now->users
                           ? BasicAuth::Verdict::good
                           : now->users->judge(request.header("authorization"));
  auto page = verdict == BasicAuth::Verdict::good ? next(request) : refusal_page(verdict);
  // Headers from web.yml replace our own.
  const auto& headers = now->config.headers;
  page.headers.insert(page.headers.end(), headers.begin(), headers.end());
  return page;
}

}  // namespace holdfast
