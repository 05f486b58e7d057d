// SPDX-License-Identifier: Apache-2.0
#include "exporter/schedule/thread_pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <system_error>

#include "tests/unit/exporter/fakes.h"

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE("every job has a thread at once, however long the others take") {
  std::promise<void> end;
  const auto ended = end.get_future().share();
  std::atomic<int> inside{0};
  ThreadPool thread_pool;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(thread_pool.start([&, ended] {
      ++inside;
      ended.wait();
    }));
  }
  CHECK(eventually([&] { return inside == 100; }));
  CHECK(thread_pool.threads() == 100);
  end.set_value();
}

TEST_CASE("a thread that cannot be created costs its job and nothing else") {
  std::atomic<bool> gives = true;
  ThreadPool thread_pool(1ms, [&](std::function<void()> body) {
    if (!gives)
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    return std::thread(std::move(body));
  });
  // One that has ended waits to be joined when the next is refused.
  REQUIRE(thread_pool.start([] {}));
  CHECK(eventually([&] { return thread_pool.threads() == 0; }));
  gives = false;
  CHECK_FALSE(thread_pool.start([] {}));
  gives = true;
  std::promise<void> done;
  REQUIRE(thread_pool.start([&] { done.set_value(); }));
  done.get_future().wait();
}

TEST_CASE("idle threads are used again, and end after a while without work") {
  ThreadPool lasting(1h);
  // A job's thread is idle a moment after the job has said that it is done.
  std::size_t jobs = 0;
  CHECK(eventually([&] {
    std::promise<void> done;
    REQUIRE(lasting.start([&] { done.set_value(); }));
    done.get_future().wait();
    return lasting.threads() < ++jobs;
  }));
  ThreadPool brief(1ms);
  REQUIRE(brief.start([] {}));
  CHECK(eventually([&] { return brief.threads() == 0; }));
  REQUIRE(brief.start([] {}));  // Joins what has ended, and works on.
}
