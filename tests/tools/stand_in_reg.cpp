// A stand-in for Windows' reg.exe under Wine, whose own cannot save hives. Looks only at what the test laid into its own Windows folder:
//   reg query KEY        status 0 when stand-in-keys.txt has that line
//   reg save HIVE FILE   copies System32\config\NAME to FILE, which may not be there yet
// and writes every call into stand-in-calls.txt. It proves the control flow of the script, nothing about Windows.
#include <windows.h>

#include <cstdio>
#include <string>

namespace {

/// The Windows folder this program was laid into. Not %SystemRoot%: Wine gives every process its own again.
std::wstring root() {
  wchar_t buffer[MAX_PATH] = {};
  GetModuleFileNameW(nullptr, buffer, MAX_PATH);
  std::wstring path = buffer;
  for (int up = 0; up < 2; ++up) path.resize(path.find_last_of(L'\\'));
  return path;
}

bool has_key(const std::wstring& key) {
  FILE* keys = _wfopen((root() + L"\\stand-in-keys.txt").c_str(), L"r");
  if (keys == nullptr) return false;
  wchar_t line[512];
  bool found = false;
  while (!found && fgetws(line, 512, keys) != nullptr) {
    std::wstring known = line;
    while (!known.empty() && (known.back() == L'\n' || known.back() == L'\r')) known.pop_back();
    found = _wcsicmp(known.c_str(), key.c_str()) == 0;
  }
  fclose(keys);
  return found;
}

void note(int argc, wchar_t** argv) {
  FILE* calls = _wfopen((root() + L"\\stand-in-calls.txt").c_str(), L"a");
  if (calls == nullptr) return;
  for (int i = 1; i < argc; ++i) fwprintf(calls, L"%ls%ls", argv[i], i + 1 == argc ? L"\n" : L"|");
  fclose(calls);
}

}  // namespace

int wmain(int argc, wchar_t** argv) {
  note(argc, argv);
  const std::wstring verb = argc > 1 ? argv[1] : L"";
  if (verb == L"query" && argc == 3) return has_key(argv[2]) ? 0 : 1;
  if (verb != L"save" || argc != 4) return 1;
  const std::wstring hive = argv[2];
  const std::wstring from = root() + L"\\System32\\config\\" + hive.substr(hive.rfind(L'\\') + 1);
  return CopyFileW(from.c_str(), argv[3], TRUE) != 0 ? 0 : 1;
}
