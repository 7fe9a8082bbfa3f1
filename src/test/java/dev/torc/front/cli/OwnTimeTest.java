package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.front.show.Console;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A build tells its time from the start of torc, as a stopwatch does. */
class OwnTimeTest {

  @TempDir Path temp;
  private Folder folder;

  @BeforeEach
  void givenAProject() throws Exception {
    folder = new Folder(temp).chain();
  }

  /** A call of a torc that began two hours ago. */
  private Run late(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    long began = System.nanoTime() - TimeUnit.HOURS.toNanos(2);
    Map<String, String> env = Map.of("PATH", System.getenv("PATH"));
    InputStream in = InputStream.nullInputStream();
    Console console =
        new Console(
            in, out, err, env, temp, new Console.Terminals(false, false, () -> 0), () -> began);
    int exit = Main.run(args, console);
    assertEquals(0, exit, err.toString());
    return new Run(exit, out.toString(), err.toString());
  }

  private static void hours(String text, String seconds) {
    Matcher found = Pattern.compile(seconds).matcher(text);
    assertTrue(found.find(), text);
    assertTrue(Double.parseDouble(found.group(1)) >= 7200, text);
  }

  @Test
  void theLastLineTellsIt() {
    assertTrue(late().err().contains("3 jobs: 3 ran, 0 up to date, 0 failed in 2 h"));
  }

  @Test
  void soItDoesWhereNothingRuns() throws Exception {
    folder.settle();
    assertTrue(folder.opensNothing());
    assertTrue(late().err().contains("3 jobs: 0 ran, 3 up to date, 0 failed in 2 h"));
  }

  @Test
  void jsonAndHistoryTellTheSame() {
    hours(late("--json").out(), "\"event\":\"finished\".*\"seconds\":([0-9.]+)");
    String history = folder.run("history", "--json").out();
    hours(history, "\"seconds\": ?([0-9.]+)");
  }

  /** Else the end that the report and the crate compute would lie in the future. */
  @Test
  void theRecordBeginsThenToo() {
    late();
    String started =
        folder
            .run("history", "--json")
            .out()
            .replaceAll("(?s).*\"started\": ?\"([^\"]*)\".*", "$1");
    long ago =
        System.currentTimeMillis()
            - java.time.OffsetDateTime.parse(started).toInstant().toEpochMilli();
    assertTrue(ago >= TimeUnit.HOURS.toMillis(2), started);
  }
}
