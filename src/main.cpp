#include "cli/command.hpp"

int main(int argc, char** argv) { return tq::cli::run_main(argc, argv); }
