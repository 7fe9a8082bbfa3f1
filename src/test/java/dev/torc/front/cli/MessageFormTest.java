package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Place;
import dev.torc.front.session.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Section 7 of the contract: warnings and errors about a place have one form everywhere. */
class MessageFormTest {

  private static final String AT = "[\\w./-]+\\.(yaml|yml|json|csv|tsv|txt):\\d+:\\d+: ";

  /** A line of standard error that has a place, but not the word behind it. */
  private static final Pattern OTHER =
      Pattern.compile("(! )?(" + AT + "(?!warning: |error: )|(torc|warning|error): " + AT + ").*");

  @Test
  void thePlaceStandsFirst() {
    Diagnostic said = new Diagnostic(new Place("a\nb.yaml", 3, 5), "x");
    assertEquals("a ⏎ b.yaml:3:5: warning: x", said.line("warning:"));
    assertEquals("a ⏎ b.yaml:3:5: error: x", Exit.line(said));
    assertEquals("warning: x", new Diagnostic("x").line("warning:"));
    assertEquals("torc: x", Exit.line(new Diagnostic("x")));
  }

  /** Whatever a transcript or a page shows; the advice on resources is no warning. */
  @Test
  void noTranscriptAndNoPageHasAnotherForm() throws IOException {
    for (String folder : List.of("testdata/transcripts", "src/site/markdown")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          if (file.toString().matches(".*\\.(txt|md)")) {
            List<String> lines = Files.readAllLines(file);
            lines.removeIf(
                l -> !OTHER.matcher(l).matches() || l.matches(".* (kept|used|took) .* of .*"));
            assertEquals(List.of(), lines, file::toString);
          }
        }
      }
    }
  }
}
