package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.engine.StubRunner.Stub;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import dev.torc.records.AttemptRecord.PostedEvent;
import dev.torc.records.Cache;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** What jobs append to the file of TORC_EVENTS. */
class EventsTest extends Harness {

  private static void post(Stub stub, String... lines) throws IOException {
    Path file = Path.of(stub.env("TORC_EVENTS"));
    Files.write(file, List.of(lines), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private List<PostedEvent> posted(long build, long sequence) {
    List<PostedEvent> events = new ArrayList<>();
    try (Cache cache = Cache.look(place(), _ -> {})) {
      cache.eachEvent(build, sequence, events::add);
    }
    return events;
  }

  /** Build, sequence, job, attempt and text of all events. */
  private List<String> all() {
    return posted(0, 0).stream()
        .map(e -> e.build() + "." + e.sequence() + " " + e.job() + "#" + e.attempt() + e.text())
        .toList();
  }

  @Test
  void eventsAreStampedWithTimeJobAttemptAndBuild() {
    given("a: { command: make a, needs: [x], retries: 1 }");
    edit("x", "1");
    job(
        "a",
        stub -> {
          post(stub, "{\"n\": 1}", "", " {\"n\":2, \"at\": " + stub.attempt() + "} ");
          return stub.exit(stub.attempt() == 1 ? 1 : 0);
        });
    long before = System.currentTimeMillis();
    build();
    long after = System.currentTimeMillis();
    assertEquals(
        List.of(
            "1.0 a#1{\"n\": 1}",
            "1.1 a#1{\"n\":2, \"at\": 1}",
            "1.2 a#2{\"n\": 1}",
            "1.3 a#2{\"n\":2, \"at\": 2}"),
        all());
    assertTrue(posted(0, 0).stream().allMatch(e -> before <= e.time() && e.time() <= after));
    edit("x", "2");
    build();
    assertEquals(8, all().size());
    assertEquals("2.0 a#1{\"n\": 1}", all().get(4));
    assertEquals(2, posted(2, 2).size());
    settled();
    assertEquals(8, all().size());
  }

  @Test
  void anEventHasTheTimeAtWhichItWasWrittenThoughTheJobGoesOn() throws IOException {
    Looks looks = new Looks();
    stamps = looks;
    given("a: { command: make a }");
    List<Long> times = new ArrayList<>();
    job(
        "a",
        stub -> {
          for (int n = 0; n < 2; n++) {
            looks.await(); // for one that sees the line before, and is over
            post(stub, "{}");
            Path file = Path.of(stub.env("TORC_EVENTS"));
            times.add(Files.getLastModifiedTime(file).toMillis());
            waitPast(times.getLast() + 10);
          }
          return stub.exit(0);
        });
    build();
    assertEquals(times, posted(0, 0).stream().map(PostedEvent::time).toList());
    assertTrue(times.get(1) - times.get(0) > 10);
  }

  /** Lets a job wait until the file of its events was looked at. */
  private static final class Looks implements StampSource {
    private final StampSource real = StampSource.of(FileSystems.getDefault());
    private final Semaphore seen = new Semaphore(0);

    void await() {
      seen.drainPermits();
      seen.acquireUninterruptibly(2); // the first may have begun before
    }

    @Override
    public Stamp stamp(Path path) throws IOException {
      return real.stamp(path);
    }

    @Override
    public Stamp linkStamp(Path path) throws IOException {
      Stamp stamp = real.linkStamp(path);
      if (path.toString().endsWith("events")) {
        seen.release();
      }
      return stamp;
    }
  }

  private static void waitPast(long millis) {
    while (System.currentTimeMillis() <= millis) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aLineThatIsNoObjectIsAFailureThatQuotesItAndIsKept() {
    given("a: { command: make a, produces: [a.out] }");
    job(
        "a",
        stub -> {
          post(stub, "{\"n\": 1}", "[1]", "{\"n\": 2}");
          return work(stub);
        });
    build();
    assertEquals(JobState.FAILED, state("a"));
    assertEquals(
        "TORC_EVENTS has a line that cannot be read: [1] (each line is a JSON object)", what("a"));
    assertEquals(
        List.of("1.0 a#1{\"n\": 1}", "1.1 a#1{\"text\":\"[1]\"}", "1.2 a#1{\"n\": 2}"), all());
  }

  @Test
  void aFailedAttemptFailsForItsOwnReasonAndKeepsWhatItPosted() {
    given("a: { command: make a }");
    job(
        "a",
        stub -> {
          post(stub, "half a \"line\"");
          return stub.exit(3);
        });
    build();
    assertEquals("exit 3", what("a"));
    assertEquals(List.of("1.0 a#1{\"text\":\"half a \\\"line\\\"\"}"), all());
  }

  @Test
  void bytesThatAreNoTextAreAFailureOfAnAttemptThatEndedWell() {
    given("a: { command: make a }");
    job(
        "a",
        stub -> {
          Files.write(Path.of(stub.env("TORC_EVENTS")), new byte[] {'{', (byte) 0xff, '}'});
          return stub.exit(0);
        });
    build();
    assertEquals("TORC_EVENTS holds what is no valid UTF-8", what("a"));
  }

  @Test
  void eventsDecideNothing() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        """);
    edit("x", "1");
    job(
        "a",
        stub -> {
          post(stub, "{\"n\": \"" + stub.read("x") + "\"}");
          stub.write("a.out", "same");
          return stub.exit(0);
        });
    build().ran("a", "b");
    edit("x", "2");
    build().ran("a");
    assertEquals(2, all().size());
  }
}
