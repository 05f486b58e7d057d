// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/write_queue.h"

#include <iterator>
#include <utility>

namespace holdfast {
namespace {

template <class List>
void put_before(List& list, List older) {
  older.insert(older.end(), std::make_move_iterator(list.begin()),
               std::make_move_iterator(list.end()));
  list = std::move(older);
}

}  // namespace

void WriteQueue::add(Observation seen) {
  batch_.observations.push_back(std::move(seen));
  bound();
}

HistoryBatch WriteQueue::take() { return std::exchange(batch_, {}); }

void WriteQueue::give_back(HistoryBatch batch) {
  put_before(batch_.observations, std::move(batch.observations));
  put_before(batch_.gaps, std::move(batch.gaps));
  put_before(batch_.changes, std::move(batch.changes));
  put_before(batch_.done_actions, std::move(batch.done_actions));
  batch_.memories.merge(std::move(batch.memories));
  batch_.notes.merge(std::move(batch.notes));
  bound();
}

void WriteQueue::bound() {
  if (batch_.observations.size() <= kMaxWaiting) return;
  const auto over = batch_.observations.size() - kMaxWaiting;
  batch_.observations.erase(batch_.observations.begin(),
                            batch_.observations.begin() + static_cast<std::ptrdiff_t>(over));
  left_out_ += over;
}

}  // namespace holdfast
