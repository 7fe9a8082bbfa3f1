package dev.torc.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torc.engine.Event;
import dev.torc.engine.JobState;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {

  @TempDir Path dir;
  private final StringWriter err = new StringWriter();
  private long now; // nanoseconds

  private Profile profile() {
    return new Profile(() -> now, 0, err, dir.resolve("made/profile.json"), "made/profile.json");
  }

  private static Event.Details took(long cpu) {
    return new Event.Details("", "", null, 1, cpu, -1);
  }

  private List<String> trace() throws IOException {
    JsonNode root = new ObjectMapper().readTree(dir.resolve("made/profile.json").toFile());
    List<String> spans = new ArrayList<>();
    for (JsonNode span : root.get("traceEvents")) {
      assertEquals("X", span.get("ph").asText());
      spans.add(
          "%s %s %d: %.1f+%.1f"
              .formatted(
                  span.get("cat").asText(),
                  span.get("name").asText(),
                  span.get("tid").asInt(),
                  span.get("ts").asDouble(),
                  span.get("dur").asDouble()));
    }
    return spans;
  }

  @Test
  void thePhasesAreSaidInOneLine() {
    now = 1_500_000_000L;
    try (Profile profile = profile()) {
      profile.phase("read", 1_000_000_000L);
      profile.phase("open");
      now += 250_000_000L;
      profile.accept(Events.started(1));
      now += 2_000_000_000L;
      profile.accept(Events.finished(1, 0, 0, 0));
    }
    assertEquals(
        "profile: start 1.000 s, read 0.500 s, open 0.250 s, run 2.000 s, record 0.000 s,"
            + " 0 attempts took 0.000 s of CPU; trace in made/profile.json\n",
        err.toString());
  }

  @Test
  void jobsThatRunAtTheSameTimeHaveLanesOfTheirOwn() throws IOException {
    try (Profile profile = profile()) {
      profile.accept(new Event.JobStarted("a", List.of(), 1, "a"));
      now = 1000;
      profile.accept(new Event.JobReleased("a"));
      profile.accept(new Event.JobStarted("b", List.of(), 1, "b"));
      now = 1500;
      profile.accept(new Event.JobEnded("a", JobState.RAN, took(2_000_000)));
      profile.accept(new Event.JobStarted("c", List.of(), 1, "c"));
      now = 2000;
      profile.accept(new Event.JobRetried("b", 1, took(-1), 0));
      profile.accept(new Event.JobEnded("c", JobState.RAN, took(1_000_000)));
      profile.accept(new Event.JobEnded("d", JobState.UP_TO_DATE, took(-1)));
    }
    assertEquals(
        List.of(
            "job a 1: 0.0+1.0",
            "products a 1: 1.0+0.5",
            "job b 2: 1.0+1.0",
            "job c 1: 1.5+0.5",
            "phase start 0: 0.0+2.0"),
        trace());
    assertEquals(
        "profile: start 0.000 s, 3 attempts took 0.003 s of CPU; trace in made/profile.json\n",
        err.toString());
  }
}
