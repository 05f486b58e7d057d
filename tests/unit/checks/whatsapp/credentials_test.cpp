// SPDX-License-Identifier: Apache-2.0
// The credentials' counters from run to run.
#include <doctest/doctest.h>

#include "checks/whatsapp/judge.h"
#include "tests/unit/checks/whatsapp/watch.h"

using namespace holdfast;
using namespace holdfast::whatsapp;
using namespace holdfast::whatsapp_test;

TEST_CASE("the newest pre-key has to exist once one was issued and some are left") {
  struct Row {
    double next, pre_keys;
    Codes want;
  };
  for (const Row& row :
       {Row{1, 30, {}}, Row{2, 30, {"whatsapp_last_pre_key_missing"}},
        Row{858, 1, {"whatsapp_last_pre_key_missing"}}, Row{858, 0, {"whatsapp_no_pre_keys"}}}) {
    CAPTURE(row.next);
    CAPTURE(row.pre_keys);
    Watch watch;
    CHECK(codes(watch.run(with([&](Facts& f) {
            first(f).types["pre-key"] = live(row.pre_keys);
            f.credentials[0].next_pre_key_id = row.next;
            f.credentials[0].last_pre_key_exists = false;
          }))) == row.want);
  }
}

TEST_CASE("an app-state key that the credentials do not name need not exist") {
  Watch watch;
  CHECK(codes(watch.run(with([](Facts& f) {
          f.credentials[0].names_app_state_key = false;
          f.credentials[0].app_state_key_exists = false;
        }))).empty());
}

TEST_CASE("pre-keys that were not issued yet are counted") {
  Watch watch;
  CHECK(texts(watch.run(with([](Facts& f) { f.credentials[0].pre_keys_beyond_next = 2; }))) ==
        Texts{"2 pre-keys of " + kName +
              " have ids of 858 or above, which the credentials have not issued yet: the "
              "credentials are older than the keys."});
}

TEST_CASE("the next pre-key id is compared with the highest one so far") {
  Watch watch;
  const auto run = [&](std::optional<double> next) {
    return texts(watch.run(with([&](Facts& f) { f.credentials[0].next_pre_key_id = next; })));
  };
  const auto fell = [](const std::string& from_to) {
    return Texts{"The next pre-key id of " + kName + " fell from " + from_to +
                 ": an old copy of the credentials was restored."};
  };
  CHECK(run(858).empty());
  CHECK(run(858).empty());
  CHECK(run(859).empty());
  CHECK(run(858) == fell("859 to 858"));
  CHECK(run(827) == fell("859 to 827"));
  CHECK(run({}) ==
        Texts{"The credentials of " + kName + " no longer contain the next pre-key id."});
  CHECK(run(828) == fell("859 to 828"));
  CHECK(run(859).empty());
}
