// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pm2/frame.h"

#include <string.h>  // explicit_bzero

#include <algorithm>
#include <cstring>
#include <string>

namespace holdfast {
namespace {

constexpr char kMetaOfTwoArguments = 0x12;
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kJsonBegin = 1 + kLengthBytes;
constexpr std::string_view kPrefix = "j:";

std::size_t length_at(std::string_view frame, std::size_t at) {
  std::size_t length = 0;
  for (const char byte : frame.substr(at, kLengthBytes))
    length = length << 8 | static_cast<unsigned char>(byte);
  return length;
}

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
  if (bytes.empty()) return;  // memcpy() takes no null pointer, not even for no bytes.
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
  bytes_.append(bytes);
  const std::string_view frame = bytes_.view();
  if (frame.empty()) return false;
  if (frame.front() != kMetaOfTwoArguments)
    return garbage("PM2's socket sent a reply that is not in PM2's format");
  if (frame.size() < kJsonBegin) return false;
  const std::size_t json_size = length_at(frame, 1);
  if (json_size > max_bytes_) {
    return Error{Reason::too_large, "read",
                 "PM2 announces a reply of " + std::to_string(json_size) +
                     " bytes; Holdfast reads at most " + std::to_string(max_bytes_),
                 ""};
  }
  if (json_size < kPrefix.size()) return garbage("PM2 sent an empty reply");
  if (frame.size() < kJsonBegin + json_size) return false;
  if (!frame.substr(kJsonBegin).starts_with(kPrefix))
    return garbage("PM2 sent a reply that is not JSON");
  const std::string_view rest = frame.substr(kJsonBegin + json_size);
  if (rest.size() < kLengthBytes) return false;
  const std::string_view id = rest.substr(kLengthBytes);
  if (length_at(rest, 0) != id_.size() || !id_.starts_with(id.substr(0, id_.size())))
    return garbage("PM2 sent the reply to another request");
  if (id.size() > id_.size()) return garbage("PM2 sent more than one reply to one request");
  if (id.size() < id_.size()) return false;
  json_ = frame.substr(kJsonBegin + kPrefix.size(), json_size - kPrefix.size());
  return true;
}

}  // namespace holdfast
