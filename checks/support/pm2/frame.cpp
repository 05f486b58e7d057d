// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pm2/frame.h"

#include <string.h>  // explicit_bzero

#include <algorithm>
#include <cstring>
#include <string>

namespace holdfast {
namespace {

constexpr char kMetaOfTwoArguments = 0x12;

Error garbage(std::string text) { return Error{Reason::garbage, "read", std::move(text), ""}; }

}  // namespace

void wipe(std::span<char> bytes) noexcept {
  if (!bytes.empty()) ::explicit_bzero(bytes.data(), bytes.size());
}

WipedBuffer::~WipedBuffer() { clear(); }

void WipedBuffer::clear() noexcept {
  wipe({data_.get(), size_});
  data_.reset();
  size_ = capacity_ = 0;
}

void WipedBuffer::append(std::span<const char> bytes) {
  if (size_ + bytes.size() > capacity_) {
    const std::size_t roomy = std::max(size_ + bytes.size(), capacity_ * 2);
    std::unique_ptr<char[]> larger(new char[roomy]);
    if (size_ > 0) std::memcpy(larger.get(), data_.get(), size_);
    wipe({data_.get(), size_});
    data_ = std::move(larger);
    capacity_ = roomy;
  }
  std::memcpy(data_.get() + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

Result<bool> FrameReader::feed(std::span<const char> bytes) {
  while (!bytes.empty()) {
    has_begun_ = true;
    Result<Done> taken = Done{};
    switch (part_) {
      case Part::meta:
        if (bytes.front() != kMetaOfTwoArguments)
          return garbage("PM2's socket sent a reply that is not in PM2's format");
        bytes = bytes.subspan(1);
        part_ = Part::json_length;
        break;
      case Part::json_length:
      case Part::id_length:
        taken = take_length(bytes);
        break;
      case Part::json:
        taken = take_json(bytes);
        break;
      case Part::id:
        taken = take_id(bytes);
        break;
      case Part::whole:
        return garbage("PM2 sent more than one reply to one request");
    }
    if (!taken) return std::move(taken).error();
  }
  return part_ == Part::whole;
}

Result<Done> FrameReader::take_length(std::span<const char>& bytes) {
  length_bytes_.at(length_bytes_seen_++) = static_cast<unsigned char>(bytes.front());
  bytes = bytes.subspan(1);
  if (length_bytes_seen_ < length_bytes_.size()) return Done{};
  length_bytes_seen_ = 0;
  needed_ = 0;
  for (const unsigned char byte : length_bytes_) needed_ = needed_ << 8 | byte;
  if (part_ == Part::json_length) {
    if (needed_ > max_bytes_) {
      return Error{Reason::too_large, "read",
                   "PM2 announces a reply of " + std::to_string(needed_) +
                       " bytes; Holdfast reads at most " + std::to_string(max_bytes_),
                   ""};
    }
    if (needed_ < 2) return garbage("PM2 sent an empty reply");
    part_ = Part::json;
    return Done{};
  }
  if (needed_ != id_.size()) return garbage("PM2 sent the reply to another request");
  part_ = Part::id;
  return Done{};
}

Result<Done> FrameReader::take_json(std::span<const char>& bytes) {
  const auto part = bytes.first(std::min(bytes.size(), needed_ - json_.view().size()));
  json_.append(part);
  bytes = bytes.subspan(part.size());
  if (json_.view().size() < needed_) return Done{};
  if (!json_.view().starts_with("j:")) return garbage("PM2 sent a reply that is not JSON");
  part_ = Part::id_length;
  return Done{};
}

Result<Done> FrameReader::take_id(std::span<const char>& bytes) {
  const auto part = bytes.first(std::min(bytes.size(), id_.size() - id_seen_));
  if (std::string_view(part.data(), part.size()) != id_.substr(id_seen_, part.size()))
    return garbage("PM2 sent the reply to another request");
  id_seen_ += part.size();
  bytes = bytes.subspan(part.size());
  if (id_seen_ == id_.size()) part_ = Part::whole;
  return Done{};
}

std::string_view FrameReader::json() const {
  return part_ == Part::whole ? json_.view().substr(2) : std::string_view{};
}

}  // namespace holdfast
