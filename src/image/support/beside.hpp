// The files beside an image that lies in a folder of the host.
#pragma once

#include <memory>
#include <string>

#include "image/format.hpp"

namespace tq::image {

/// What lies in the folder of the host that holds `path`. Links are listed by nobody and followed by nobody. However many files
/// are taken from it, at most 32 are open at a time.
Result<std::unique_ptr<Neighbours>> beside(const std::string& path);

/// An image of the host with what lies beside it, ready for open(). `beside` keeps the folder open: it must outlive the
/// call of open(), not the image.
struct HostFile {
  std::unique_ptr<Neighbours> beside;
  File file;
};
/// A file of the host with what lies in its folder; with nothing beside it where the folder cannot be listed. Errors: those of opening the
/// file.
Result<HostFile> host_file(const std::string& path);

}  // namespace tq::image
