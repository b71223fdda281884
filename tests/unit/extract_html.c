/* HTML to tokens, tree and text: what a reader sees, line by line, and what is kept from him. */
#include "crawler/extract/html_text.h"
#include "tests/unit/extract_fixture.h"

static struct slice text_of(struct arena *arena, const char *html)
{
    struct slice text = SLICE_EMPTY;
    assert_int_equal(html_fragment_text(arena, slice_of(html), &text), OK);
    return text;
}

static void blocks_begin_lines(void **state)
{
    assert_slice(text_of(*state, "<p>satu<p>dua<div>tiga</div>empat"),
                 "satu\n\ndua\n\ntiga\nempat");
    assert_slice(text_of(*state, "juta</div><div>akhir"), "juta\nakhir");
    assert_slice(text_of(*state, "a<br>b<br/>c<br><br>d"), "a\nb\nc\n\nd");
    assert_slice(text_of(*state, "<h2>Syarat</h2>usia <b>18</b>-<i>30</i>"),
                 "Syarat\n\nusia 18-30");
}

static void white_space_is_one_space(void **state)
{
    assert_slice(text_of(*state, "<p>  a \n\t b&nbsp;&nbsp;c \xC2\xA0 d </p>"), "a b c d");
    assert_slice(text_of(*state, "<pre>a  b\nc</pre>"), "a b\nc");
}

static void lists_and_tables_keep_their_form(void **state)
{
    assert_slice(text_of(*state, "<ul><li>satu<li>dua<ul><li>dalam</ul><li>tiga</ul>akhir"),
                 "- satu\n- dua\n- dalam\n- tiga\n\nakhir");
    assert_slice(text_of(*state, "<ul><li><p>satu</p></li><li><p>dua</p></li></ul>"),
                 "- satu\n- dua");
    assert_slice(text_of(*state, "<table><tr><th>Gaji<td>800 USD<tr><th>Kota<td>Bavet</table>"),
                 "Gaji\t800 USD\nKota\tBavet");
    assert_slice(text_of(*state, "<dl><dt>Gaji<dd>5 juta<dt>Kota<dd>Solo</dl>"),
                 "Gaji\n5 juta\nKota\nSolo");
}

static void references_are_decoded_once(void **state)
{
    assert_slice(text_of(*state, "<p>a &amp; b &lt;c&gt; &#8364; &amp b &amp;amp;"),
                 "a & b <c> \xE2\x82\xAC & b &amp;");
}

static void markup_may_be_escaped_as_a_whole(void **state)
{
    assert_slice(text_of(*state, "&lt;p&gt;satu&lt;/p&gt;&lt;p&gt;dua&lt;/p&gt;"), "satu\n\ndua");
    assert_slice(text_of(*state, "gaji 5 < 7 juta\nbaris dua"), "gaji 5 < 7 juta\nbaris dua");
}

static void scripts_and_styles_are_no_text(void **state)
{
    assert_slice(text_of(*state, "a<script>if (a<b) '</p>'</script>b<style>p{}</style>c"), "abc");
    assert_slice(text_of(*state, "a<script><!-- <script> </script> x --></script>b"), "ab");
    assert_slice(text_of(*state, "a<!-- <p>no</p> -->b<!--> c --!> d"), "ab c --!> d");
    assert_slice(text_of(*state, "a<template>no</template>b<noscript>no</noscript>c"), "abc");
    assert_slice(text_of(*state, "a<?php no ?>b<![CDATA[no]]>c</3>d"), "abcd");
}

static void hidden_text_is_left_out(void **state)
{
    static const char *const pages[] = {
        "<p>ya<span style='display:none'>no</span>",
        "<p>ya<span style='color:red; DISPLAY : none !important'>no</span>",
        "<p>ya<span style='visibility:hidden'>no</span>",
        "<p>ya<span style='font-size:0px'>no</span>",
        "<p>ya<span style='position:absolute;left:-9999px'>no</span>",
        "<p>ya<span style='text-indent:-5000em'>no</span>",
        "<p>ya<span hidden>no</span>",
        "<p>ya<span style='color:#fff;background:#FFF'>no</span>",
        "<p>ya<span style='display:block;height:0;overflow:hidden'>no</span>",
        "<p>ya<span aria-hidden=true>no<b>no</b></span>",
        "<style>.x,.y{display:none}@media print{.z{display:none}}</style><p>ya<b class='a "
        "y'>no</b>",
        "<style>/* c */#k { visibility: hidden }</style><p>ya<b id=k>no</b>",
        "<p>ya<dialog>no</dialog>",
    };
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        assert_slice(text_of(*state, pages[i]), "ya");
    assert_slice(text_of(*state, "<p>ya<span style='left:-9px;font-size:10px'>!</span>"), "ya!");
    assert_slice(text_of(*state, "<style>@media print{.z{display:none}}</style><p class=z>ya"),
                 "ya");
}

static void misplaced_tags_do_no_harm(void **state)
{
    assert_slice(text_of(*state, "<div><p>a</div>b</p>c</div>d"), "a\n\nb\n\ncd");
    assert_slice(text_of(*state, "<b><p>a</b>b</p>c"), "ab\n\nc");
    assert_slice(text_of(*state, "<table><td>a<td>b<table><td>c</table>d</table>e"),
                 "a\tb\n\nc\n\nd\n\ne");
    assert_slice(text_of(*state, "<p>a<span"), "a");
    assert_slice(text_of(*state, "<p>a<div title=\"x>y\">b</div>"), "a\n\nb");
    assert_slice(text_of(*state, "<select><option>x<option>y</select>a"), "x\ny\na");
}

static void attributes_are_read_as_browsers_do(void **state)
{
    (void)state;
    struct slice value;
    struct slice attrs = SLICE(" A=1 b = 'zw ei' c=\"3\"d e=/x/ f/ a=2 =g=h");
    assert_true(html_attr(attrs, "a", &value));
    assert_slice(value, "1");
    assert_true(html_attr(attrs, "b", &value));
    assert_slice(value, "zw ei");
    assert_true(html_attr(attrs, "c", &value));
    assert_slice(value, "3");
    assert_true(html_attr(attrs, "d", &value));
    assert_slice(value, "");
    assert_true(html_attr(attrs, "e", &value));
    assert_slice(value, "/x/");
    assert_true(html_attr(attrs, "f", &value));
    assert_true(html_attr(attrs, "=g", &value));
    assert_slice(value, "h");
    assert_false(html_attr(attrs, "g", &value));
}

/* Deep, wide and cut off: bounded, and what stands before the limit is read. */
static void hostile_trees_are_bounded(void **state)
{
    struct arena *arena = *state;
    struct text_buf page;
    struct html_tree tree;
    text_buf_init(&page, 8u << 20);
    for (int i = 0; i < 100000; i++)
        text_buf_add_str(&page, i % 2 ? "<div>" : "<b>");
    text_buf_add_str(&page, "dalam");
    assert_int_equal(html_tree_build(arena, text_buf_slice(&page), &tree), OK);
    assert_int_equal(tree.count, 100002);
    assert_false(tree.cut);
    text_buf_reset(&page);
    text_buf_add_str(&page, "<p>awal<div");
    for (int i = 0; i < 120000; i++)
        text_buf_printf(&page, " a%d", i);
    text_buf_add_str(&page, ">akhir");
    assert_int_equal(html_tree_build(arena, text_buf_slice(&page), &tree), OK);
    assert_true(tree.attrs_cut);
    assert_slice(text_of(arena, text_buf_cstr(&page)), "awal\n\nakhir");
    text_buf_release(&page);
}

static void too_many_elements_are_cut(void **state)
{
    struct text_buf page;
    struct html_tree tree;
    text_buf_init(&page, 8u << 20);
    for (unsigned i = 0; i < HTML_NODES_MAX + 10; i++)
        text_buf_add_str(&page, "<hr>");
    assert_int_equal(html_tree_build(*state, text_buf_slice(&page), &tree), OK);
    assert_true(tree.cut);
    assert_int_equal(tree.count, HTML_NODES_MAX);
    text_buf_release(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(blocks_begin_lines),
        WITH_ARENA(white_space_is_one_space),
        WITH_ARENA(lists_and_tables_keep_their_form),
        WITH_ARENA(references_are_decoded_once),
        WITH_ARENA(markup_may_be_escaped_as_a_whole),
        WITH_ARENA(scripts_and_styles_are_no_text),
        WITH_ARENA(hidden_text_is_left_out),
        WITH_ARENA(misplaced_tags_do_no_harm),
        WITH_ARENA(attributes_are_read_as_browsers_do),
        WITH_ARENA(hostile_trees_are_bounded),
        WITH_ARENA(too_many_elements_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
