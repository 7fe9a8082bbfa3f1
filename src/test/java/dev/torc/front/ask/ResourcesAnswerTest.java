package dev.torc.front.ask;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.Series;
import dev.torc.base.machine.Series.Usage;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.Palette;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.model.Job.Resources;
import dev.torc.front.ask.JobUse.Used;
import dev.torc.front.show.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ResourcesAnswerTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long MIB = 1 << 20;

  private static Resources asked(int cpus, long memory, int line) {
    return new Resources(
        cpus, memory, -1, 0, new TreeMap<>(), 0, 1, new Place("torc.yaml", line, 7));
  }

  private static AttemptRecord ran(String job, long seconds, long cpu, long peak) {
    return new AttemptRecord(
        new AttemptRecord.Id(1, 0, job, 1),
        new AttemptRecord.End(Outcome.OK, 0, 0),
        new AttemptRecord.Times(5, 2 * SECOND, seconds * SECOND),
        new Usage(cpu * SECOND, 0, peak, 4096, 8192),
        new AttemptRecord.Where("here", null),
        new AttemptRecord.Asked(1, 0, 0, 0),
        new AttemptRecord.Why(List.of(), 0));
  }

  private static final ResourcesAnswer ANSWER =
      new ResourcesAnswer(
          List.of(
              JobUse.none("fit", -1, asked(4, 512 * MIB, 3))
                  .with(ran("fit", 10, 9, 40 * MIB), null),
              JobUse.none("train", 3, asked(4, 512 * MIB, 3))
                  .with(ran("train/1", 10, 18, 50 * MIB), null)
                  .with(ran("train/2", 20, 3, 30 * MIB), null),
              JobUse.none("new\u001b[1m", -1, Resources.DEFAULT)));

  @Test
  void eachLineHasWhatWasUsedAndWhatWasAskedFor() {
    assertEquals(
        """
        job             longest      cpus                 memory     read  written  waited
        fit              10.0 s  0.9 of 4  40.0 MiB of 512.0 MiB  4.0 KiB  8.0 KiB   2.0 s
        train (2 of 3)   20.0 s  1.8 of 4  50.0 MiB of 512.0 MiB  4.0 KiB  8.0 KiB   2.0 s
        """,
        ANSWER.text(Palette.NONE).lines().limit(3).collect(Collectors.joining("\n", "", "\n")));
  }

  @Test
  void jobsThatShareAPlaceShareTheAdvice() {
    List<String> lines = ANSWER.text(Palette.NONE).lines().toList();
    assertEquals(
        List.of(
            "",
            "torc.yaml:3:7: fit, train kept 1.8 of 4 cpus busy; cpus: 2",
            "torc.yaml:3:7: fit, train used 50.0 MiB of memory of 512.0 MiB; memory: 64MiB"),
        lines.subList(4, lines.size()));
  }

  @Test
  void gpusHaveColumnsWhereAJobHasSome() {
    Resources one = new Resources(1, 0, 1, 0, new TreeMap<>(), 0, 1, Place.NONE);
    AttemptRecord run = ran("a", 10, 9, MIB);
    run = run.withGpus(85, 8L << 30);
    ResourcesAnswer answer =
        new ResourcesAnswer(
            List.of(
                JobUse.none("a", -1, one).with(run, null),
                JobUse.none("b", -1, Resources.DEFAULT).with(ran("b", 10, 9, MIB), null)));
    assertEquals(
        """
        job  longest      cpus   memory      gpus  gpu memory     read  written  waited
        a     10.0 s  0.9 of 1  1.0 MiB  0.9 of 1     8.0 GiB  4.0 KiB  8.0 KiB   2.0 s
        b     10.0 s  0.9 of 1  1.0 MiB         -           -  4.0 KiB  8.0 KiB   2.0 s
        """,
        answer.text(Palette.NONE).lines().limit(3).collect(Collectors.joining("\n", "", "\n")));
  }

  @Test
  void noTerminalObeysAName() {
    assertTrue(ANSWER.text(Palette.NONE).indexOf('\u001b') < 0);
  }

  @Test
  void theSeriesTellsTheBusiestMoment() {
    Series series = new Series(0);
    series.add(new Series.Point(SECOND, 350, 0, 80, 5));
    series.add(new Series.Point(2 * SECOND, 10, 0, -1, -1));
    JobUse use = JobUse.none("a", -1, Resources.DEFAULT).with(ran("a", 10, 9, 1), series);
    assertEquals(350, use.of(Used.CPU_PERCENT_MOST));
    assertEquals(80, use.of(Used.GPU_PERCENT_MOST));
    assertEquals(90, use.of(Used.CPU_PERCENT));
  }

  @Test
  void programsGetNumbers() throws IOException {
    StringWriter out = new StringWriter();
    Json.write(ANSWER.json(), out);
    assertTrue(
        out.toString()
            .contains(
                "{\"group\":\"train\",\"instances\":3,\"measured\":2,\"asked\":{\"cpus\":4,"
                    + "\"memory\":536870912,\"gpus\":0,\"runtime\":null},\"used\":{\"seconds\":20.0,"
                    + "\"cpu_percent\":180,\"cpu_percent_most\":null,\"gpu_percent\":null,"
                    + "\"gpu_percent_most\":null,\"gpu_memory\":null,\"memory\":52428800,\"read\":4096,\"written\":8192,\"queued\":2.0}}"),
        out::toString);
    assertTrue(
        out.toString()
            .contains(
                "{\"place\":\"torc.yaml:3:7\",\"jobs\":\"fit, train\",\"key\":\"cpus\","
                    + "\"value\":\"2\","),
        out::toString);
  }
}
