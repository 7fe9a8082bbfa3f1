package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.front.ask.JobUse.Used;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Advice on what a job should ask for, from what it used: its peak memory and a fifth more, the
 * CPUs that it kept busy, or twice its longest run. There is advice only if the job asked for too
 * little, for more than twice what is enough, or for more whole CPUs than it needs. {@link
 * ResourcesAnswer} adds the places.
 *
 * @param key a key of {@code resources}
 * @param value the advised value, as it is written in the build file
 * @param why what the job used and what it had asked for, in words
 */
record ResourceAdvice(String key, String value, String why) {

  private static final long SECOND = 1_000_000_000L;
  private static final long MINUTE = 60 * SECOND;
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  /**
   * How much the use may exceed a whole number of CPUs without needing one more, in hundredths of a
   * CPU.
   */
  private static final int NOISE = 10;

  /**
   * If a job used more CPUs than it asked for, by more than this (in hundredths of a CPU), it asked
   * for too few.
   */
  private static final int MUCH = 50;

  /** Returns all advice for a job that has a recorded run. */
  static List<ResourceAdvice> of(JobUse use) {
    return Stream.of(cpus(use), memory(use), runtime(use)).filter(Objects::nonNull).toList();
  }

  private static ResourceAdvice cpus(JobUse use) {
    int asked = use.asked().cpus();
    if (use.of(Used.CPU_PERCENT) < 0) {
      return null;
    }
    long used = use.of(Used.CPU_PERCENT);
    long busiest = Math.max(used, use.of(Used.CPU_PERCENT_MOST));
    boolean more = used > asked * 100L + MUCH;
    long enough = Math.max(1, ((more ? used : busiest) - NOISE + 99) / 100);
    String why = "kept " + Amount.cpus(used) + " of " + Amount.count(asked, "cpu") + " busy";
    return more || enough < asked ? new ResourceAdvice("cpus", "" + enough, why) : null;
  }

  private static ResourceAdvice memory(JobUse use) {
    long asked = use.asked().memory();
    if (use.lackedMemory() && asked > 0) {
      String why = "ran out of " + Amount.size(asked, asked) + " of memory";
      return new ResourceAdvice("memory", memory(2 * asked, asked), why);
    }
    if (use.of(Used.MEMORY) < 0) {
      return null;
    }
    long peak = use.of(Used.MEMORY);
    long enough = peak + peak / 5;
    boolean wrong = asked == 0 ? peak >= GIB : asked > 2 * Math.max(enough, 64 * MIB);
    String of = asked == 0 ? " and asked for none" : " of " + Amount.size(asked, asked);
    String why = "used " + Amount.size(peak, asked) + " of memory" + of;
    return wrong ? new ResourceAdvice("memory", memory(enough, asked), why) : null;
  }

  private static ResourceAdvice runtime(JobUse use) {
    long asked = use.asked().runtime();
    if (asked == 0) {
      return null;
    }
    if (use.lackedTime()) {
      String why = "ran out of " + Amount.time(asked);
      return new ResourceAdvice("runtime", runtime(2 * asked), why);
    }
    long enough = Math.max(MINUTE, 2 * use.of(Used.SECONDS));
    String why = "took " + Amount.time(use.of(Used.SECONDS)) + " of " + Amount.time(asked);
    return asked > 2 * enough ? new ResourceAdvice("runtime", runtime(enough), why) : null;
  }

  /**
   * Rounds {@code bytes} up to a round amount, in decimal or binary units, whichever {@code asked}
   * uses.
   */
  static String memory(long bytes, long asked) {
    boolean decimal = Amount.isDecimal(asked);
    long mega = decimal ? 1_000_000 : MIB;
    long giga = decimal ? 1_000_000_000 : GIB;
    long least = (decimal ? 50 : 64) * mega;
    long step = bytes < giga ? least : bytes < 8 * giga ? giga / 4 : giga;
    long round = (bytes + step - 1) / step * step;
    String unit = decimal ? "B" : "iB";
    return round % giga == 0 ? round / giga + "G" + unit : round / mega + "M" + unit;
  }

  static String runtime(long nanos) {
    long step = nanos < 60 * MINUTE ? MINUTE : 10 * MINUTE;
    long minutes = (nanos + step - 1) / step * step / MINUTE;
    return minutes % 60 == 0 ? minutes / 60 + "h" : minutes + "m";
  }
}
