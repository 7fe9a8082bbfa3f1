package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Vars;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares {@link ShellText} with real shells. In texts of random tokens, a value full of special
 * characters must give the same result as a plain value, except for the value itself, or must be
 * refused.
 */
class ShellFuzzTest {

  private static final String[] TOKENS = {
    "\"",
    "'",
    "\\",
    " ",
    " ",
    "$(printf %s ",
    "\"$(printf %s ",
    ")",
    ")\"",
    "`",
    "${X:-",
    "}",
    "$((1+",
    "))",
    "#",
    " #",
    "\n",
    "<<E\n",
    "\nE\n",
    " <<-'E'\n",
    " <<< ",
    "; printf '<%s>' ",
    "; printf '<%s>' ",
    " | cat ",
    "{v}",
    "{v}",
    "{v}",
    "{v}",
    "a",
    "1",
    " >f ",
    " case x in x) ",
    "x) ",
    ";; esac ",
    "$'",
    "[[ x == ",
    " ]] ",
    " (",
    "((",
    "$",
    "$#",
    "\\\\",
    "$X",
    "=",
    "if true; then ",
    " fi",
    "{ ",
    "; }",
    "<<\\E\n",
    "$\"",
    "\t",
    "~",
    "(cd .;",
    "<(cat "
  };

  private static final String PLAIN = "Pp";

  private static final List<String> NASTY =
      List.of("z'\"$(echo${X})`;#&|>q", "'", "\"", "$(", "`", "#k", "}w", ");k", "\\");

  @TempDir Path folder;

  @Test
  void aNastyValueChangesNothingButItself() throws Exception {
    Random random = new Random(20_250);
    int checked = 0;
    for (int n = 0; n < 6000 && checked < 150; n++) {
      StringBuilder text = new StringBuilder("printf '<%s>' ");
      for (int i = 3 + random.nextInt(8); i > 0; i--) {
        text.append(TOKENS[random.nextInt(TOKENS.length)]);
      }
      String shell = random.nextBoolean() ? "bash" : "dash";
      String value = NASTY.get(random.nextInt(NASTY.size()));
      String plain = text.indexOf("{v}") < 0 ? null : command(text.toString(), PLAIN, shell);
      String nasty = plain == null ? null : command(text.toString(), value, shell);
      if (nasty != null && run(shell, "-nc", plain).startsWith("0")) {
        checked++;
        assertEquals(run(shell, "-c", plain).replace(PLAIN, value), run(shell, "-c", nasty), nasty);
      }
    }
    assertTrue(checked >= 100, "too few texts were good shell: " + checked);
  }

  private static String command(String text, String value, String shell) {
    try {
      return new Scope(Vars.of(Map.of("v", value)), "j", new Problems())
          .command(new Node.Scalar(Place.NONE, text, true), List.of(shell, "-c"))
          .declared();
    } catch (BadInput refused) {
      return null;
    }
  }

  /** The exit status and the output of a shell that runs a text. */
  private String run(String shell, String option, String text)
      throws IOException, InterruptedException {
    Path empty = folder.resolve("empty");
    if (!Files.exists(empty)) {
      Files.createFile(empty);
    }
    Process process =
        new ProcessBuilder(shell, option, text)
            .directory(folder.toFile())
            .redirectInput(empty.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + "\n" + out;
  }
}
