package dev.torc.ask;

import dev.torc.ask.JobUse.Used;
import dev.torc.text.Amount;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What a job should ask for, by what it used: a fifth more memory than its peak, the CPUs that it
 * kept busy, twice its longest run. It speaks only where what was asked for is too little, or more
 * than twice what would do. Where the values stand is for {@link StatsAnswer} to say.
 *
 * @param key of {@code resources}
 * @param value as the build file wants it
 * @param why what it used and what it had asked for, in words
 */
record ResourceAdvice(String key, String value, String why) {

  private static final long SECOND = 1_000_000_000L;
  private static final long MINUTE = 60 * SECOND;
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  /** A tenth of a CPU more is noise. */
  private static final int NOISE = 10;

  /** Half a CPU more than was asked for is too much. */
  private static final int MUCH = 50;

  /** All that there is to say of a job; nothing where nothing is on record. */
  static List<ResourceAdvice> of(JobUse use) {
    return Stream.of(cpus(use), memory(use), runtime(use)).filter(Objects::nonNull).toList();
  }

  private static ResourceAdvice cpus(JobUse use) {
    int asked = use.asked().cpus();
    if (use.of(Used.CPU_PERCENT) < 0) {
      return null;
    }
    long busiest = Math.max(use.of(Used.CPU_PERCENT), use.of(Used.CPU_PERCENT_MOST));
    long enough = Math.max(1, (busiest - NOISE + 99) / 100);
    String why =
        "kept "
            + Amount.cpus(use.of(Used.CPU_PERCENT))
            + " of "
            + Amount.count(asked, "cpu")
            + " busy";
    if (use.of(Used.CPU_PERCENT) > asked * 100L + MUCH) {
      long most = Math.max(1, (use.of(Used.CPU_PERCENT) - NOISE + 99) / 100);
      return new ResourceAdvice("cpus", Long.toString(most), why);
    }
    return enough < asked ? new ResourceAdvice("cpus", Long.toString(enough), why) : null;
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
    long enough = use.of(Used.MEMORY) + use.of(Used.MEMORY) / 5;
    String used = "used " + Amount.size(use.of(Used.MEMORY), asked) + " of memory";
    if (asked == 0) {
      return use.of(Used.MEMORY) < GIB
          ? null
          : new ResourceAdvice("memory", memory(enough, asked), used + " and asked for none");
    }
    return asked > 2 * Math.max(enough, 64 * MIB)
        ? new ResourceAdvice(
            "memory", memory(enough, asked), used + " of " + Amount.size(asked, asked))
        : null;
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
    return use.measured() > 0 && asked > 2 * enough
        ? new ResourceAdvice(
            "runtime",
            runtime(enough),
            "took " + Amount.time(use.of(Used.SECONDS)) + " of " + Amount.time(asked))
        : null;
  }

  /** The next round amount, in units as the present one was written. */
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

  /** The next round time. */
  static String runtime(long nanos) {
    long step = nanos < 60 * MINUTE ? MINUTE : 10 * MINUTE;
    long minutes = (nanos + step - 1) / step * step / MINUTE;
    return minutes % 60 == 0 ? minutes / 60 + "h" : minutes + "m";
  }
}
