// SPDX-License-Identifier: Apache-2.0
#include "checks/base/secret.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace holdfast {
namespace {

// Larger than any password; limits the cost of a wrong path (a log, a device).
constexpr std::size_t kMaxSecretBytes = 64 * 1024;

Error unreadable(const std::string& path, const char* why) {
  return Error{Reason::no_secret, "secret", "the secret file " + path + " " + why, ""};
}

}  // namespace

Secret Secret::from_file(std::string path) {
  Secret secret;
  secret.path_ = std::move(path);
  return secret;
}

Secret Secret::from_value(std::string value) {
  Secret secret;
  secret.value_ = std::move(value);
  return secret;
}

Result<std::string> Secret::read() const {
  if (path_.empty()) return value_;
  // O_NONBLOCK: a named pipe at this path must not block the run.
  const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return unreadable(path_, errno == ENOENT ? "does not exist" : "cannot be opened");
  struct stat facts {};
  if (::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    ::close(file);
    return unreadable(path_, "is not a regular file");
  }
  std::string content(kMaxSecretBytes + 1, '\0');
  const ssize_t got = ::read(file, content.data(), content.size());
  ::close(file);
  if (got < 0) return unreadable(path_, "cannot be read");
  if (static_cast<std::size_t>(got) > kMaxSecretBytes)
    return unreadable(path_, "is larger than 64 KiB");
  content.resize(static_cast<std::size_t>(got));
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  if (content.empty()) return unreadable(path_, "is empty");
  return content;
}

}  // namespace holdfast
