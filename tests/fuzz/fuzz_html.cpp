// SPDX-License-Identifier: Apache-2.0
// Pages: their forms, their scripts and what they carry, within their bounds.
#include "engine/html/carried.h"
#include "engine/html/normal_form.h"
#include "engine/html/page_text.h"
#include "engine/html/script_form.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace postern::engine::html;
    const auto page = std::as_bytes(std::span(data, size));
    const NormalForms forms = normal_forms(page);
    if (forms.no_comment.size() > 2 * size + 4096 || forms.no_tags.size() > 2 * size + 4096) std::abort();
    ScriptForm scripts;
    for (const auto script : forms.scripts) append_script_form(script, scripts);
    const DecodedCopy copy = decoded_copy(page);
    for (const auto text : {page, copy.text.bytes()}) {
        for (const Carried& carried : data_uris(text)) {
            postern::mime::Buffer out;
            decode(carried, out);
            if (out.size() > decoded_bound(carried)) std::abort();
        }
        (void)base64_literals(text);
    }
    (void)page_as_utf8(page);
    return 0;
}
