package dev.torc.front.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.Reason;
import dev.torc.core.memory.JobResult.Origin;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class JsonReportTest {

  static final List<Event> ALL =
      List.of(
          Events.started(4),
          new Event.Expanded(9),
          Events.jobStarted("work2"),
          new Event.JobRetried(
              "work2",
              1,
              new Event.Details(
                  "exit 1",
                  "c",
                  new Event.Log(Path.of("/l"), Path.of("/"), 0, Event.WhenShown.FAILURE),
                  5,
                  -1,
                  -1),
              1_500_000_000L),
          new Event.JobSubmitted("work2", "slurm", "12_3"),
          new Event.JobReleased("work2"),
          new Event.JobRestored("work1", new Origin("", 3, "", 1_700_000_000_000L, ""), List.of()),
          Events.without("work2", 3, "work/i=1", "work/i=3"),
          new Event.JobUndone("work1", new Event.Details("lost", "", null, 0, -1, -1)),
          new Event.Ending(List.of("work3", "work4"), 5_000_000_000L),
          new Event.Fetching("bwa", "podman", Path.of("/l"), false),
          new Event.Terminal(true),
          new Event.Changed(List.of("a.txt", "src/b.c")),
          new Event.Watching(12),
          new Event.Note(Event.Level.WARNING, "line\none"),
          Events.finished(1, 3, 0, 0));

  static String show(List<Event> events) {
    StringWriter out = new StringWriter();
    try (Report report = new JsonReport(out)) {
      events.forEach(report);
    }
    return out.toString();
  }

  @Test
  void oneObjectPerLineInTheFormOfVersion1() {
    assertEquals(
        """
        {"event":"started","version":1,"build":"b1","number":7,"root":"/project","jobs":4}
        {"event":"expanded","jobs":9}
        {"event":"job_started","job":"work2","attempt":1,"command":"python3 work.py f2.json f4.json",\
        "reasons":[{"kind":"need_changed","name":"f2.json","old":"OLD","now":"NOW"}],\
        "executor":null,"log":null}
        {"event":"job_retried","job":"work2","attempt":1,"what":"exit 1","command":"c","log":"/l",\
        "seconds":5.0E-9,"cpu":null,"memory":null,"delay":1.5}
        {"event":"job_submitted","job":"work2","executor":"slurm","id":"12_3"}
        {"event":"job_released","job":"work2"}
        {"event":"job_restored","job":"work1",\
        "from":{"store":"","build":3,"host":"","started":1700000000000,"job":""},\
        "reasons":[]}
        {"event":"job_ended","job":"work2","state":"ran","what":"","command":"","log":null,\
        "seconds":1.2,"cpu":1.0,"memory":3145728,\
        "without":[{"of":3,"jobs":["work/i=1","work/i=3"]}]}
        {"event":"job_undone","job":"work1","what":"lost"}
        {"event":"ending","jobs":["work3","work4"],"grace":5.0}
        {"event":"fetching","image":"bwa","runtime":"podman","log":"/l","ended":false}
        {"event":"terminal","lent":true}
        {"event":"changed","files":["a.txt","src/b.c"]}
        {"event":"watching","files":12}
        {"event":"note","level":"warning","text":"line\\none"}
        {"event":"finished","build":"b1","counts":{"up_to_date":3,"ran":1,"failed":0,"restored":0,\
        "blocked":0,"interrupted":0,"submitted":0,"not_reached":0,"skipped":0,"frozen":0},"seconds":1.2,"exit":0}
        """
            .replace("OLD", ReasonTextTest.OLD)
            .replace("NOW", ReasonTextTest.NOW),
        show(ALL));
  }

  @Test
  void theFirstEventHasTheVersionWhicheverItIs() {
    assertTrue(show(ALL.reversed()).startsWith("{\"event\":\"finished\",\"version\":1,"));
  }

  @Test
  void noReasonIsLeftOut() {
    List<Reason> many =
        java.util.stream.IntStream.range(0, 500)
            .mapToObj(i -> Reason.of(Reason.Kind.NEED_ADDED, "n" + i))
            .toList();
    String line = show(List.of(new Event.JobStarted("j", 1, "c", many)));
    assertTrue(many.stream().allMatch(reason -> line.contains('"' + reason.name() + '"')));
  }

  @Test
  void thePageNamesEachEventAndWord() throws IOException {
    Set<String> known = found("\"event\":\"(\\w+)\"", show(ALL));
    assertEquals(
        Event.class.getPermittedSubclasses().length, known.size(), "an event that ALL lacks");
    known.add("refused");
    for (Enum<?>[] words : new Enum<?>[][] {JobState.values(), Reason.Kind.values()}) {
      for (Enum<?> word : words) {
        if (!(word instanceof JobState state && !state.isFinal())) {
          known.add(word.name().toLowerCase(Locale.ROOT));
        }
      }
    }
    String page =
        Files.readString(Path.of("src/site/markdown/json.md")).split("## The other commands")[0];
    assertEquals(known, found("(?m)^\\| `(\\w+)` \\|", page));
  }

  private static TreeSet<String> found(String pattern, String text) {
    TreeSet<String> found = new TreeSet<>();
    Pattern.compile(pattern).matcher(text).results().forEach(match -> found.add(match.group(1)));
    return found;
  }
}
