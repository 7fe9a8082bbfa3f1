package dev.torc.front.buildfile;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.Quantity;
import dev.torc.core.model.Job.Retry;
import dev.torc.core.model.Template;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.MapFields;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads how often a job is tried again, after which failures, and with how much more; and which
 * exit statuses are no failures.
 */
final class RetryReader {

  private RetryReader() {}

  /**
   * Returns how a job is retried.
   *
   * @param job its map, with {@code defaults}
   * @param own its map as written
   * @param recover reads the command between two attempts
   */
  static Retry read(
      MapFields job, Node.Mapping own, Problems problems, Function<Node.Scalar, Template> recover) {
    int retries = (int) job.whole("retries", 0, 0, 1000);
    Node node = job.map().get("retry");
    if (node == null) {
      return retries == 0 ? Retry.NONE : new Retry(retries, Set.of(), Set.of(), 0, 1, 1, null);
    }
    if (retries == 0
        && own.entries().containsKey("retry")
        && !job.map().entries().containsKey("retries")) {
      boolean number = node instanceof Node.Scalar text && text.text().matches("\\d+");
      problems.add(
          node.place(),
          number
              ? "retry says how; to say how often, write retries: " + ((Node.Scalar) node).text()
              : "retry says how; add retries: 1 to say how often");
      return Retry.NONE;
    }
    MapFields retry = job.inner("retry").only(KnownKeys.RETRY, "retry");
    Set<Integer> codes = new TreeSet<>();
    Set<Retry.Cause> causes = EnumSet.noneOf(Retry.Cause.class);
    retry.list("on", each -> cause(job.scope().text(each), codes, causes));
    MapFields grow = retry.inner("grow").only(KnownKeys.GROW, "grow");
    return new Retry(
        retries,
        codes,
        causes,
        retry.amount("delay", 0, Quantity::duration),
        grow.factor("memory"),
        grow.factor("runtime"),
        retry.read("recover", null, recover));
  }

  private static boolean cause(String text, Set<Integer> codes, Set<Retry.Cause> causes) {
    boolean code = text.matches("[0-9]{1,3}") && Integer.parseInt(text) >= 1;
    if (code && Integer.parseInt(text) <= 255) {
      return codes.add(Integer.valueOf(text));
    }
    for (Retry.Cause cause : Retry.Cause.values()) {
      if (cause.name().toLowerCase(Locale.ROOT).equals(text)) {
        return causes.add(cause);
      }
    }
    throw new IllegalArgumentException(
        text
            + " is not a cause of failure; write an exit status from 1 to 255, timeout, memory or"
            + " signal");
  }

  /** Returns the exit statuses that mean that there is nothing to do. */
  static SortedSet<Integer> skip(MapFields job) {
    SortedSet<Integer> skip = new TreeSet<>();
    job.list(
        "skip",
        node -> {
          String text = job.scope().text(node);
          boolean status = text.matches("[0-9]{1,3}") && Integer.parseInt(text) <= 255;
          if (!status || Integer.parseInt(text) == 0) {
            String zero = status ? ", which means that the job did its work" : "";
            throw new IllegalArgumentException(
                "skip lists exit statuses from 1 to 255, not " + text + zero);
          }
          return skip.add(Integer.valueOf(text));
        });
    return skip.isEmpty() ? Collections.emptySortedSet() : skip;
  }
}
