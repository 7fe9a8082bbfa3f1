package dev.torc.front.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torc.base.syntax.Hidden;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {

  @TempDir Path dir;
  private final StringWriter err = new StringWriter();
  private long now; // nanoseconds

  private Profile profile() {
    return new Profile(() -> now, 0, err, dir.resolve("made/profile.json"), new Hidden());
  }

  private static Event.Details took(long cpu) {
    return new Event.Details("", "", null, 1, cpu, -1);
  }

  private JsonNode events() throws IOException {
    return new ObjectMapper()
        .readTree(dir.resolve("made/profile.json").toFile())
        .get("traceEvents");
  }

  private List<String> trace() throws IOException {
    List<String> spans = new ArrayList<>();
    for (JsonNode span : events()) {
      if (span.get("ph").asText().equals("X")) {
        spans.add(
            "%s %s %d: %.1f+%.1f"
                .formatted(
                    span.get("cat").asText(),
                    span.get("name").asText(),
                    span.get("tid").asInt(),
                    span.get("ts").asDouble(),
                    span.get("dur").asDouble()));
      }
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
            + " 0 attempts took 0.000 s of CPU; trace in "
            + dir.resolve("made/profile.json")
            + "\n",
        err.toString());
  }

  @Test
  void jobsThatRunAtTheSameTimeHaveLanesOfTheirOwn() throws IOException {
    try (Profile profile = profile()) {
      profile.accept(new Event.JobStarted("a", 1, "a", List.of()));
      now = 1000;
      profile.accept(new Event.JobReleased("a"));
      profile.accept(new Event.JobStarted("b", 1, "b", List.of()));
      now = 1500;
      profile.accept(new Event.JobEnded("a", JobState.RAN, took(2_000_000)));
      profile.accept(new Event.JobStarted("c", 1, "c", List.of()));
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
        "profile: start 0.000 s, 3 attempts took 0.003 s of CPU; trace in "
            + dir.resolve("made/profile.json")
            + "\n",
        err.toString());
  }

  @Test
  void aSubmittedJobHasItsOwnTimeAndThatInTheQueue() throws IOException {
    try (Profile profile = profile()) {
      profile.accept(Events.jobStarted("a"));
      profile.accept(new Event.JobSubmitted("a", "slurm", "12_3"));
      now = 5_000_000;
      profile.accept(
          new Event.JobEnded(
              "a", JobState.RAN, new Event.Details("", "", null, 2_000_000, -1, -1)));
    }
    assertEquals(
        List.of("queued a 1: 0.0+3000.0", "job a 1: 3000.0+2000.0"), trace().subList(0, 2));
  }

  @Test
  void anAttemptTellsWhyItRanAndHowItEnded() throws IOException {
    try (Profile profile = profile()) {
      profile.accept(Events.jobStarted("a"));
      profile.accept(new Event.JobSubmitted("a", "slurm", "12_3"));
      profile.accept(
          new Event.JobRetried("a", 1, new Event.Details("exit 1", "", null, 1, -1, -1), 0));
      profile.accept(new Event.JobStarted("a", 2, "a", List.of()));
      profile.accept(Events.ended("a", JobState.RAN));
      profile.accept(new Event.JobStarted("b", 1, "b", List.of()));
    }
    List<String> args = new ArrayList<>();
    for (JsonNode event : events()) {
      if (event.path("cat").asText().equals("job")) {
        args.add(event.get("args").toString());
      }
    }
    assertEquals(
        List.of(
            "{\"attempt\":1,\"outcome\":\"retried\",\"what\":\"exit 1\","
                + "\"reasons\":\"need f2.json changed 3f2a91c → 88d01be\","
                + "\"submitted\":\"slurm 12_3\"}",
            "{\"attempt\":2,\"outcome\":\"ran\",\"cpu_seconds\":1.0,\"memory_bytes\":3145728}",
            "{\"attempt\":1,\"outcome\":\"cut_off\"}"),
        args);
  }

  /**
   * By "Trace Event Format" (the document of Chrome's tracing): each kind of event has what it must
   * have, lanes have names, and no two events of a lane overlap.
   */
  @Test
  void atRandomTheTraceIsValidAndNothingOverlapsInALane() throws IOException {
    Random random = new Random(4711);
    for (int round = 0; round < 20; round++) {
      Set<String> running = new TreeSet<>();
      try (Profile profile = profile()) {
        for (int step = 0; step < 300; step++) {
          now += random.nextInt(3) * 500L; // at times two things happen in one moment
          String job = "j" + random.nextInt(40);
          if (running.add(job)) {
            profile.accept(new Event.JobStarted(job, 1, "c", List.of()));
          } else if (random.nextInt(3) == 0) {
            profile.accept(new Event.JobReleased(job));
          } else {
            profile.accept(new Event.JobEnded(job, JobState.RAN, took(1)));
            running.remove(job);
          }
        }
      }
      valid(events());
    }
  }

  private static void valid(JsonNode events) {
    Set<Integer> named = new TreeSet<>();
    Map<Integer, List<double[]>> lanes = new TreeMap<>();
    for (JsonNode event : events) {
      String told = event.toString();
      assertTrue(event.get("name").isTextual(), told);
      assertTrue(event.get("pid").isInt() && event.get("tid").isInt(), told);
      switch (event.get("ph").asText()) {
        case "M" -> {
          switch (event.get("name").asText()) {
            case "process_name" -> assertTrue(event.at("/args/name").isTextual(), told);
            case "thread_name" -> {
              assertTrue(event.at("/args/name").isTextual(), told);
              assertTrue(named.add(event.get("tid").asInt()), told);
            }
            case "thread_sort_index" -> assertTrue(event.at("/args/sort_index").isInt(), told);
            default -> throw new AssertionError(told);
          }
        }
        case "X" -> {
          assertTrue(event.get("cat").isTextual(), told);
          double from = event.get("ts").asDouble(-1);
          double lasts = event.get("dur").asDouble(-1);
          assertTrue(from >= 0 && lasts >= 0, told);
          lanes
              .computeIfAbsent(event.get("tid").asInt(), _ -> new ArrayList<>())
              .add(new double[] {from, from + lasts});
        }
        default -> throw new AssertionError(told);
      }
    }
    assertEquals(named, lanes.keySet());
    for (List<double[]> lane : lanes.values()) {
      lane.sort(Comparator.<double[]>comparingDouble(s -> s[0]).thenComparingDouble(s -> s[1]));
      for (int i = 1; i < lane.size(); i++) {
        double nanosecond = 1e-3;
        assertTrue(lane.get(i - 1)[1] <= lane.get(i)[0] + nanosecond / 2);
      }
    }
  }
}
