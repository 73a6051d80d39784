// Evidence bundles: whatever is done to one, it is noticed and named.
#include "model/bundle.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "tests/support/ed25519_keys.hpp"

namespace {

using namespace tq;
using test::kOtherPublic, test::kPrivate, test::kPublic;

std::vector<StoredMember> contents() {
  return {{model::kBundleFacts, "{\"schema\": \"tourniquet.facts/1\"}\n"},
          {model::kBundleReport, "{}\n"},
          {model::kBundleSources, "path\r\n"},
          {model::kBundleVersions, model::versions_json({"", "", "1.0", "abc", "2026-06-28", "2026-11-20", "last"})}};
}

std::string packed(const std::string& key = {}) {
  const auto r = model::pack_bundle(contents(), key);
  REQUIRE(r);
  return *r;
}

std::vector<StoredMember> members(const std::string& key = {}) { return read_stored_members(bytes_of(packed(key))); }

/// What opening says of these members, packed by a program that knows nothing of manifests.
std::string said(const std::vector<StoredMember>& list) {
  const auto zip = write_stored_zip(list);
  REQUIRE(zip);
  CHECK(model::looks_like_bundle(bytes_of(*zip)));
  const auto r = model::open_bundle(bytes_of(*zip), {});
  return r ? "" : r.error().text();
}

bool names(const std::string& text, const std::string& member) { return text.find(member + ": ") != std::string::npos; }

}  // namespace

TEST_CASE("bundle: what was packed is handed out again") {
  const auto r = model::open_bundle(bytes_of(packed()), {});
  REQUIRE(r);
  CHECK(r->facts == contents()[0].data);
  CHECK(r->note.signature == "none");
  CHECK(r->note.catalog_id == "abc");
  CHECK(r->note.goal == "last");
  CHECK(packed() == packed());
}

TEST_CASE("bundle: a changed, removed or second member is named, the manifest included") {
  for (const std::string& key : {std::string(), kPrivate})
    for (std::size_t i = 0; i < members(key).size(); ++i) {
      auto list = members(key);
      const std::string name = list[i].name;
      CAPTURE(name);
      char& middle = list[i].data[list[i].data.size() / 2];
      middle = static_cast<char>(middle ^ 1);
      if (name != "manifest.sig") CHECK_FALSE(said(list).empty());  // held against the key, below
      list = members(key);
      list[i].data += ' ';
      if (name != "manifest.sig") CHECK(names(said(list), name));
      list = members(key);
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
      CHECK(names(said(list), name));
      list = members(key);
      list.insert(list.begin() + static_cast<std::ptrdiff_t>(i), list[i]);
      CHECK(names(said(list), name));
    }
}

TEST_CASE("bundle: an added member is named, another order is noticed") {
  auto list = members();
  list.push_back({"zzz.txt", "hello"});
  CHECK(names(said(list), "zzz.txt"));
  list = members();
  std::reverse(list.begin(), list.end());
  CHECK(said(list).find("another order") != std::string::npos);
}

TEST_CASE("bundle: a manifest that was made to fit does not hide that a member is missing from it") {
  auto list = contents();
  list.pop_back();
  const auto zip = model::pack_bundle(list, {});
  REQUIRE(zip);
  const auto r = model::open_bundle(bytes_of(*zip), {});
  REQUIRE_FALSE(r);
  CHECK(names(r.error().text(), model::kBundleVersions));
}

TEST_CASE("bundle: cut, longer, and every bit of it") {
  const std::string zip = packed(kPrivate);
  for (std::size_t n = 0; n < zip.size(); ++n) CHECK_FALSE(model::open_bundle(bytes_of(std::string_view(zip).substr(0, n)), kPublic));
  CHECK_FALSE(model::open_bundle(bytes_of(zip + "x"), kPublic));
  CHECK_FALSE(model::open_bundle(bytes_of("x" + zip), kPublic));
  for (std::size_t n = 0; n < zip.size(); ++n) {
    std::string bad = zip;
    bad[n] = static_cast<char>(bad[n] ^ (1 << (n % 8)));
    CHECK_FALSE(model::open_bundle(bytes_of(bad), kPublic));
  }
}

TEST_CASE("bundle: random damage is an error, never a crash") {
  std::mt19937 random(8);
  const std::string zip = packed();
  for (int i = 0; i < 300; ++i) {
    std::string bad = zip;
    for (int k = 0; k < 4; ++k) bad[random() % bad.size()] = static_cast<char>(random());
    if (bad != zip) CHECK_FALSE(model::open_bundle(bytes_of(bad), {}));
    (void)model::looks_like_bundle(bytes_of(bad));
  }
}

TEST_CASE("bundle: the signature holds against one key only, and its absence is no yes") {
  CHECK(model::open_bundle(bytes_of(packed(kPrivate)), {})->note.signature == "not_checked");
  CHECK(model::open_bundle(bytes_of(packed(kPrivate)), kPublic)->note.signature == "valid");
  CHECK_FALSE(model::open_bundle(bytes_of(packed(kPrivate)), kOtherPublic));
  CHECK(model::open_bundle(bytes_of(packed()), kPublic).error().text().find("not signed") != std::string::npos);
  CHECK(model::open_bundle(bytes_of(packed()), "no key").error().code == ErrorCode::corrupt);  // unsigned comes first
  CHECK(model::open_bundle(bytes_of(packed(kPrivate)), "no key").error().code == ErrorCode::usage);
  auto list = members(kPrivate);
  list[1].data[0] = static_cast<char>(list[1].data[0] ^ 1);
  CHECK_FALSE(model::open_bundle(bytes_of(*write_stored_zip(list)), kPublic));
}

TEST_CASE("bundle: only a bundle looks like one") {
  CHECK(model::looks_like_bundle(bytes_of(packed())));
  CHECK_FALSE(model::looks_like_bundle(bytes_of("")));
  CHECK_FALSE(model::looks_like_bundle(bytes_of("PK\x03\x04")));
  const auto other = write_stored_zip({{"C/Windows/System32/config/SOFTWARE", "regf"}, {"nested.zip", packed()}});
  CHECK_FALSE(model::looks_like_bundle(bytes_of(*other)));
}
