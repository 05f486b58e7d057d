// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/process.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>

namespace holdfast {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kStackBytes = 8 * 1024 * 1024;  // Red zones need more.
#else
// A run uses some 24 KiB; the rest is address space only.
constexpr std::size_t kStackBytes = 256 * 1024;
#endif
// Arenas do not return memory; with one per core, 1,000 threads would hold eight times more.
constexpr int kArenas = 2;
constexpr std::uint64_t kFilesPerCheck = 3;
constexpr std::uint64_t kOtherFiles = 256;

}  // namespace

void harden_process() {
  ::umask(S_IRWXG | S_IRWXO);
  ::prctl(PR_SET_DUMPABLE, 0);
  std::signal(SIGPIPE, SIG_IGN);
  // A file size limit is treated as a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  ::mallopt(M_ARENA_MAX, kArenas);
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) return;
  ::pthread_attr_setstacksize(&attributes, kStackBytes);
  ::pthread_setattr_default_np(&attributes);
  ::pthread_attr_destroy(&attributes);
}

OpenFiles raise_file_limit(std::size_t checks) {
  OpenFiles files{kFilesPerCheck * checks + kOtherFiles, 0};
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return files;
  if (limit.rlim_cur < files.needed) {
    limit.rlim_cur = std::min<rlim_t>(files.needed, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  files.allowed = limit.rlim_cur;
  return files;
}

}  // namespace holdfast
