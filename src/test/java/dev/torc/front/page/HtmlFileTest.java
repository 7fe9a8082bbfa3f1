package dev.torc.front.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.digests.Digest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a frame must know of HTML. {@code ReportIT} shows such files in a browser. */
class HtmlFileTest {

  private static String loads(String html) {
    return String.join(" ", HtmlFile.of(html).loads());
  }

  private static String refused(String html) {
    return String.join(", ", HtmlFile.of(html).refused());
  }

  private static void scripts(String html, String... scripts) {
    List<String> hashes = new ArrayList<>();
    for (String each : scripts) {
      String hash = Base64.getEncoder().encodeToString(Digest.ofText(each).bytes());
      hashes.add("'sha256-" + hash + "'");
    }
    assertEquals(hashes.stream().sorted().toList(), List.copyOf(HtmlFile.of(html).hashes()), html);
  }

  @Test
  void inlineScriptsAreHashedAsABrowserReadsThem() {
    scripts("<script>a</script><SCRIPT type=\"module\">b\r\nc\r</SCRIPT >", "a", "b\nc\n");
    scripts("<script>if (a < b) '<p>' + \"</p>\"</script>", "if (a < b) '<p>' + \"</p>\"");
    scripts("<script src=x.js>no</script><script data-x='>'>yes</script>", "yes");
    scripts("<!-- <script>no</script> --><title><script>no</script></title><script></script>", "");
    scripts("<script>never closed", "never closed");
    scripts("a < b <3 <");
    scripts("<!-- never closed <script>no</script>");
  }

  @Test
  void filesThatItLoadsAreNamed() {
    assertEquals("a.png", loads("<img alt='src=no' src=a.png>"));
    assertEquals("https://x.org/y.js", loads("<script src = 'https://x.org/y.js'></script>"));
    assertEquals(
        "s.css", loads("<link href=\"s.css\" rel='StyleSheet'><link rel=icon href=i.png>"));
    assertEquals(
        "a.css b.woff c.png",
        loads(
            "<style>@import 'a.css'; x { src: url( \"b.woff\" )"
                + " }</style><p style='background: URL(c.png)'>"));
    assertEquals("a&b.png small.png", loads("<img src='a&amp;b.png' srcset='small.png 1x'>"));
    assertEquals("p.svg", loads("<svg><use xlink:href=p.svg /><use href='#own'/></svg>"));
    assertEquals(
        "", loads("<a href=other.html>, <img src=data:image/png;base64,AA==><img src=''>"));
    assertEquals("", loads("<p>src=a.png url(b.png)<script>x.src = 'c.png'</script>"));
  }

  @Test
  void usesThatThePageRefusesAreNamed() {
    assertEquals("onclick", refused("<b onClick='go()'>"));
    assertEquals("eval", refused("<script>eval (x)</script>"));
    assertEquals("new Function", refused("<script>Function(\"return this\")()</script>"));
    assertEquals("new Function", refused("<script>new  Function(a)</script>"));
    assertEquals("javascript: links", refused("<a href='javascript:x()'>"));
    assertEquals(
        "",
        refused("<p on=1 data-onclick=x()>eval(x)<script>medieval(x); isFunction('x')</script>"));
  }
}
