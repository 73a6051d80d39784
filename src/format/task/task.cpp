#include "format/task/task.hpp"

#include <expat.h>
#include <fmt/format.h>

#include <memory>

#include "core/text.hpp"

namespace tq::format::task {
namespace {

constexpr std::size_t kDepthLimit = 32;   // <Task><Actions><Exec><Command> is four
constexpr std::size_t kActionLimit = 64;  // Task Scheduler itself allows 32
constexpr std::size_t kTextLimit = 8192;  // of one element

struct State {
  XML_Parser parser;
  Task task;
  std::vector<std::string> path;
  std::string text, command, arguments, class_id;
  std::string root;     ///< name of the outermost element
  std::string refused;  // why the reading stopped; empty: it did not

  void stop(std::string why) {
    refused = std::move(why);
    XML_StopParser(parser, XML_FALSE);
  }
  [[nodiscard]] bool at(std::string_view parent) const { return path.size() >= 2 && path[path.size() - 2] == parent; }
};

State& state(void* p) { return *static_cast<State*>(p); }

void XMLCALL on_start(void* p, const char* name, const char**) {
  State& s = state(p);
  if (!s.refused.empty()) return;
  if (s.path.size() >= kDepthLimit) return s.stop(fmt::format("more than {} levels", kDepthLimit));
  s.path.emplace_back(std::string_view(name).substr(0, 64));
  if (s.path.size() == 1) s.root = s.path.front();
  s.text.clear();
}

bool is_kept(std::string_view element) { return element == "Command" || element == "Arguments" || element == "ClassId"; }

/// What is left out is named once; the reading goes on.
void cap(State& s, std::string wanted) {
  if (!s.task.lost) s.task.lost = Error{ErrorCode::limit, "task.xml", std::move(wanted), "more"};
}

void XMLCALL on_text(void* p, const char* text, int size) {
  State& s = state(p);
  const std::size_t n = size > 0 ? static_cast<std::size_t>(size) : 0, room = kTextLimit - s.text.size();
  if (n > room && !s.path.empty() && is_kept(s.path.back())) cap(s, fmt::format("an element with at most {} bytes of text", kTextLimit));
  s.text.append(text, std::min(n, room));
}

void finish_action(State& s, std::string line) {
  if (s.task.actions.size() >= kActionLimit)
    cap(s, fmt::format("at most {} actions", kActionLimit));
  else if (!line.empty())
    s.task.actions.push_back({std::move(line)});
  s.command.clear();
  s.arguments.clear();
  s.class_id.clear();
}

void XMLCALL on_end(void* p, const char*) {
  State& s = state(p);
  if (!s.refused.empty() || s.path.empty()) return;
  const std::string& name = s.path.back();
  const std::string text(trim(s.text));
  if (s.at("Exec") && name == "Command") s.command = text;
  if (s.at("Exec") && name == "Arguments") s.arguments = text;
  if (s.at("ComHandler") && name == "ClassId") s.class_id = text;
  if (s.at("Settings") && name == "Enabled") s.task.enabled = text != "false";
  if (s.at("Actions") && name == "Exec") finish_action(s, s.arguments.empty() ? s.command : s.command + " " + s.arguments);
  if (s.at("Actions") && name == "ComHandler") finish_action(s, s.class_id.empty() ? std::string() : "COM " + s.class_id);
  s.path.pop_back();
  s.text.clear();
}

/// No task has a document type, and refusing it refuses every entity bomb.
void XMLCALL on_doctype(void* p, const char*, const char*, const char*, int) { state(p).stop("a document type"); }

Error stopped(const State& s, Bytes text) {
  const XML_Index at = XML_GetCurrentByteIndex(s.parser);
  const std::uint64_t place = text.base() + (at > 0 ? static_cast<std::uint64_t>(at) : 0);
  if (!s.refused.empty()) return Error{ErrorCode::unsupported, "task.xml", "elements and text only", s.refused, place};
  const char* why = XML_ErrorString(XML_GetErrorCode(s.parser));
  return Error{ErrorCode::corrupt, "task.xml", "well-formed XML", why != nullptr ? why : "an unknown error", place};
}

}  // namespace

Result<Task> read(Bytes text) {
  if (text.size() > kSizeLimit)
    return Error{ErrorCode::limit, "task.xml", fmt::format("at most {} bytes", kSizeLimit), fmt::format("{} bytes", text.size())};
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr), &XML_ParserFree);
  if (!parser) return Error{ErrorCode::limit, "task.xml", "memory for a parser", "none"};
  State s;
  s.parser = parser.get();
  XML_SetUserData(s.parser, &s);
  XML_SetElementHandler(s.parser, on_start, on_end);
  XML_SetCharacterDataHandler(s.parser, on_text);
  XML_SetStartDoctypeDeclHandler(s.parser, on_doctype);
  // Task Scheduler writes UTF-16 with a byte-order mark, which expat recognises by itself.
  const auto status = XML_Parse(s.parser, reinterpret_cast<const char*>(text.data()), static_cast<int>(text.size()), XML_TRUE);
  if (s.root != "Task") return Error{ErrorCode::unsupported, "task.xml", "an element Task", s.root.empty() ? "none" : s.root, text.base()};
  if (status != XML_STATUS_OK) s.task.lost = stopped(s, text);
  return std::move(s.task);
}

}  // namespace tq::format::task
