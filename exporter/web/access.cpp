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

PageResponse login_refusal(BasicAuth::Verdict verdict) {
  if (verdict == BasicAuth::Verdict::busy)
    return text_page(503, "Too many authentication attempts are in progress; retry shortly.",
                     {{"Retry-After", "1"}});
  return text_page(401, "Authentication required.",
                   {{"WWW-Authenticate", "Basic realm=\"Holdfast\", charset=\"UTF-8\""}});
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

/// Null when there are errors.
Access::RulesPtr Access::load(const std::string& path, Errors& errors) {
  auto read = read_web_config(path);
  errors = std::move(read.errors);
  if (!read.config) return nullptr;
  auto rules = std::make_shared<Rules>();
  rules->config = std::move(*read.config);
  const WebConfig& config = rules->config;
  if (config.tls) {
    ConfigErrors tls_errors(path);
    rules->tls = make_tls_context(*config.tls, tls_errors);
    errors = tls_errors.take();
  }
  if (!config.users.empty()) rules->users = std::make_unique<BasicAuth>(config.users);
  return errors.empty() ? rules : nullptr;
}

Result<std::unique_ptr<Access>> Access::open(const std::string& path) {
  std::unique_ptr<Access> access(new Access(path));
  if (path.empty()) {
    access->rules_ = std::make_shared<Rules>();
    return access;
  }
  Errors errors;
  access->rules_ = access->load_settled(errors);
  if (access->rules_) return access;
  std::string text;
  for (const auto& error : errors) text += (text.empty() ? "" : "\n") + render_config_error(error);
  return Error{Reason::no_secret, kWebConfigPhase, std::move(text), ""};
}

/// Loads until no file changed meanwhile; remembers the files and their stamps.
Access::RulesPtr Access::load_settled(Errors& errors) {
  RulesPtr loaded;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    const auto before = stamp();
    loaded = load(path_, errors);
    if (loaded) files_ = files_of(path_, loaded->config);
    stamp_ = stamp();
    if (stamp_ == before) return loaded;
  }
  stamp_.clear();  // The next check loads them once more.
  return loaded;
}

/// What changes when a file is written or replaced, also by a link to another one.
std::string Access::stamp() const {
  std::string all;
  for (const auto& file : files_) {
    struct stat facts {};
    const bool exists = ::stat(file.c_str(), &facts) == 0;
    for (const long each : {static_cast<long>(facts.st_ino), facts.st_size, facts.st_mtim.tv_sec,
                            facts.st_mtim.tv_nsec})
      all += exists ? std::to_string(each) + ',' : "-";
  }
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
  Errors errors;
  auto loaded = load_settled(errors);
  for (const auto& error : errors) {
    log(LogLevel::error, "reloading the web config file failed, the previous one stays active",
        {{"error", render_config_error(error)}});
  }
  if (!loaded) return;
  {
    const std::lock_guard guard(mutex_);
    rules_ = std::move(loaded);
  }
  log(LogLevel::info, "the web config file was reloaded");
}

Access::RulesPtr Access::rules() {
  reload_if_changed();
  const std::lock_guard lock(mutex_);
  return rules_;
}

PageResponse Access::guard(const PageRequest& request, const Answer& next, bool is_public) {
  const auto now = rules();
  const auto verdict = is_public || !now->users
                           ? BasicAuth::Verdict::good
                           : now->users->judge(request.header("authorization"));
  auto page = verdict == BasicAuth::Verdict::good ? next(request) : login_refusal(verdict);
  // Headers from web.yml replace our own.
  const auto& headers = now->config.headers;
  page.headers.insert(page.headers.end(), headers.begin(), headers.end());
  return page;
}

}  // namespace holdfast
