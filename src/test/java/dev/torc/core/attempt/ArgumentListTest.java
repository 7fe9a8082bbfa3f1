package dev.torc.core.attempt;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.Environment;
import dev.torc.core.here.LocalRunner;
import dev.torc.core.here.Runner;
import dev.torc.core.run.Harness;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Commands that are longer than the system takes. */
class ArgumentListTest extends Harness {

  private boolean real;

  @Override
  protected Runner openRunner() {
    return real ? new LocalRunner(Environment.ofCaller(), Runner.GRACE) : super.openRunner();
  }

  private static void check(List<String> argv) {
    new ArgumentList(Map.of()).check(argv, Map.of());
  }

  @Test
  void oneWordMayHave128KiB() {
    assertDoesNotThrow(() -> check(List.of("x".repeat((128 << 10) - 1))));
    assertThrows(AttemptFailure.class, () -> check(List.of("x".repeat(128 << 10))));
    assertThrows(AttemptFailure.class, () -> check(List.of("é".repeat(64 << 10))));
    AttemptFailure variable =
        assertThrows(
            AttemptFailure.class,
            () ->
                new ArgumentList(Map.of())
                    .check(List.of("x"), Map.of("LONG", "x".repeat(128 << 10))));
    assertTrue(variable.getMessage().endsWith("; write it to a file"), variable.getMessage());
  }

  @Test
  void allWordsMayHave2MiB() {
    assertDoesNotThrow(() -> check(Collections.nCopies(20, "x".repeat(100_000))));
    assertThrows(AttemptFailure.class, () -> check(Collections.nCopies(21, "x".repeat(100_000))));
    assertThrows(
        AttemptFailure.class,
        () ->
            new ArgumentList(Map.of("LONG", "x".repeat(100_000)))
                .check(Collections.nCopies(20, "x".repeat(100_000)), Map.of()));
    Map<String, String> replaced = new HashMap<>(Map.of("LONG", "y"));
    replaced.put("GONE", null);
    assertDoesNotThrow(
        () ->
            new ArgumentList(Map.of("LONG", "x".repeat(60_000), "GONE", "x".repeat(60_000)))
                .check(Collections.nCopies(20, "x".repeat(100_000)), replaced));
  }

  private void manyNeeds(String command) {
    given(
        """
        all:
          command: %s
          needs: ['in/**']
          produces: all
        """
            .formatted(command));
    for (int i = 0; i < 1200; i++) {
      edit("in/" + "long".repeat(30) + i, "");
    }
  }

  @Test
  void needsThatAreTooLongForTheShellFailInOneLineThatNamesTheWayOut() {
    manyNeeds("'cat {needs} > {produces}'");
    build();
    assertEquals(JobState.FAILED, state("all"));
    assertTrue(
        what("all")
            .matches(
                "the command is 1[0-9]{5} bytes long, and the system takes 128 KiB for one word;"
                    + " read paths from the file \\$TORC_NEEDS, not \\{needs\\}; put other text"
                    + " into a script"),
        what("all"));
  }

  @Test
  void aListCommandTakesThemAndSoDoesTheFile() {
    real = true;
    manyNeeds("[sh, -c, 'cp \"$TORC_NEEDS\" all; test $# = 1200', sh, '{needs}']");
    build();
    assertEquals(List.of(), notes());
    assertEquals(1200, read("all").lines().count());
    assertEquals(0, exit);
  }
}
