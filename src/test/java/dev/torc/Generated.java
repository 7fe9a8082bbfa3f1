package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The parts of pages that are made of declarations: what stands between {@code <!-- KIND WHAT -->}
 * and {@code <!-- end -->}. -Dtorc.docs=fix writes them. The rest of a page is written by hand.
 */
public final class Generated {

  private static final Pattern PART =
      Pattern.compile(
          "(?ms)^<!-- (commands|options|keys|packages) ?(.*?) ?-->\n(.*?)^<!-- end -->$");

  private Generated() {}

  /**
   * Compares the parts of a kind with what they are to be.
   *
   * @param text makes the text, from the page and the words behind the kind
   * @return those words, of all pages
   */
  public static List<String> check(String kind, BiFunction<Page, String, String> text)
      throws IOException {
    List<String> found = new ArrayList<>();
    for (Page page : Page.all()) {
      String now = Files.readString(page.file());
      StringBuilder made = new StringBuilder();
      int end = 0;
      for (MatchResult part : PART.matcher(now).results().toList()) {
        if (part.group(1).equals(kind)) {
          found.add(part.group(2));
          made.append(now, end, part.start(3));
          made.append('\n').append(text.apply(page, part.group(2))).append('\n');
          end = part.end(3);
        }
      }
      made.append(now.substring(end));
      if ("fix".equals(System.getProperty("torc.docs")) && !made.toString().equals(now)) {
        Files.writeString(page.file(), made);
      } else {
        assertEquals(made.toString(), now, page.file().toString());
      }
    }
    return found;
  }

  /** Returns a row of a table. */
  public static String row(String... cells) {
    return "| " + String.join(" | ", cells).replace("  ", " ") + " |\n";
  }

  /** Returns the head of a table. */
  public static String head(String... names) {
    return row(names) + "|" + "---|".repeat(names.length) + "\n";
  }

  /** Returns a text as code, within a table. */
  public static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }
}
