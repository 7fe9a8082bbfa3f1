package dev.torc.front.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

class MarkdownTextTest {

  @Test
  void marksBecomeHtmlBelowTheHeadingsOfThePage() {
    assertEquals(
        "<h4>Means</h4>\n<p>A <em>good</em> fit.</p>\n",
        MarkdownText.html("# Means\n\nA *good* fit.\n"));
    assertEquals("<h6>Deep</h6>\n", MarkdownText.html("###### Deep\n"));
  }

  @Test
  void tablesAreTables() {
    String html = MarkdownText.html("| a | b |\n|---|--:|\n| <b>1 | 2 |\n");
    assertEquals(1, html.split("<table>", -1).length - 1);
    assertFalse(html.contains("<b>"));
  }

  @Test
  void itsHtmlIsLeftOut() {
    assertEquals("<p>a alert(1) b</p>\n", MarkdownText.html("a <script>alert(1)</script> b"));
    assertEquals("", MarkdownText.html("<div onclick=x>\n<script>alert(1)</script>\n</div>\n"));
    assertEquals("<p>&lt;not a tag</p>\n", MarkdownText.html("<not a tag"));
    assertEquals("<p>&lt;script&gt;</p>\n", MarkdownText.html("&lt;script&gt;"));
    assertEquals("<p><code>&lt;script&gt;</code></p>\n", MarkdownText.html("`<script>`"));
  }

  @Test
  void itsPicturesAreWords() {
    assertEquals(
        "<p>[picture https://x.example/&quot;onerror=alert(1)]</p>\n",
        MarkdownText.html("![a *b*](<https://x.example/\"onerror=alert(1)>)"));
  }

  @Test
  void linksLeadToTheWebAlone() {
    assertEquals(
        "<p><a href=\"https://x.example/?a&amp;b\">x</a></p>\n",
        MarkdownText.html("[x](https://x.example/?a&b)"));
    for (String other :
        new String[] {
          "javascript:alert(1)",
          "JaVaScRiPt:x",
          "data:text/html,x",
          "file:///etc/passwd",
          "runs.csv",
          "//x.example",
          "&#106;avascript:x",
          "x:https://y"
        }) {
      assertEquals("<p><em>x</em> y</p>\n", MarkdownText.html("[*x* y](" + other + ")"), other);
    }
    assertEquals("<p>javascript:alert(1)</p>\n", MarkdownText.html("<javascript:alert(1)>"));
    assertEquals(
        "<p>out [picture y] in</p>\n", MarkdownText.html("[out ![y](y) in](javascript:x)"));
  }

  @Test
  void tooDeeplyNestedTextIsNotShown() {
    String deep = "<p>Its parts lie too deep in each other to be shown.</p>";
    assertEquals(deep, MarkdownText.html("*a ".repeat(5_000) + " b*".repeat(5_000)));
    MarkdownText.html(">".repeat(100_000) + " a");
    MarkdownText.html("[".repeat(10_000) + "a" + "](b)".repeat(10_000));
  }
}
