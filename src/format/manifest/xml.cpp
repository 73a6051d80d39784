#include "format/manifest/xml.hpp"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace tq::format::manifest {
namespace {

constexpr std::size_t kDepthLimit = 64;  // servicing files stay below 10
constexpr std::size_t kNameLimit = 256;
constexpr std::uint64_t kChunk = 1u << 20;  // expat takes an int

struct State {
  XML_Parser parser;
  Handler& handler;
  std::vector<std::string> path;
  const char* refused = nullptr;  ///< what made us stop

  void stop(const char* why) {
    if (refused == nullptr) refused = why;
    XML_StopParser(parser, XML_FALSE);
  }
};

State& state(void* p) { return *static_cast<State*>(p); }

void XMLCALL on_start(void* p, const char* name, const char** pairs) {
  State& s = state(p);
  if (s.refused != nullptr) return;  // expat may deliver what it had already read
  if (s.path.size() >= kDepthLimit) return s.stop("more than 64 levels");
  s.path.emplace_back(local_name(name).substr(0, kNameLimit));
  s.handler.start(s.path, Attributes(pairs));
}

void XMLCALL on_end(void* p, const char*) {
  State& s = state(p);
  if (s.refused != nullptr) return;
  s.handler.end(s.path);
  s.path.pop_back();
}

/// No servicing file has a document type. Refusing it also refuses every entity bomb.
void XMLCALL on_doctype(void* p, const char*, const char*, const char*, int) { state(p).stop("a document type"); }

// NOLINTNEXTLINE(readability-function-size): as many parameters as expat hands over
void XMLCALL on_entity(void* p, const char*, int, const char*, int, const char*, const char*, const char*, const char*) {
  state(p).stop("an entity declaration");
}

std::uint64_t position(XML_Parser parser, Bytes text) {
  const XML_Index at = XML_GetCurrentByteIndex(parser);
  return text.base() + (at > 0 ? static_cast<std::uint64_t>(at) : 0);
}

Error stopped(const State& s, Bytes text) {
  const std::uint64_t at = position(s.parser, text);
  if (s.refused != nullptr) return Error{ErrorCode::unsupported, "manifest.xml", "elements and attributes only", s.refused, at};
  const char* why = XML_ErrorString(XML_GetErrorCode(s.parser));
  const bool cut = XML_GetErrorCode(s.parser) == XML_ERROR_NO_ELEMENTS || XML_GetErrorCode(s.parser) == XML_ERROR_UNCLOSED_TOKEN;
  return Error{cut ? ErrorCode::truncated : ErrorCode::corrupt,
               "manifest.xml",
               "well-formed XML",
               why != nullptr ? why : "an unknown error",
               at,
               {}};
}

}  // namespace

std::optional<Error> read_xml(Bytes text, std::uint64_t limit, Handler& handler) {
  if (text.size() > limit)
    return Error{ErrorCode::limit, "manifest.xml", fmt::format("at most {} bytes", limit), fmt::format("{} bytes", text.size())};
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr), &XML_ParserFree);
  if (!parser) return Error{ErrorCode::limit, "manifest.xml", "memory for a parser", "none"};
  State s{parser.get(), handler, {}, nullptr};
  XML_SetUserData(parser.get(), &s);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
  XML_SetEntityDeclHandler(parser.get(), on_entity);
  for (std::uint64_t at = 0;;) {
    const std::uint64_t n = std::min(kChunk, text.size() - at);
    const bool last = at + n == text.size();
    if (XML_Parse(parser.get(), text.chars().data() + at, static_cast<int>(n), last ? 1 : 0) != XML_STATUS_OK) return stopped(s, text);
    at += n;
    if (last) return std::nullopt;
  }
}

}  // namespace tq::format::manifest
