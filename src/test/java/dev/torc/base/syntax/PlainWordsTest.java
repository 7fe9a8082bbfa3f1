package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.FreshProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainWordsTest {

  /** The plain words of a text, in an environment without settings of a shell. */
  private static Optional<List<String>> of(List<String> shell, String text) {
    return PlainWords.of(shell, text, _ -> false);
  }

  private static final List<String> SH = List.of("sh", "-e", "-c");
  private static Path program;

  @BeforeContainer
  static void program() throws IOException {
    program = Files.createTempFile("words", ".sh");
    FreshProgram.write(program, "#!/bin/sh\nprintf '%s|\\n' \"$#\" \"$@\"\n");
  }

  @AfterContainer
  static void remove() throws IOException {
    Files.delete(program);
  }

  @Test
  void plainWordsAreTakenApart() {
    assertEquals(
        Optional.of(List.of("gcc", "-O2", "-DX=1", "--std=c11", "-o", "a.o", "../a,b:c+d@e%f.c")),
        of(SH, " gcc -O2\t-DX=1  --std=c11 -o a.o ../a,b:c+d@e%f.c "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b;",
        "a $x",
        "a `b`",
        "a 'b'",
        "a \"b\"",
        "a \\b",
        "a\nb",
        "a | b",
        "a & b",
        "a > b",
        "a < b",
        "a *",
        "a ?",
        "a [b]",
        "a {b,c}",
        "a ~",
        "~/a",
        "a ~b",
        "a b=~",
        "X=1 a",
        "X=1",
        "a #b",
        "a !b",
        "a ^b",
        "(a)",
        "-a",
        "+a",
        "%1",
        "@a",
        ":",
        ". a",
        "a =b",
        "a \u00e9",
        "a \u00a0b",
        "a\rb",
        "a b\u0000"
      })
  void wordsWithAMeaningForTheShellAreNotPlain(String text) {
    assertEquals(Optional.empty(), of(SH, text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo a", "printf a", "test -f a", "[ a", "true", "false", "kill 1", "cd a", "exec a",
        "time a", "pwd", "type a", "ulimit", "if a", "source a", "command a", "print a", "noglob a"
      })
  void builtinsAndKeywordsAreNotPlain(String text) {
    assertEquals(Optional.empty(), of(SH, text));
  }

  @Test
  void noNameThatBashHasForItselfIsPlain() throws Exception {
    List<String> names = output(List.of("bash", "-c", "compgen -b; compgen -k")).lines().toList();
    assertTrue(names.size() > 60);
    for (String name : names) {
      assertEquals(Optional.empty(), of(SH, name + " a"), name);
    }
  }

  @Test
  void onlyShellsWithHarmlessOptionsAreKnown() {
    for (String shell :
        List.of(
            "sh -c",
            "sh -e -c",
            "/bin/sh -ec",
            "bash -e -o pipefail -c",
            "bash -euo pipefail -c",
            "dash -u -c",
            "ksh -e -c",
            "zsh -f -c",
            "zsh -fec")) {
      assertTrue(of(List.of(shell.split(" ")), "a b").isPresent(), shell);
    }
    for (String shell :
        List.of(
            "sh",
            "sh -e",
            "sh -x -c",
            "bash -l -c",
            "bash -i -c",
            "bash -c -e",
            "fish -c",
            "python3 -c",
            "bash -o -c",
            "bash -o xtrace -c",
            "zsh -c",
            "sh -c sh",
            "env sh -c",
            "bash --login -c",
            "sh -c -c")) {
      assertEquals(Optional.empty(), of(List.of(shell.split(" ")), "a b"), shell);
    }
    assertEquals(Optional.empty(), of(List.of(), "a b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"BASH_ENV", "ENV", "BASH_FUNC_gcc%%"})
  void anEnvironmentThatChangesTheShellNeedsIt(String name) {
    assertTrue(PlainWords.of(SH, "gcc a", "OTHER"::equals).isPresent());
    assertEquals(Optional.empty(), PlainWords.of(SH, "gcc a", name::equals));
  }

  /** What is accepted reaches the program through the shell exactly as it does without it. */
  @Property(tries = 80, shrinking = ShrinkingMode.OFF)
  void plainWordsArriveTheSameWithAndWithoutTheShell(@ForAll("texts") String text)
      throws Exception {
    Optional<List<String>> words = of(SH, program + " " + text);
    Assume.that(words.isPresent());
    String direct = output(words.get());
    assertEquals(direct, output(List.of("sh", "-e", "-c", program + " " + text)));
    assertEquals(direct, output(List.of("bash", "-c", program + " " + text)));
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> plain =
        Arbitraries.strings()
            .withChars("abzAZ09_-./,:+@%= \t")
            .ofMaxLength(60)
            .filter(text -> of(SH, "a " + text).isPresent());
    Arbitrary<String> any = Arbitraries.strings().ascii().ofMaxLength(4);
    return Arbitraries.frequencyOf(Tuple.of(9, plain), Tuple.of(1, any));
  }

  private static String output(List<String> argv) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(argv)
            .directory(program == null ? null : program.getParent().toFile())
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return text;
  }
}
