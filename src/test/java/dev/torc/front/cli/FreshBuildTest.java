package dev.torc.front.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sample;
import dev.torc.base.posix.ClosedFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a build left fresh is up to date without being decided again, never falsely: tests with
 * damaged bytes, memory mappings or many random builds. The others are in {@code fresh.txt}.
 */
class FreshBuildTest {

  private static final String DONE = "3 jobs: 0 ran, 3 up to date, 0 failed";

  @TempDir Path temp;
  private Folder folder;
  private int touches;

  @BeforeEach
  void folder() throws IOException {
    folder = new Folder(temp.toRealPath());
  }

  private Path rest() {
    return folder.at().resolve(".torc/rest");
  }

  /** Gives files other stamps: copies with other times take their place. */
  private void touch(String... paths) throws IOException {
    for (String path : paths) {
      Path file = folder.at().resolve(path);
      Path copy = folder.at().resolve(path + ".copy");
      Files.copy(file, copy);
      Files.setLastModifiedTime(copy, FileTime.fromMillis(1_000_000L + ++touches));
      ClosedFile.await(Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING));
    }
  }

  /**
   * A file open for writing is never believed by its stamp, neither in a fresh job nor after a
   * touch.
   */
  @Test
  void filesOpenForWritingAreNeverFresh() throws IOException {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "leases are Linux's");
    assumeTrue(dev.torc.base.posix.FileSystems.networkKind(temp).isEmpty(), "no leases here");
    folder.chain();
    folder.settle();
    Path file = folder.at().resolve("a.txt");
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment old;
      try (FileChannel channel = FileChannel.open(file, READ, WRITE)) {
        old = channel.map(FileChannel.MapMode.READ_WRITE, 0, 3, memory);
      }
      old.set(ValueLayout.JAVA_BYTE, 0, (byte) 'o'); // the time moves, the bytes do not
      folder.window();
      assertTrue(folder.run().err().startsWith(DONE));
      for (String word : List.of("two", "six", "ten")) {
        MemorySegment.copy(word.getBytes(US_ASCII), 0, old, ValueLayout.JAVA_BYTE, 0, 3);
        Run run = folder.run();
        assertTrue(run.err().contains("3 jobs: 3 ran"), run.err());
        assertEquals(word + "\n", folder.get("d.txt"));
        folder.window();
        assertTrue(folder.run().err().startsWith(DONE));
      }
    }
    folder.window();
    folder.settle();
    assertTrue(folder.opensNothing());
  }

  @Test
  void withoutTheDigestsTouchedFilesAreDecided() throws IOException {
    folder.chain();
    folder.settle();
    byte[] bytes = Files.readAllBytes(rest());
    bytes[bytes.length - 1] ^= 1;
    Files.write(rest(), bytes);
    assertTrue(folder.opensNothing());
    touch("a.txt");
    folder.window();
    assertFalse(folder.opensNothing());
    touch("a.txt");
    assertTrue(folder.opensNothing(), "written anew");
  }

  @Test
  void aDamagedFileIsNone() throws IOException {
    folder.chain();
    folder.settle();
    byte[] whole = Files.readAllBytes(rest());
    for (int at = 0; at < whole.length; at += 13) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(rest(), damaged);
      assertTrue(folder.run("-n").err().contains("3 up to date"));
    }
  }

  /** The same verdicts, word for word, with what is fresh and without it. */
  @Test
  void verdictsAreThoseThatLookingAtEverythingGives() throws IOException {
    long seed = Sample.SEED;
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>();
    int jobs = 12;
    for (int j = 0; j < jobs; j++) {
      String needs = "s" + random.nextInt(4) + ".txt";
      if (j > 0) {
        needs += ", p" + random.nextInt(j) + ".txt";
      }
      String made = j > 5 ? ", '**/p[0-3].txt'" : "";
      String more = List.of(", in/", ", 'in/*.txt'", made, made, "").get(random.nextInt(5));
      lines.add(
          "  j%d: { command: \"cat %s > p%d.txt\", ".formatted(j, needs.replace(",", ""), j)
              + "needs: [%s%s], produces: p%d.txt }".formatted(needs, more, j));
    }
    List<String> whole = List.copyOf(lines);
    folder.put("torc.yaml", "jobs:\n" + String.join("\n", lines)).put("in/x.txt", "x");
    for (int s = 0; s < 4; s++) {
      folder.put("s" + s + ".txt", "s" + s);
    }
    folder.build();
    for (int step = 0; step < 60; step++) {
      switch (random.nextInt(14)) {
        case 0, 1 -> folder.put("s" + random.nextInt(4) + ".txt", "s" + random.nextInt(3));
        case 2 -> folder.put("p" + random.nextInt(jobs) + ".txt", "mine" + random.nextInt(3));
        case 3 -> Files.deleteIfExists(folder.at().resolve("p" + random.nextInt(jobs) + ".txt"));
        case 4 -> folder.put("in/" + random.nextInt(3) + ".txt", "" + random.nextInt(2));
        case 5 -> folder.run("build", "j" + random.nextInt(jobs));
        case 6, 7 -> {
          for (int files = random.nextInt(6); files > 0; files--) {
            String path =
                random.nextBoolean() ? "s" + random.nextInt(4) : "p" + random.nextInt(jobs);
            if (folder.has(path + ".txt")) {
              touch(path + ".txt");
            }
          }
        }
        case 8 -> {
          Path file = folder.at().resolve("in/x.txt");
          Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L + ++touches));
        }
        case 9, 10, 11 -> {
          edit(lines, random);
          folder.put("torc.yaml", "jobs:\n" + String.join("\n", lines));
        }
        case 12 -> folder.run("adopt", "j" + random.nextInt(jobs), "j" + random.nextInt(jobs));
        default -> folder.run();
      }
      String fast = plan();
      for (String name : List.of("rest", "graph")) {
        hide(name, name + ".hidden");
      }
      assertEquals(plan(), fast, "torc.seed=" + seed + " step " + step);
      for (String name : List.of("rest", "graph")) {
        hide(name + ".hidden", name);
      }
    }
    folder.put("torc.yaml", "jobs:\n" + String.join("\n", whole));
    folder.build();
    assertFalse(folder.run("-n").out().contains("will run"));
  }

  /** Edits a build file of one line for each job, now and then so that it cannot be built. */
  private static void edit(List<String> lines, Random random) {
    int at = random.nextInt(lines.size());
    String line = lines.get(at);
    switch (random.nextInt(7)) {
      case 0, 1 -> lines.add(at, "  # " + random.nextInt());
      case 2 -> Collections.swap(lines, at, random.nextInt(lines.size()));
      case 3 -> lines.set(at, line.replace("cat ", "cat  "));
      case 4 ->
          lines.set(
              at, line.replaceFirst("(, tags.*)? }", ", tags: [t" + random.nextInt(3) + "] }"));
      case 5 -> lines.remove(at);
      default -> {
        int number = random.nextInt(3);
        lines.removeIf(each -> each.startsWith("  more" + number));
        String more = "  more%1$d: { command: echo %2$d > in/%1$d.txt, produces: in/%1$d.txt }";
        lines.add(at % (lines.size() + 1), more.formatted(number, random.nextInt(2)));
      }
    }
  }

  private String plan() {
    Run run = folder.run("-n");
    return run.exit() + run.out() + run.err();
  }

  private void hide(String from, String to) throws IOException {
    Path file = folder.at().resolve(".torc").resolve(from);
    if (Files.exists(file)) {
      Files.move(file, file.resolveSibling(to), StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
