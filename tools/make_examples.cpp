// Writes the committed examples again: make_examples FOLDER.
#include <cstdio>

#include "tests/support/examples.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_examples FOLDER\n");
    return 2;
  }
  tq::test::write_files(tq::test::examples(), argv[1]);
  return 0;
}
