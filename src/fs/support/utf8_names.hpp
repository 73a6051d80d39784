// Names of archive members as UTF-8, whatever the locale.
#pragma once

namespace tq::fs {

/// libarchive turns names into the locale's characters and drops those it lacks, and this program runs in the "C" locale: the
/// calling thread gets UTF-8 for the life of this.
class Utf8Names {
 public:
  Utf8Names();
  ~Utf8Names();
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  void* before_;  ///< the thread's locale
};

}  // namespace tq::fs
