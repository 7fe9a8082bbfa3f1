package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A watch through many edits at random, some of them while a build runs: after each one the
 * products are what the sources say, with as many rounds as there were changes. A file that is put
 * back as it was begins no round, and a restored product begins no second one.
 */
class WatchWalkTest {

  private static final int EDITS = 90;

  private static final String JOBS =
      """
      copy: { command: cp a.txt b.txt, needs: a.txt, produces: b.txt }
      all: { command: 'cat in/*.txt > all', needs: 'in/*.txt', produces: all }
      bad: { command: 'cp c.txt d.txt; grep -q good c.txt', needs: c.txt, produces: d.txt }
      next: { command: 'cat d.txt e.txt > f.txt', needs: [d.txt, e.txt], produces: f.txt }
      tick: { command: 'echo $TORC_BUILD > t', produces: t, always: true }
      """;

  @TempDir Path temp;
  private final Random random = new Random(35);
  private WatchStage stage;
  private String said = ""; // the edit whose rounds are expected
  private int expected = 1; // rounds
  private int rounds; // rounds over at the last check
  private int number;
  private String during; // the text of a.txt after the next run of copy; null for none

  @Test
  void noEditIsLostAndNoRoundIsWithoutEnd() throws IOException {
    stage = new WatchStage(temp).jobs(JOBS).put("a.txt", "1").put("c.txt", "bad").put("e.txt", "1");
    stage.restores = true;
    stage.put("in/0.txt", "0\n").heard = this::hear;
    for (int i = 0; i < EDITS; i++) {
      stage.then(
          () -> {
            check();
            edit();
            return true;
          });
    }
    stage
        .then(
            () -> {
              check();
              return false;
            })
        .run();
    long restored =
        stage.events.stream()
            .filter(e -> e instanceof Event.JobEnded job && job.state() == JobState.RESTORED)
            .count();
    assertEquals(true, restored > 0, "no job was restored");
  }

  private void hear(Event event) {
    if (event instanceof Event.JobEnded job && job.job().equals("copy") && during != null) {
      try {
        stage.put("a.txt", during);
        during = null;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void check() throws IOException {
    int now = (int) stage.events.stream().filter(Event.Finished.class::isInstance).count();
    assertEquals(expected, now - rounds, said + ", told: " + stage.told());
    rounds = now;
    assertEquals(read("a.txt"), read("b.txt"), said);
    try (Stream<Path> in = Files.list(stage.root.resolve("in"))) {
      List<Path> files = in.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
      String all = files.stream().map(WatchWalkTest::text).collect(Collectors.joining());
      assertEquals(all, read("all"), said);
    }
    if (read("c.txt").contains("good")) {
      assertEquals(read("c.txt") + read("e.txt"), read("f.txt"), said);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String read(String path) {
    return text(stage.root.resolve(path));
  }

  /** An edit at random, and how many rounds it has to begin. */
  private void edit() throws IOException {
    number++;
    String other = read("a.txt").equals("1") ? "2" : "1"; // a state that was there before
    switch (random.nextInt(14)) {
      case 0 -> edit("a.txt", other, 1);
      case 1 -> edit("a.txt", "new " + number, 1);
      case 2 -> edit("a.txt", read("a.txt"), 0);
      case 3 -> sh("touch a.txt b.txt c.txt in/0.txt torc.yaml", 0);
      case 4 -> sh("mv in x; cp -r x in; rm -r x; mv b.txt y; cp y b.txt; rm y", 0);
      case 5 -> edit("b.txt", "edited " + number, 1);
      case 6 -> sh("rm b.txt", 1);
      case 7 -> edit("in/" + number + ".txt", number + "\n", 1);
      case 8 -> edit("in/.swap" + number, "", 0);
      case 9 -> edit("c.txt", "good " + number, 1);
      case 10 -> edit("c.txt", "bad " + number, 1);
      case 11 -> edit("e.txt", "next " + number, 1);
      case 12 -> edit("torc.yaml", read("torc.yaml") + "# " + number + "\n", 1);
      default -> {
        during = "late " + number;
        edit("a.txt", "early " + number, 2);
      }
    }
  }

  private void edit(String path, String text, int begins) throws IOException {
    said = number + ": " + path + " is now " + text;
    expected = begins;
    stage.put(path, text);
  }

  private void sh(String line, int begins) throws IOException {
    said = number + ": " + line;
    expected = begins;
    stage.sh(line);
  }
}
