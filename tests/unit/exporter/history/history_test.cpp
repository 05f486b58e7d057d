// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/history.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "exporter/history/sqlite_file.h"

using namespace holdfast;

namespace {

// A folder that is gone with the test.
class Folder {
 public:
  Folder() { REQUIRE(::mkdtemp(name_.data()) != nullptr); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(name_, ignored);
  }
  [[nodiscard]] std::string file() const { return name_ + "/history.db"; }

 private:
  std::string name_ = (std::filesystem::temp_directory_path() / "holdfast-XXXXXX").string();
};

Memory some_memory() {
  Memory memory;
  memory.set("high/company_1/session", 144.0);
  memory.set("identity/company_1", std::string("0123abcd"));
  memory.set("quote's \"name\"\n", std::string("x\0y", 3));
  return memory;
}

}  // namespace

TEST_CASE("what a check remembers outlives the history that kept it") {
  const Folder folder;
  {
    const auto history = open_history(folder.file());
    history->keep("sessions", some_memory());
    history->keep("gone", some_memory());
    history->forget("gone");
    CHECK(history->recall("sessions") == some_memory());
  }
  const auto again = open_history(folder.file());
  CHECK(again->recall("sessions") == some_memory());
  CHECK(again->recall("gone").empty());
}

TEST_CASE("a command reads the daemon's history and never writes it") {
  const Folder folder;
  CHECK(read_history(folder.file())->recall("sessions").empty());
  CHECK_FALSE(std::filesystem::exists(folder.file()));
  { open_history(folder.file())->keep("sessions", some_memory()); }
  const auto daemon = open_history(folder.file());
  const auto reader = read_history(folder.file());
  CHECK(reader->recall("sessions") == some_memory());
  reader->keep("sessions", Memory{});
  CHECK(read_history(folder.file())->recall("sessions") == some_memory());
}

TEST_CASE("a damaged file is left as it is and the history goes on without it") {
  const Folder folder;
  const std::string junk(4096, 'x');
  std::ofstream(folder.file()) << junk;
  const auto opened = open_sqlite_file(folder.file(), FileUse::write);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().reason == Reason::garbage);
  const auto history = open_history(folder.file());
  history->keep("sessions", some_memory());
  CHECK(history->recall("sessions") == some_memory());
  CHECK(std::filesystem::file_size(folder.file()) == junk.size());
}

TEST_CASE("a store is all or nothing, and its failure has a reason") {
  const Folder folder;
  { open_history(folder.file())->keep("sessions", some_memory()); }
  const auto reader = open_sqlite_file(folder.file(), FileUse::read_only);
  REQUIRE(reader);
  const auto stored = (*reader)->store({{"sessions", Memory{}}});
  REQUIRE_FALSE(stored);
  CHECK(stored.error().reason == Reason::own_limit);
  const auto loaded = (*reader)->load();
  REQUIRE(loaded);
  CHECK(loaded->at("sessions") == some_memory());
}
