// SPDX-License-Identifier: Apache-2.0
// The no-comment and the no-tags form of pages, octet by octet what clamscan 1.4.6 leaves on disk of them.
#include "engine/html/normal_form.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace postern::engine::html {

namespace {

#define OCTETS(text) std::string_view(text, sizeof(text) - 1)

struct Case {
    std::string_view page;
    std::string_view no_comment;
    std::string_view no_tags;
};

const Case cases[] = {
    {OCTETS("<html>Hello  World\015\n again "),
     OCTETS("<html>hello world again"),
     OCTETS(" hello world again ")},
    {OCTETS("<html><A HREF='http://X.com/Q R'>Text</A></html>"),
     OCTETS("<html><a href=\"http://x.com/q r\">text</a></html>"),
     OCTETS(" http://X.com/Q R text ")},
    {OCTETS("<html><a href=Foo>x</a> <a HREF>y</a><a href=\"1\" href=\"2\">z</a></html>"),
     OCTETS("<html><a href=foo>x</a><a href>y</a><a href=\"1\" href=\"2\">z</a></html>"),
     OCTETS(" Foo x y 1 z ")},
    {OCTETS("<html><IMG SRC=x.PNG title=\"a>b\">t</html>"),
     OCTETS("<html><img src=x.png title=\"a>b\">t</html>"),
     OCTETS(" x.PNG t ")},
    {OCTETS("<html>a<!-- c > d --> e"),
     OCTETS("<html>ad --> e"),
     OCTETS(" a d --> e")},
    {OCTETS("<html><!DOCTYPE x>y</html>"),
     OCTETS("<html>y</html>"),
     OCTETS(" y ")},
    {OCTETS("<html><b> bold </b> <i>i</i></html>"),
     OCTETS("<html><b>bold </b><i>i</i></html>"),
     OCTETS(" bold i ")},
    {OCTETS("<html>caf\303\251 \342\202\254 \360\237\230\200 end</html>"),
     OCTETS("<html>caf\303\251 \342\202\254 \360\237\230\200 end</html>"),
     OCTETS(" caf\303\303 \342\202\202\360\237\237\000end ")},
    {OCTETS("<html>x\343\200\202com y\241Cz"),
     OCTETS("<html>x.com y.\000z"),
     OCTETS(" x.com y.\000z")},
    {OCTETS("<html>&lt;b&gt; &nbsp;&eacute;&ngr;</html>"),
     OCTETS("<html><b> \240\351&#x03bd;</html>"),
     OCTETS(" b ")},
    {OCTETS("<html>&bogus; &am p &; AT&T &NBSP;</html>"),
     OCTETS("<html>&bogus; &am p &; at&t &nbsp;</html>"),
     OCTETS(" p at ")},
    {OCTETS("<html>&#65;&#x41;&#x20AC;&#255;&#254;</html>"),
     OCTETS("<html>aa&#x20ac;&#x00ff;\376</html>"),
     OCTETS(" ")},
    {OCTETS("<html>&#256 &# &#x; &#0;."),
     OCTETS("<html>\000 \000 \000 \000."),
     OCTETS(" .")},
    {OCTETS("<html>&#12345678901234567890123; &#xfffffffffffffffffffff;</html>"),
     OCTETS("<html>\025123; \377fffff;</html>"),
     OCTETS(" 123; fffff; ")},
    {OCTETS("<html>&amp</html>"),
     OCTETS("<html>&amp</html>"),
     OCTETS(" ")},
    {OCTETS("<html>a\000b\001c\177d</html>"),
     OCTETS("<html>ab\001c\177d</html>"),
     OCTETS(" ab c\177d ")},
    {OCTETS("<html><style> P { color : 'red' } </style>text"),
     OCTETS("<html><style>p{color:\"red\"}</style>text"),
     OCTETS(" text")},
    {OCTETS("<html><script> Var x = 'A'; if (a < b && c) </b> x </script>text</html>"),
     OCTETS("<html><script>varx=\"a\";if(a<b&&c)</b>x</script>text</html>"),
     OCTETS(" text ")},
    {OCTETS("<html><script>a<!-- b 'c -->d</script>e</html>"),
     OCTETS("<html><script>a<!--b\"c-->d</script>e</html>"),
     OCTETS(" e ")},
    {OCTETS("<html><p title=\"one two three\" a = b c= \"d\" e>t</html>"),
     OCTETS("<html><p title=\"one two three\" a=b c=\"d\" e>t</html>"),
     OCTETS(" t ")},
    {OCTETS("<html><p a='x\"y' b=\"x'y\">t"),
     OCTETS("<html><p a=\"x\"y\" b=\"x\"y\">t"),
     OCTETS(" t")},
    {OCTETS("<html><img src=\"data:image/png;base64,AAAA\" alt=\"x y\">t</html>"),
     OCTETS("<html><img src=\"data\"alt=\"x y\">t</html>"),
     OCTETS(" t ")},
    {OCTETS("<html><img src='data:text/html,a%41&#66;c' alt=q>t</html>"),
     OCTETS("<html><img src=\"data\"balt=q>t</html>"),
     OCTETS(" t ")},
    {OCTETS("<html><img src=data:;base64,QUJD>t<b>u</b></html>"),
     OCTETS("<html><img src=datat<b>u</b></html>"),
     OCTETS(" u ")},
    {OCTETS("<html><img src=\"DATA:image/png;base64,AAAA\">t"),
     OCTETS("<html><img src=\"data:image/png;base64,aaaa\">t"),
     OCTETS(" DATA:image/png;base64,AAAA t")},
    {OCTETS("<html><a href=\"&#100;ata:text/plain,x\">t</a></html>"),
     OCTETS("<html><a href=\"data\">t</a></html>"),
     OCTETS(" t ")},
    {OCTETS("<html><a title=\"\303\251\" href=\"q\343\200\202com\">t</a></html>"),
     OCTETS("<html><a title=\"\" href=\"\303\251q.com\">t</a></html>"),
     OCTETS(" \303\251q.com t ")},
    {OCTETS("<html><a href=\"x&amp;y&#61;z&bogus;\">t</a></html>"),
     OCTETS("<html><a href=\"x&y=z&bogus;\">t</a></html>"),
     OCTETS(" x&y=z&bogus; t ")},
    {OCTETS("<html>< b >t"),
     OCTETS("<html><b>t"),
     OCTETS(" t")},
    {OCTETS("<html><>t</></html>"),
     OCTETS("<html><>t</></html>"),
     OCTETS(" t ")},
    {OCTETS("<html><a href=\"http://x.com/\"></html>"),
     OCTETS("<html><a href=\"http://x.com/\"></html>"),
     OCTETS(" http://x.com/ ")},
    {OCTETS("<html>a\011b\013c\014d\015e</html>"),
     OCTETS("<html>a b c de</html>"),
     OCTETS(" a b c de ")},
    {OCTETS("<html><br/>x<hr />y"),
     OCTETS("<html><br/>x<hr />y"),
     OCTETS(" x y")},
    {OCTETS("<html><script src=\"A.js\"></script>t</html>"),
     OCTETS("<html><script src=\"a.js\"></script>t</html>"),
     OCTETS(" t ")},
    {OCTETS("<html><SCRIPT>X</SCRIPT>t<STYLE>Y</STYLE>u</style></html>"),
     OCTETS("<html><script>x</script>t<style>y</style>u</style></html>"),
     OCTETS(" t u ")},
};

std::string text_of(const mime::Buffer& buffer) {
    return {reinterpret_cast<const char*>(buffer.bytes().data()), buffer.size()};
}

TEST(NormalForm, IsWhatClamscanMakes) {
    for (const Case& expected : cases) {
        const NormalForms forms = normal_forms(std::as_bytes(std::span(expected.page)));
        EXPECT_EQ(text_of(forms.no_comment), expected.no_comment) << expected.page;
        EXPECT_EQ(text_of(forms.no_tags), expected.no_tags) << expected.page;
    }
}

TEST(NormalForm, OfNothingIsNothing) {
    const NormalForms forms = normal_forms({});
    EXPECT_EQ(forms.no_comment.size(), 0U);
    EXPECT_EQ(forms.no_tags.size(), 0U);
    EXPECT_TRUE(forms.scripts.empty());
}

}  // namespace

}  // namespace postern::engine::html
