// On Windows a program gets its words in UTF-16; everything behind this takes UTF-8.
#include <fcntl.h>
#include <io.h>

#include <cstdio>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "io/windows/native.hpp"

int wmain(int argc, wchar_t** argv) {
  // The same bytes as on every other system, whoever writes them.
  _setmode(_fileno(stdout), _O_BINARY);
  _setmode(_fileno(stderr), _O_BINARY);
  std::vector<std::string> words;
  for (int i = 0; i < argc; ++i) words.push_back(tq::io::windows::narrow(argv[i]));
  std::vector<char*> pointers;
  for (auto& w : words) pointers.push_back(w.data());
  pointers.push_back(nullptr);
  return tq::cli::run_main(argc, pointers.data());
}
