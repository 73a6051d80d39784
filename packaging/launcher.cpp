// The first file of the self-contained folder: starts lib/tourniquet.bin with the loader and the libraries that lie beside it, whatever
// the system has. Linked statically, for a shell script would need a shell and this has to start in an empty chroot.
#include <libgen.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace {

constexpr int kInternal = 6;  // the exit status of the program for "could not be run at all"

/// The folder this file lies in, through links. /proc may not be there, so the kernel's own note of the path is asked.
bool own_folder(char (&out)[PATH_MAX]) {
  const auto* path = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  char real[PATH_MAX];
  if (path == nullptr || realpath(path, real) == nullptr) return false;
  std::strcpy(out, dirname(real));
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  char folder[PATH_MAX], loader[PATH_MAX + 64], libraries[PATH_MAX + 64], program[PATH_MAX + 64], tables[PATH_MAX + 64];
  if (!own_folder(folder)) {
    std::fprintf(stderr, "tourniquet: the folder of the program cannot be found\n");
    return kInternal;
  }
  if (std::strpbrk(folder, ":;") != nullptr) {
    std::fprintf(stderr, "tourniquet: the loader takes no folder whose path holds ':' or ';': %s\n", folder);
    return kInternal;
  }
  std::snprintf(libraries, sizeof libraries, "%s/lib", folder);
  std::snprintf(loader, sizeof loader, "%s/lib/ld-linux-x86-64.so.2", folder);
  std::snprintf(program, sizeof program, "%s/lib/tourniquet.bin", folder);
  std::snprintf(tables, sizeof tables, "%s/lib/gconv", folder);

  // Libraries of the host must not get into a process with another C library.
  for (const char* name : {"LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT"}) unsetenv(name);
  setenv("GCONV_PATH", tables, 1);

  constexpr int kBefore = 5;
  auto** arguments = static_cast<char**>(std::calloc(static_cast<std::size_t>(argc) + kBefore + 1, sizeof(char*)));
  if (arguments == nullptr) return kInternal;
  char inhibit[] = "--inhibit-cache", path_option[] = "--library-path";
  char* const first[kBefore] = {loader, inhibit, path_option, libraries, program};
  for (int i = 0; i < kBefore; ++i) arguments[i] = first[i];
  for (int i = 1; i < argc; ++i) arguments[kBefore + i - 1] = argv[i];
  execv(loader, arguments);
  std::perror("tourniquet: lib/ld-linux-x86-64.so.2");
  return kInternal;
}
