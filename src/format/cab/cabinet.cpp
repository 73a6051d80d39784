// libmspack reads and writes through callbacks: here they see only the bytes in memory and a buffer with an end.
#include <fmt/format.h>
#include <mspack.h>

#include <cstdlib>
#include <cstring>

#include "core/text.hpp"
#include "format/cab/cab.hpp"

namespace tq::format::cab {
namespace {

/// One open "file" of libmspack: the cabinet itself, or what is being unpacked.
struct Handle {
  Bytes input;
  std::uint64_t at = 0;
  std::vector<std::byte>* output = nullptr;
  std::uint64_t limit = 0;
  bool full = false;
};

struct System {
  mspack_system base;  ///< first member: libmspack hands a pointer to it back
  Bytes input;
  Handle sink;
};

/// After some damage libmspack goes on with no open file: every callback takes a null for "not open".
Handle* handle(mspack_file* f) { return reinterpret_cast<Handle*>(f); }

mspack_file* open_file(mspack_system* self, const char*, int mode) {
  auto* s = reinterpret_cast<System*>(self);
  if (mode == MSPACK_SYS_OPEN_WRITE) return reinterpret_cast<mspack_file*>(&s->sink);
  auto* h = new Handle;
  h->input = s->input;
  return reinterpret_cast<mspack_file*>(h);
}

void close_file(mspack_file* f) {
  if (f != nullptr && handle(f)->output == nullptr) delete handle(f);  // the sink belongs to the System
}

int read_file(mspack_file* f, void* buffer, int bytes) {
  auto* h = handle(f);
  if (h == nullptr || bytes < 0) return -1;
  const std::uint64_t left = h->at < h->input.size() ? h->input.size() - h->at : 0;
  const std::uint64_t n = std::min<std::uint64_t>(left, static_cast<std::uint64_t>(bytes));
  if (n != 0) std::memcpy(buffer, h->input.data() + h->at, n);
  h->at += n;
  return static_cast<int>(n);
}

int write_file(mspack_file* f, void* buffer, int bytes) {
  auto* h = handle(f);
  if (h == nullptr || bytes < 0 || h->output == nullptr) return -1;
  const auto n = static_cast<std::uint64_t>(bytes);
  if (n > h->limit - std::min<std::uint64_t>(h->output->size(), h->limit)) {
    h->full = true;
    return -1;
  }
  const auto* p = static_cast<const std::byte*>(buffer);
  h->output->insert(h->output->end(), p, p + n);
  return bytes;
}

int seek_file(mspack_file* f, off_t offset, int mode) {
  auto* h = handle(f);
  if (h == nullptr) return -1;
  const auto size = static_cast<std::int64_t>(h->input.size());
  const std::int64_t from = mode == MSPACK_SYS_SEEK_START ? 0 : mode == MSPACK_SYS_SEEK_CUR ? static_cast<std::int64_t>(h->at) : size;
  const std::int64_t to = from + offset;
  if (to < 0 || to > size) return -1;
  h->at = static_cast<std::uint64_t>(to);
  return 0;
}

off_t tell_file(mspack_file* f) { return f == nullptr ? 0 : static_cast<off_t>(handle(f)->at); }
void message(mspack_file*, const char*, ...) {}
// libmspack asks for these two in C's own manner, and holds what it allocates itself.
void* allocate(mspack_system*, size_t bytes) { return std::malloc(bytes); }  // NOLINT(cppcoreguidelines-no-malloc)
void release(void* p) { std::free(p); }                                      // NOLINT(cppcoreguidelines-no-malloc)
void copy(void* from, void* to, size_t bytes) { std::memcpy(to, from, bytes); }

const char* word(int error) {
  switch (error) {
    case MSPACK_ERR_READ: return "the cabinet ends early";
    case MSPACK_ERR_SEEK: return "an offset outside the cabinet";
    case MSPACK_ERR_SIGNATURE: return "no cabinet";
    case MSPACK_ERR_DATAFORMAT: return "a damaged structure";
    case MSPACK_ERR_CHECKSUM: return "a wrong checksum";
    case MSPACK_ERR_DECRUNCH: return "damaged compressed data";
    case MSPACK_ERR_NOMEMORY: return "not enough memory";
    default: return "an error of the decompressor";
  }
}

}  // namespace

struct Cabinet::Impl {
  System system{};
  mscab_decompressor* decompressor = nullptr;
  mscabd_cabinet* cabinet = nullptr;
  std::vector<mscabd_file*> entries;
  std::vector<File> files;
  std::vector<Error> lost;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  Impl(Impl&&) = delete;
  Impl& operator=(Impl&&) = delete;
  ~Impl() {
    if (decompressor == nullptr) return;
    if (cabinet != nullptr) decompressor->close(decompressor, cabinet);
    mspack_destroy_cab_decompressor(decompressor);
  }

  void list() {
    for (auto* f = cabinet->files; f != nullptr; f = f->next) {
      entries.push_back(f);
      files.push_back({to_valid_utf8(f->filename), f->length});
    }
  }
};

Cabinet::Cabinet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Cabinet::Cabinet(Cabinet&&) noexcept = default;
Cabinet& Cabinet::operator=(Cabinet&&) noexcept = default;
Cabinet::~Cabinet() = default;
const std::vector<File>& Cabinet::files() const { return impl_->files; }
const std::vector<Error>& Cabinet::lost() const { return impl_->lost; }

Result<Cabinet> Cabinet::open(Bytes file) {
  TQ_TRY(const auto header, read_header(file));
  auto impl = std::make_unique<Impl>();
  impl->system.base = {open_file, close_file, read_file, write_file, seek_file, tell_file, message, allocate, release, copy, nullptr};
  impl->system.input = file;
  impl->lost = header.lost;
  impl->decompressor = mspack_create_cab_decompressor(&impl->system.base);
  if (impl->decompressor == nullptr) return Error{ErrorCode::io, "cab", "a decompressor", "none"};
  // Salvage: a bad entry is passed over instead of ending the list.
  impl->decompressor->set_param(impl->decompressor, MSCABD_PARAM_SALVAGE, 1);
  impl->cabinet = impl->decompressor->open(impl->decompressor, "cabinet");
  if (impl->cabinet == nullptr)
    return Error{ErrorCode::corrupt, "cab", "a readable cabinet", word(impl->decompressor->last_error(impl->decompressor)), file.base()};
  impl->list();
  if (impl->files.size() < header.files)
    impl->lost.push_back({ErrorCode::corrupt, "cab.files", fmt::format("{} files", header.files), fmt::format("{}", impl->files.size()),
                          file.base() + header.files_offset});
  return Cabinet(std::move(impl));
}

Result<std::vector<std::byte>> Cabinet::extract(std::size_t i, std::uint64_t limit) const {
  auto* f = impl_->entries[i];
  const std::string place = "cab.file " + impl_->files[i].name;
  const std::uint64_t end = std::uint64_t{f->offset} + f->length;
  if (f->length > limit || end > kMostUnpacked)
    return Error{ErrorCode::limit, place, fmt::format("at most {} bytes", std::min(limit, kMostUnpacked)), fmt::format("{}", end)};
  std::vector<std::byte> out;
  auto& sink = impl_->system.sink;
  sink = Handle{};
  sink.output = &out;
  sink.limit = limit;
  const int status = impl_->decompressor->extract(impl_->decompressor, f, "content");
  const bool full = sink.full;
  sink.output = nullptr;
  if (full) return Error{ErrorCode::limit, place, fmt::format("at most {} bytes", limit), "more"};
  if (status != MSPACK_ERR_OK) return Error{ErrorCode::corrupt, place, "sound compressed data", word(status)};
  // While it salvages, the library calls a file whole whose folder ends before it.
  if (out.size() != f->length) return Error{ErrorCode::corrupt, place, fmt::format("{} bytes", f->length), fmt::format("{}", out.size())};
  return out;
}

}  // namespace tq::format::cab
