// On Windows a program gets its words in UTF-16; everything behind this takes UTF-8.
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "io/windows/native.hpp"

int wmain(int argc, wchar_t** argv) {
  tq::io::windows::write_plain_lines();
  std::vector<std::string> words;
  for (int i = 0; i < argc; ++i) words.push_back(tq::io::windows::narrow(argv[i]));
  std::vector<char*> pointers;
  for (auto& w : words) pointers.push_back(w.data());
  pointers.push_back(nullptr);
  return tq::cli::run_main(argc, pointers.data());
}
