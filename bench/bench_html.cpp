// SPDX-License-Identifier: Apache-2.0
// Pages in octets a second: the normal forms of ordinary HTML mail and of hostile pages, scripts, and the
// search for what is carried. The forms' beginnings are checked before anything is timed.
#include "engine/html/carried.h"
#include "engine/html/normal_form.h"
#include "engine/html/script_form.h"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

namespace {

using namespace postern::engine::html;

constexpr std::size_t page_size = 256 << 10;  // a long mail

std::string repeated(std::string_view piece) {
    std::string page;
    while (page.size() < page_size) page += piece;
    return page;
}

// As mail programs and newsletters write: tables, styles in attributes, a link here and there.
constexpr std::string_view newsletter =
    "<tr>\r\n  <td align=\"left\" style=\"padding:0 20px 12px 20px;font-family:Arial,Helvetica,sans-serif;"
    "font-size:14px;line-height:20px;color:#333333\">\r\n    <p style=\"margin:0\">Dear Ms Berg,<br>\r\n"
    "    the figures of the last quarter are on the way to you, with our thanks for the patience that "
    "you showed while we put them together. Read more <a href=\"https://news.example.com/2026/05/q?id=17\" "
    "target=\"_blank\">in this week's letter</a>&nbsp;or call us.</p>\r\n  </td>\r\n</tr>\r\n";
constexpr std::string_view prose =
    "<p>The committee met on Tuesday and heard the report of the treasurer, who explained where the money "
    "went and why more of it will be needed before the summer is over; nobody was surprised.</p>\r\n";
constexpr std::string_view accents =
    "<p>\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, \xd0\xba\xd0\xb0\xd0\xba \xd0\xb4\xd0\xb5\xd0\xbb"
    "\xd0\xb0? \xe4\xbd\xa0\xe5\xa5\xbd\xef\xbc\x8c\xe4\xb8\x96\xe7\x95\x8c.</p>\r\n";

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

void normal_form_of(benchmark::State& state, std::string_view piece) {
    const std::string page = repeated(piece);
    const NormalForms once = normal_forms(bytes_of(page));
    if (once.no_comment.size() == 0 && once.no_tags.size() == 0) return state.SkipWithError("no form");
    for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(normal_forms(bytes_of(page)).no_tags.size());
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page.size()));
}

void script_form_of(benchmark::State& state) {
    const std::string script = repeated("function f(a, b) { var c = a + 'x' + \"y\"; return d.e(c, 17); } ");
    ScriptForm once;
    append_script_form(bytes_of(script), once);
    constexpr std::string_view begins = "<script>function n000(n001,n002){var n003=n001+\"xy\";return d.e(n003,17);}";
    if (!std::string_view(reinterpret_cast<const char*>(once.form.bytes().data()), once.form.size())
             .starts_with(begins)) {
        return state.SkipWithError("wrong form");
    }
    for ([[maybe_unused]] auto _ : state) {
        ScriptForm form;
        append_script_form(bytes_of(script), form);
        benchmark::DoNotOptimize(form.form.size());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(script.size()));
}

void carried_in(benchmark::State& state, std::string_view piece) {
    const std::string page = repeated(piece) + "<img src=\"data:image/png;base64,QUJD\">";
    if (data_uris(bytes_of(page)).empty()) return state.SkipWithError("the URI was not found");
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(data_uris(bytes_of(page)).size());
        benchmark::DoNotOptimize(base64_literals(bytes_of(page)).size());
        benchmark::DoNotOptimize(decoded_copy(bytes_of(page)).at.size());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page.size()));
}

BENCHMARK_CAPTURE(normal_form_of, newsletter, newsletter);
BENCHMARK_CAPTURE(normal_form_of, prose, prose);
BENCHMARK_CAPTURE(normal_form_of, accents, accents);
BENCHMARK_CAPTURE(normal_form_of, comments, "<!--");
BENCHMARK_CAPTURE(normal_form_of, open_tags, "<a ");
BENCHMARK_CAPTURE(normal_form_of, references, "&am&#6");
BENCHMARK(script_form_of);
BENCHMARK_CAPTURE(carried_in, newsletter, newsletter);
BENCHMARK_CAPTURE(carried_in, prose, prose);
BENCHMARK_CAPTURE(carried_in, schemes, "\"data:a/b,");

}  // namespace
