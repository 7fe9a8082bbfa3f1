package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.ShellText.Quote;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Vars;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks the rule that any text without NUL reaches the program unchanged: bare, in double and in
 * single quotes, alone and joined to other text. Real shells run a real program.
 */
class QuotingTest {

  private static final List<List<String>> SHELLS =
      List.of(List.of("sh", "-e", "-c"), List.of("bash", "-e", "-c"), List.of("dash", "-e", "-c"));

  /** The places where a value may be, and what a program must receive for the value V. */
  private static final Map<String, String> CONTEXTS =
      Map.of(
          "{v}", "V",
          "\"{v}\"", "V",
          "'{v}'", "V",
          "a{v}b", "aVb",
          "\"a b{v}$E c\"", "a bV c",
          "'$x\"{v}`'", "$x\"V`",
          "x'y'{v}\"z\"", "xyVz",
          "$E{v}\"$E{v}\"$1{v}", "VVV",
          "\"$(printf '%s.' {v} \"{v}\")\"", "V.V.");

  @Provide
  Arbitrary<List<String>> values() {
    Arbitrary<String> nasty =
        Arbitraries.of(
            "",
            " ",
            "'",
            "\"",
            "\\",
            "$",
            "`",
            "$(id)",
            "`id`",
            "\n",
            "\n\n",
            "\\\\",
            "\\\n",
            "!",
            "#",
            "# x",
            "~",
            "*",
            "?",
            "[a]",
            "{a,b}",
            "-n",
            "--",
            "=",
            "a=b",
            "if",
            "do",
            "&",
            ";",
            "|",
            ">",
            "<",
            "(",
            ")",
            "\t",
            "é\uD83D\uDE00",
            "$'x'",
            "${x}",
            "{v}",
            "\u007f",
            "%s",
            "\r\n",
            "2",
            "\\'",
            "'\\''",
            "a\\",
            "!!",
            "^",
            "\u0001");
    Arbitrary<String> any = Arbitraries.strings().excludeChars('\0').ofMaxLength(12);
    Arbitrary<String> text =
        Arbitraries.oneOf(nasty, any, nasty.list().ofMaxSize(4).map(l -> String.join("", l)));
    return text.map(QuotingTest::encodable).list().ofSize(40);
  }

  private static String encodable(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @Property(tries = 15)
  void anyTextReachesTheProgram(@ForAll("values") List<String> values) throws Exception {
    for (List<String> shell : SHELLS) {
      for (Map.Entry<String, String> context : CONTEXTS.entrySet()) {
        // One shell start for all values: the program is printf, which ends each with a mark.
        StringBuilder slots = new StringBuilder();
        StringBuilder vars = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        for (String value : values) {
          String command = "printf '%s\\036\\n' " + context.getKey() + "\n";
          slots.append(
              new Scope(Vars.of(Map.of()), "j", new Problems())
                  .command(scalar(command.replace("{v}", "{needs}")), shell)
                  .render(slot -> List.of(value)));
          vars.append(
              new Scope(Vars.of(Map.of("v", value)), "j", new Problems())
                  .command(scalar(command), shell)
                  .declared());
          expected.append(context.getValue().replace("V", value)).append("\036\n");
        }
        assertEquals(expected.toString(), run(shell, slots.toString()), context.getKey());
        // No value looks like a slot, so nothing is doubled in what is declared.
        assertEquals(slots.toString(), vars.toString());
      }
    }
  }

  @Test
  void aValueOfDigitsNeverNumbersARedirection() throws Exception {
    Path folder = Files.createTempDirectory("torc-quoting");
    try {
      for (String command :
          List.of("echo {n}>{f}", "echo 1{n}>>{f}", "echo {n}4>{f}", "echo {n}{n}>{f}")) {
        Path file = folder.resolve("f" + command.hashCode());
        String text =
            new Scope(Vars.of(Map.of("n", "2", "f", file.toString())), "j", new Problems())
                .command(scalar(command), SHELLS.getFirst())
                .declared();
        assertEquals("", run(SHELLS.getFirst(), text));
        String expected = command.replaceAll("echo ([^>]*)>.*", "$1").replace("{n}", "2");
        assertEquals(expected + "\n", Files.readString(file));
        Files.delete(file);
      }
    } finally {
      Files.delete(folder);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a/b.c", "x-1_2:3@4%5+6", "0"})
  void aPlainValueIsPutInAsItIs(String value) {
    for (Quote quote : Quote.values()) {
      assertEquals(value, Quoting.quote(value, quote));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a=b", "a,b", "if", "~", "#", "é", "a b"})
  void anythingElseIsQuoted(String value) {
    assertFalse(Quoting.isPlain(value));
    assertTrue(Quoting.quote(value, Quote.BARE).startsWith("'"));
    assertEquals(null, Quoting.quote(value, Quote.REFUSE));
  }

  private static Node.Scalar scalar(String text) {
    return new Node.Scalar(Place.NONE, text, true);
  }

  private static String run(List<String> shell, String text)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(shell);
    command.add(text);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    process.getOutputStream().close();
    try (InputStream out = process.getInputStream()) {
      String result = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return result;
    }
  }
}
