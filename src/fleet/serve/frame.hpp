// What all pages share: head, navigation, search, foot; and the two files beside them.
#pragma once

#include <string>
#include <string_view>

#include "fleet/serve/http.hpp"
#include "fleet/store.hpp"

namespace tq::fleet::serve {

/// What a page is made from, beside its own content.
struct Frame {
  std::string store_name;  ///< as people call the store; never with a password in it
  std::string version;     ///< of the program
  Judgement judgement;     ///< what the store was judged by
  std::string catalog_id;  ///< of the program's catalog; differs: the store should be judged anew
};

/// `title` is text, `main` is markup. `path`: of the request, marks where one is in the navigation.
Response page(const Frame& frame, std::string_view path, const std::string& title, const std::string& main, const std::string& search = {});
/// A page that says why there is no other. `words` is text.
Response problem(const Frame& frame, int status, const std::string& title, const std::string& words);
/// Asks for the token; `wrong`: after one that was not it.
Response login_page(bool wrong);

std::string style_css();
std::string_view script_js();

}  // namespace tq::fleet::serve
