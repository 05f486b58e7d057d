// SPDX-License-Identifier: Apache-2.0
#include "checks/options.h"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

enum class Colour : std::uint8_t { red, green, blue };

struct Settings {
  Database database;
  bool flag = true;
  double count = 7;
  std::optional<double> most;
  Duration age = 5s;
  std::string text = "before";
  Colour colour = Colour::red;
  std::vector<std::string> list;
  TextMap map{{"a", "1"}, {"b", "2"}};
  Limit limit;
};

std::vector<OptionSpec> table() {
  return {{"database", &Settings::database, ""},
          {"flag", &Settings::flag, ""},
          {"count", &Settings::count, ""},
          {"most", &Settings::most, ""},
          {"age", &Settings::age, ""},
          {"text", &Settings::text, ""},
          {.name = "colour", .target = &Settings::colour, .choices = "red|green|blue"},
          {"list", &Settings::list, ""},
          {"map", &Settings::map, ""},
          {"limit", &Settings::limit, ""},
          {"by hand", OptionType::maps, ""}};
}

}  // namespace

TEST_CASE("a member's type decides the type of its option") {
  std::vector<OptionType> types;
  for (const OptionSpec& spec : table()) types.push_back(spec.type());
  using enum OptionType;
  CHECK(types ==
        std::vector{database, flag, count, count, duration, text, choice, list, map, limit, maps});
}

TEST_CASE("options fill the members their rows name, and absent ones change nothing") {
  const auto untouched = bind_options<Settings>(table(), {});
  CHECK(untouched.flag);
  CHECK(untouched.count == 7);
  CHECK_FALSE(untouched.most);
  CHECK(untouched.age == 5s);
  CHECK(untouched.text == "before");
  CHECK(untouched.map.size() == 2);

  CheckConfig config;
  config.database.name = "main";
  config.options.set("flag", false);
  config.options.set("count", 3.0);
  config.options.set("most", 0.0);
  config.options.set("age", Duration(1min));
  config.options.set("text", std::string());
  config.options.set("colour", std::string("blue"));
  config.options.set("list", std::vector<std::string>{"x"});
  config.options.set("map", TextMap{{"b", "3"}});
  config.options.set("limit", Limit{.warning = 1.0});
  const auto settings = bind_options<Settings>(table(), config);
  CHECK(settings.database.name == "main");
  CHECK_FALSE(settings.flag);
  CHECK(settings.count == 3);
  CHECK(settings.most == 0.0);
  CHECK(settings.age == 1min);
  CHECK(settings.text.empty());
  CHECK(settings.colour == Colour::blue);
  CHECK(settings.list == std::vector<std::string>{"x"});
  CHECK(settings.map == TextMap{{"a", "1"}, {"b", "3"}});
  CHECK(settings.limit.warning == 1.0);
}

TEST_CASE("a table that does not fit its settings struct is a programming error") {
  struct Other {
    int nothing = 0;
  };
  CHECK_THROWS_AS((void)bind_options<Other>(table(), {}), std::logic_error);
  CheckConfig config;
  config.options.set("colour", std::string("yellow"));
  CHECK_THROWS_AS((void)bind_options<Settings>(table(), config), std::logic_error);
  config = {};
  config.options.set("flag", std::string("true"));
  CHECK_THROWS_AS((void)bind_options<Settings>(table(), config), std::bad_variant_access);
}
