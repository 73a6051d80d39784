// The other files of a QCOW2 image: its backing image and its data file.
#pragma once

#include <memory>

#include "image/format.hpp"
#include "image/qcow2/header.hpp"

namespace tq::image::qcow2_format {

/// The backing image, from beside the child. Folders in the stored name are dropped: an image that was moved has none of them,
/// and nothing is opened that does not lie beside it. QCOW2 keeps no id of its backing file: the name is all there is.
/// Errors: not_found names the file; unsupported for a name that is none (a URL, a JSON text); corrupt when it is of another
/// format than the child says; limit when the chain is too long or comes back to itself.
Result<Image> open_backing(const File& child, const Header& header);

/// The external data file, from beside the image.
Result<std::shared_ptr<const io::ByteSource>> open_data_file(const File& file, const Header& header);

}  // namespace tq::image::qcow2_format
