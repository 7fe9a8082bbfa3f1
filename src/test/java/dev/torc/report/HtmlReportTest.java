package dev.torc.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

/** The page as text. What a browser makes of it is for ReportIT. */
class HtmlReportTest {

  /** Bytes. */
  private static final int MOST = 15_000_000;

  private static String page(int jobs) throws IOException {
    StringWriter page = new StringWriter();
    new HtmlReport(Reports.of(jobs)).write(page);
    return page.toString();
  }

  private static String script(String page, String id) {
    int begin = page.indexOf('>', page.indexOf("id=\"" + id + "\"")) + 1;
    return page.substring(begin, page.indexOf("</script>", begin));
  }

  @Test
  void loadsNothing() throws IOException {
    String page = page(20);
    String code = page.replace("http://www.w3.org/2000/svg", ""); // a name and no address
    assertFalse(
        Pattern.compile("https?:|//[a-z]+\\.|src=|url\\(|@import|import\\(").matcher(code).find());
    assertTrue(page.contains("Content-Security-Policy\" content=\"default-src 'none'"));
  }

  @Test
  void noTextOfAJobIsHtml() throws IOException {
    String page = page(20);
    assertTrue(page.contains("<title>made &lt;up&gt;: build 7</title>"));
    assertEquals(3, page.split("</script>", -1).length - 1, "those of the page itself");
    assertFalse(page.contains("<script>alert"));
    assertFalse(page.contains("@@"));
  }

  @Test
  void theNumbersComeBack() throws IOException {
    String page = page(50);
    JsonNode head = new ObjectMapper().readTree(script(page, "head"));
    byte[] bytes =
        new InflaterInputStream(
                new ByteArrayInputStream(Base64.getDecoder().decode(script(page, "data").strip())))
            .readAllBytes();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (JsonNode column : head.get("columns")) {
      int from = column.get("from").asInt();
      int count = column.get("count").asInt();
      assertEquals(0, from % 4, "an array begins at a multiple of its element");
      switch (column.get("name").asText()) {
        case "name" -> {
          String names = new String(bytes, from, count, StandardCharsets.UTF_8);
          assertEquals(50, names.lines().count());
          assertTrue(names.startsWith("plain0\nalign/lane=1,sample=s1\n"));
        }
        case "state" -> {
          assertEquals(50, count);
          assertEquals(
              List.of(0, 1, 3),
              List.of((int) bytes[from], (int) bytes[from + 1], (int) bytes[from + 2]));
        }
        case "wall" -> {
          assertEquals(1.02f, buffer.getFloat(from + 4), 0.001f);
          assertTrue(Float.isNaN(buffer.getFloat(from + 8)), "it did not run");
        }
        default -> assertTrue(count >= 0);
      }
    }
    assertEquals("failed", head.get("states").get(1).asText());
  }

  @Test
  void aHundredThousandJobsHaveRoom() throws IOException {
    assertTrue(page(100_000).length() < MOST);
  }

  @Test
  void aBuildOfNothingHasAPage() throws IOException {
    assertTrue(page(0).length() > 1000);
  }
}
