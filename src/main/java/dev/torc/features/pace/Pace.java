package dev.torc.features.pace;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.memory.JobResult;
import dev.torc.core.model.Job;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.Map;

/**
 * When jobs may start, apart from the resources that they ask for: while the machine's load is low,
 * and if they are expected to end in time. {@link LoadLimit} and {@link Deadline} apply it.
 *
 * @param load the load above which nothing starts; negative for any load
 * @param end when the build has to be over, in milliseconds since 1970; 0 if it may take any time
 */
public record Pace(double load, long end) {

  public static final Pace ANY = new Pace(-1, 0);

  /** The variable by which Slurm tells the end of its allocation, in seconds since 1970. */
  private static final String ALLOCATED = "SLURM_JOB_END_TIME";

  /** Returns whether an allocation tells its end. */
  public static boolean isAllocated(Map<String, String> env) {
    return env.containsKey(ALLOCATED);
  }

  /**
   * Reads {@code --load-average} and {@code --deadline}, null if they are not given. The end of an
   * allocation counts too, if it comes first.
   */
  public static Pace of(String load, String deadline, Map<String, String> env, ZonedDateTime now) {
    if (load != null && !load.matches("\\d{1,6}(\\.\\d{1,6})?")) {
      throw new BadInput("-l " + SafeText.name(load) + ": write a load such as 4 or 2.5");
    }
    String allocated = env.getOrDefault(ALLOCATED, "");
    long end = allocated.matches("\\d{1,12}") ? 1000 * Long.parseLong(allocated) : 0;
    long own = deadline == null ? 0 : end(deadline, now);
    return load == null && own == 0 && end == 0
        ? ANY
        : new Pace(
            load == null ? -1 : Double.parseDouble(load),
            own == 0 || end == 0 ? own + end : Math.min(own, end));
  }

  /** Returns the next moment with this time of day. */
  private static long end(String deadline, ZonedDateTime now) {
    try {
      LocalTime time = LocalTime.parse(deadline.length() == 4 ? "0" + deadline : deadline);
      ZonedDateTime today = now.with(time);
      return (today.isAfter(now) ? today : today.plusDays(1)).toInstant().toEpochMilli();
    } catch (DateTimeException e) {
      throw new BadInput(
          "--deadline " + SafeText.name(deadline) + ": write a time of day such as 18:00");
    }
  }

  /**
   * Returns why a job that is due does not start: {@code needs 2 h 00 min, 9 min 00 s left}; null
   * if it may start. A job is expected to take as long as last time, or else as its time limit.
   */
  public String lack(PlanContext context, int id, long now) {
    Job job = context.graph().job(id);
    if (end == 0 || job.runs().executor() != null) {
      return null; // a scheduler knows the time of its own nodes
    }
    JobResult last = context.records().result(id);
    boolean known = last != null && last.outcome().isGood() && last.wall() > 0;
    long needs = known ? last.wall() : job.runs().resources().runtime();
    long left = Math.max(0, end - now) * 1_000_000;
    return needs <= left
        ? null
        : "needs " + Amount.time(needs) + ", " + Amount.time(left) + " left";
  }
}
