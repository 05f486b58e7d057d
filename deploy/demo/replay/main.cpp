// SPDX-License-Identifier: Apache-2.0
// holdfast-replay CONFIG: fills the demo's history with two invented days, before its daemon starts
// for the first time. Built with Holdfast, never installed.
// Exit codes: 0 done, 1 not done, 2 invalid configuration.
#include <chrono>
#include <cstdio>

#include "deploy/demo/replay/replay.h"
#include "exporter/log/log.h"

int main(int argc, char** argv) {
  using namespace holdfast;
  if (argc != 2) {
    std::fprintf(stderr, "usage: holdfast-replay CONFIG\n");
    return 2;
  }
  set_up_log({});
  const ConfigOutcome outcome = read_config(argv[1], process_environment());
  for (const ConfigError& error : outcome.errors)
    std::fprintf(stderr, "%s\n", render_config_error(error).c_str());
  if (!outcome.config) return 2;
  const auto past = past_of(*outcome.config, std::chrono::system_clock::now());
  const auto done = past ? replay(*outcome.config, *past) : Result<Replayed>(past.error());
  if (!done) {
    std::fprintf(stderr, "holdfast-replay: %s\n", done.error().text.c_str());
    return 1;
  }
  std::printf("Replayed two days: %zu invented readings of %zu checks.\n", done->readings,
              outcome.config->checks.size());
  return 0;
}
