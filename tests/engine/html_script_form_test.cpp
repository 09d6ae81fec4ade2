// SPDX-License-Identifier: Apache-2.0
// The form of a page's scripts, octet by octet what clamscan 1.4.6 leaves on disk of them.
#include "engine/html/normal_form.h"
#include "engine/html/script_form.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace postern::engine::html {

namespace {

struct Case {
    std::string_view page;
    std::string_view script;
};

const Case cases[] = {
    {"<html><script>var A = 'x' + \"Y\"; alert(a, A);</script></html>",
     "<script>var n000=\"xy\";alert(a,n000);</script>"},
    {"<html><script>// comment ends here\n/* not */ x</script></html>",
     "<script>comment ends here x</script>"},
    {"<html><script>function f(a, b) { var c = a; return b.a + d; } f(1)</script></html>",
     "<script>function n000(n001,n002){var n003=n001;return n002.a+d;}f(1)</script>"},
    {"<html><script>unescape(\"%41%u0042%zz%4\")</script></html>",
     "<script>\"ab%zz%4\"</script>"},
    {"<html><script>eval(\"var q = 1; alert(q)\");</script></html>",
     "<script>var n000=1;alert(n000)</script>"},
    {"<html><script>eval(function(p,a,c,k,e,d){return p}('0 1(\\'2\\');',3,3,'var|alert|Hi'.split('|'),0,{}))</script></html>",
     "<script>eval(function(n000,n001,n002,n003,n004,n005){return n000}(var n006(\"hi\");))</script>"},
    {"<html><script>function dec(p,a,c,k,e,r){return p}dec('0(1)',2,2,'foo|bar'.split('|'),0,{});</script></html>",
     "<script>function n000(n001,n002,n003,n004,n005,n006){return n001}dec(foo(bar));</script>"},
    {"<html><script>dF(\"%264Dtdsjqu%264F1\");x</script></html>",
     "<script>x</script><script></script>"},
    {"<html><script>x = 1.50e+3 + 0x1F + 99999999999 - 007;</script></html>",
     "<script>x=1500+0 x1f+1215752191-7;</script>"},
    {"<html><script>\"a\\x41\\u0042\\n\\q\\x4\"+'b'</script></html>",
     "<script>\"aab q\\b\"</script>"},
    {"<html><script>\"never closed</script></html>",
     "<script>\"never closed</script>\"</script>"},
    {"<html><script>f((a)</script></html>",
     "<script>f((a)</script>)</script>"},
    {"<html><script>x = a-->b; y >>>= c !== d</script></html>",
     "<script>x=a-->b;y>>>=c!==d</script>"},
    {"<html><script>return this.Foo . Bar</script></html>",
     "<script>return this.foo.bar</script>"},
    {"<html><script>\"q\\\"r\" + \"s\"</script></html>",
     "<script>\"q\"rs\"</script>"},
    {"<html><script>\303\251 @ # ` x</script></html>",
     "<script>x</script>"},
    {"<html><script>var a = [1, b], c = {d: 1, e}; d = e</script></html>",
     "<script>var n000=[1,b],n001={d:1,e};d=e</script>"},
    {"<html><script>/* open</script></html>",
     "<script></script>"},
    {"<html><script>\\u0041b \\q c</script></html>",
     "<script>\\0041b  q c</script>"},
    {"<html><script>a</script>t<script>b</script>",
     "<script>a</script>\n<script>b</script>"},
    {"<html><script>a b",
     "<script>a</script>"},
};

ScriptForm form_of(std::string_view page) {
    ScriptForm form;
    for (const auto script : normal_forms(std::as_bytes(std::span(page))).scripts) {
        append_script_form(script, form);
    }
    return form;
}

std::string text_of(const mime::Buffer& buffer) {
    return {reinterpret_cast<const char*>(buffer.bytes().data()), buffer.size()};
}

TEST(ScriptForm, IsWhatClamscanMakes) {
    for (const Case& expected : cases) {
        EXPECT_EQ(text_of(form_of(expected.page).form), expected.script) << expected.page;
    }
}

TEST(ScriptForm, KeepsStringsThatStandNowhereElse) {
    const ScriptForm form = form_of(
        "<script>a('abcdefgh' + 'ijklmnopq'); b('a string as it stands in the page'); "
        "c('one wi\\x74h an escape'); d('short' + 'er'); e(unescape('%41%42 and something'))</script>");
    const std::vector<std::string> expected{"abcdefghijklmnopq", "one with an escape",
                                            "AB and something"};
    EXPECT_EQ(form.mended, expected);
}

TEST(ScriptForm, UnpacksNoMoreThanItsLimit) {
    std::string page = "<script>eval(function(p,a,c,k,e,d){return p}('";
    for (int i = 0; i < 20000; ++i) page += "0 ";
    page += "',1,1,'" + std::string(100000, 'x') + "',0,{}))</script>";
    EXPECT_LT(form_of(page).form.size(), std::size_t{10} << 20);
}

}  // namespace

}  // namespace postern::engine::html
