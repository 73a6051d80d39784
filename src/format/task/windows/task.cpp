#include "format/task/task.hpp"

namespace tq::format::task {

Result<Task> read(Bytes text) {
  return Error{ErrorCode::unsupported, "task", "a build that reads XML", "one that does not", text.base(), "use the Linux build"};
}

}  // namespace tq::format::task
