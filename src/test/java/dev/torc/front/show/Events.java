package dev.torc.front.show;

import dev.torc.base.machine.Series.Usage;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.Reason;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.BuildRecord.StoreUse;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Events for the tests of the reports. */
final class Events {

  static final long SECOND = 1_000_000_000L;

  private static final BuildId BUILD = new BuildId("b1", 7);

  private Events() {}

  static Event started(int jobs) {
    return new Event.Started(BUILD, Path.of("/project"), jobs);
  }

  static Event jobStarted(String job) {
    return new Event.JobStarted(
        job,
        1,
        "python3 work.py f2.json f4.json",
        List.of(
            new Reason(
                Reason.Kind.NEED_CHANGED, "f2.json", ReasonTextTest.OLD, ReasonTextTest.NOW)));
  }

  static Event ended(String job, JobState state) {
    return new Event.JobEnded(
        job, state, new Event.Details("", "", null, 1_200_000_000L, SECOND, 3 << 20));
  }

  /** A job that ended well without these instances of so many, which failed or were blocked. */
  static Event without(String job, int of, String... others) {
    List<LeftOut> left = List.of(new LeftOut(of, List.of(others)));
    return new Event.JobEnded(
        job,
        JobState.RAN,
        new Event.Details(
            "", "", null, 1_200_000_000L, new Usage(SECOND, 0, 3 << 20, -1, -1), left, false));
  }

  static Event blocked(String job, String by) {
    return new Event.JobEnded(job, JobState.BLOCKED, new Event.Details(by, "", null, 0, -1, -1));
  }

  static Event failed(String job, String what, String command, Path log) {
    long wall = log == null ? 0 : 1_200_000_000L;
    return new Event.JobEnded(
        job, JobState.FAILED, new Event.Details(what, command, of(log), wall, -1, -1));
  }

  /** A job that ended well and wrote something. */
  static Event wrote(String job, Path log, boolean wanted) {
    return new Event.JobEnded(
        job,
        JobState.RAN,
        new Event.Details(
            "",
            "c",
            new Event.Log(
                log, log.getParent(), 0, wanted ? Event.WhenShown.ALWAYS : Event.WhenShown.FAILURE),
            1_200_000_000L,
            -1,
            -1));
  }

  private static Event.Log of(Path log) {
    return log == null ? null : new Event.Log(log, log.getParent(), 0, Event.WhenShown.FAILURE);
  }

  static Event finished(int ran, int upToDate, int failed, int blocked) {
    Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
    for (JobState state : JobState.values()) {
      counts.put(state, 0);
    }
    counts.put(JobState.RAN, ran);
    counts.put(JobState.UP_TO_DATE, upToDate);
    counts.put(JobState.FAILED, failed);
    counts.put(JobState.BLOCKED, blocked);
    return new Event.Finished(BUILD, counts, StoreUse.NONE, 1_200_000_000L, failed > 0 ? 1 : 0);
  }
}
