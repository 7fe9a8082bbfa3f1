package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Rule 6: whatever a job leaves as its depfile, torc reads no more of it than a compiler writes.
 */
class Rule06DepfileBoundsTest extends Harness {

  private interface Make {
    void at(Path depfile) throws IOException;
  }

  @BeforeEach
  void oneJob() {
    given("a: { command: make a, needs: [x], produces: [a.out], depfile: a.d }");
    edit("x", "1");
  }

  private void leaves(Make make) {
    job(
        "a",
        stub -> {
          make.at(root.resolve("a.d"));
          return work(stub);
        });
  }

  private void fails(String what, Make make) {
    leaves(make);
    build();
    assertEquals(JobState.FAILED, state("a"));
    assertEquals(what, what("a"));
  }

  private static String names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "h" + i + ".h").collect(Collectors.joining(" "));
  }

  @Test
  void aDepfileThatIsTooLargeFailsItsJob() {
    fails(
        "depfile a.d is larger than 16 MiB; is it one?",
        file -> {
          try (OutputStream out = Files.newOutputStream(file)) {
            byte[] mebibyte = " ".repeat(1 << 20).getBytes();
            out.write("a.out: x".getBytes());
            for (int i = 0; i < 17; i++) {
              out.write(mebibyte);
            }
          }
        });
  }

  @Test
  void oneThatNamesTooManyFilesFailsItsJob() {
    fails(
        "depfile a.d: it names more than 100000 files",
        file -> Files.writeString(file, "a.out: " + names(100_001) + "\n"));
  }

  @Test
  void oneThatNamesWhatNoFileCanBeCalledFailsItsJob() {
    fails(
        "depfile a.d: the name %s…%s is longer than file systems take (255 bytes); shorten it"
            .formatted("h".repeat(20), "h".repeat(19)),
        file -> Files.writeString(file, "a.out: x " + "h".repeat(256) + "\n"));
  }

  @Test
  void whatIsNoPlainFileIsNotOpened() {
    fails("depfile a.d is no plain file", Files::createDirectory);
  }

  @Test
  void ofManyFilesThatMovedAFewAreNamed() {
    leaves(
        file -> {
          for (int i = 0; i < 1000; i++) {
            Files.writeString(file.resolveSibling("h" + i + ".h"), "made while the job runs");
          }
          Files.writeString(file, "a.out: " + names(1000) + "\n");
        });
    build();
    assertEquals(JobState.RAN, state("a"));
    List<String> moved = notes().stream().filter(note -> note.contains("moved")).toList();
    assertEquals(11, moved.size(), moved::toString);
    assertTrue(
        moved.getFirst().startsWith("need h0.h of job a moved while it ran"), moved::toString);
    assertTrue(moved.getLast().startsWith("…and 990 more needs of job a moved"), moved::toString);
  }
}
