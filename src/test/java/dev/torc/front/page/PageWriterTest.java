package dev.torc.front.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page as text. {@code ReportIT} tests what a browser makes of it. */
class PageWriterTest {

  /** The bytes below which a page of 100 000 jobs stays, and, next, one of 5 000 jobs. */
  private static final int MOST = 15_000_000;

  private static final int FEW = 2_000_000;

  @Test
  void loadsNothing() throws IOException {
    String code =
        Reports.page(20)
            .replace("http://www.w3.org/2000/svg", "") // a name and no address
            .replace("/*! https://github.com/leeoniya/uPlot (v1.6.30) */", "")
            .replace("src=\"data:image/svg+xml;base64,", "");
    assertEquals(
        List.of(),
        Pattern.compile("https?:.{9}|//[a-z]+\\.[a-z]+/|src=.{9}|url\\(|@import|import\\(")
            .matcher(code)
            .results()
            .map(found -> found.group())
            .filter(found -> !found.equals("src=x onerror")) // a text, see noTextIsMarkup
            .toList());
    assertTrue(
        code.contains("Content-Security-Policy\" content=\"default-src 'none'; img-src data:;"));
  }

  @Test
  void runsNoScriptButItsOwn() throws IOException {
    String page = Reports.page(1);
    String script = page.substring(page.indexOf("<script>") + 8, page.lastIndexOf("</script>"));
    String hash = Base64.getEncoder().encodeToString(Digest.ofText(script).bytes());
    assertTrue(page.contains("; script-src 'sha256-" + hash + "'\">"));
  }

  @Test
  void uplotComesWithItsLicence() throws IOException {
    String page = Reports.page(1);
    assertTrue(page.contains("Copyright (c) 2022 Leon Sorokin"));
    assertTrue(page.contains("THE SOFTWARE IS PROVIDED \"AS IS\""));
  }

  @Test
  void noTextIsMarkup() throws IOException {
    String page = Reports.page(20);
    assertTrue(page.contains("<title>made &lt;up&gt;</title>"));
    assertEquals(3, page.split("</script>", -1).length - 1, "those of the page itself");
    assertFalse(page.contains("<script>alert"));
    assertFalse(page.contains("<img src=x"));
    assertTrue(page.contains("<h3>&lt;script&gt;alert(1)"));
    assertTrue(page.contains("alt=\"&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror="));
    assertEquals(2, page.split("</style>", -1).length, "that of the page itself");
  }

  @Test
  void theNumbersComeBack() throws IOException {
    ReadPage page = ReadPage.of(Reports.page(50));
    assertTrue(page.texts().get("name").containsAll(List.of("plain0", "align/lane=1,sample=s1")));
    assertEquals(50, page.numbers().get("state").size());
    assertEquals("failed", page.states().get("align/lane=1,sample=s1"));
    assertEquals("blocked", page.states().get("align/lane=2,sample=s2"));
    assertEquals(1.02f, page.numbers().get("wall").get(1), 0.001f);
    assertTrue(page.numbers().get("wall").get(2).isNaN(), "it did not run");
    page.head()
        .fieldNames()
        .forEachRemaining(
            field ->
                assertFalse(
                    page.numbers().containsKey(field) || page.texts().containsKey(field),
                    "the script has one name for both: " + field));
    assertEquals("exit 3", page.text("what", "align/lane=1,sample=s1"));
    assertEquals(
        "[\"one\",\"<script>alert(1)</script> & more\",\"last\"]",
        page.head().at("/tails/0/lines").toString());
  }

  @Test
  void theMembersOfObjectsComeInOneOrder() throws IOException {
    String series = ReadPage.of(Reports.page(20)).head().get("series").toString();
    String first = "[{\"job\":0,\"attempt\":1,\"from\":";
    assertTrue(series.matches("\\Q" + first + "\\E\\d+,\"count\":\\d+},.*"), series);
  }

  @Test
  void manyJobsHaveRoom() throws IOException {
    assertTrue(Reports.page(5_000).length() < FEW);
    assertTrue(Reports.page(100_000).length() < MOST);
  }

  @Test
  void aBuildOfNothingHasAPage() throws IOException {
    assertTrue(Reports.page(0).length() > 1000);
  }
}
