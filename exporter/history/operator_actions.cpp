// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/operator_actions.h"

#include <filesystem>

#include "exporter/history/history_file.h"

namespace holdfast {

Result<std::unique_ptr<Sqlite>> open_for_actions(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return Error{Reason::missing, "history",
                 "there is no history file " + path + " yet: start the daemon first", ""};
  return open_existing_history(path, FileUse::write_existing);
}

Result<Done> request_action(Sqlite& file, const OperatorAction& action) {
  if (file.prepare("INSERT INTO actions (at, what, subject, reason, who) VALUES (?, ?, ?, ?, ?)")
          .run(action.at, action.what, action.subject, action.reason, action.who))
    return Done{};
  return file.fault("written");
}

Result<std::vector<OperatorAction>> pending_actions(Sqlite& file) {
  std::vector<OperatorAction> out;
  SqlStatement row = file.prepare(
      "SELECT id, at, what, subject, reason, who FROM actions WHERE done IS NULL ORDER BY id");
  Step step = row.step();
  for (; step == Step::row; step = row.step())
    out.push_back({row.number(0), row.time(1), row.text(2), row.text(3), row.text(4), row.text(5)});
  if (step == Step::failed) return file.fault("read");
  return out;
}

Result<std::int64_t> declare_maintenance(Sqlite& file, const Maintenance& wanted) {
  SqlStatement row = file.prepare(
      "INSERT INTO maintenance (begin, end, declared, reason, who) VALUES (?, ?, ?, ?, ?)");
  if (!row.run(wanted.span.begin, wanted.span.end, wanted.declared, wanted.reason, wanted.who))
    return file.fault("written");
  return file.number("SELECT last_insert_rowid()").value_or(0);
}

Result<std::int64_t> end_maintenance(Sqlite& file, WallTime now) {
  if (!file.prepare("UPDATE maintenance SET end = ? WHERE begin <= ? AND end > ?")
           .run(now, now, now))
    return file.fault("written");
  return file.number("SELECT changes()").value_or(0);
}

}  // namespace holdfast
